import Cryptography
package import LogSnapshot
package import Octets
package import Reasons
package import SignedNote
import TransparencyLog

/// That a witness of the installed policy saw a checkpoint, and by when, as it says.
package struct Witnessed: Hashable, Sendable {
  /// In the policy.
  package let witness: [UInt8]
  package let time: UnixTime
}

/// What an installed witness policy asked of a checkpoint.
package enum Quorum: Hashable, Sendable {
  /// No policy is installed, it names other logs, or it asks for no cosignatures.
  case notAsked
  case met
}

extension Checkpoint {
  /// Every witness of the policy that cosigned, in the policy's order. ML-DSA cosignatures are lines of unknown keys.
  /// - Throws: `witness.cosignature-invalid`, `log.checkpoint-malformed`.
  package func cosignatures(under policy: TLogPolicy, named subject: String) throws(Failure) -> [Witnessed] {
    var witnessed: [Witnessed] = []
    for witness in policy.witnesses {
      guard let key = witness.key, let time = try cosigned(by: key, named: subject) else { continue }
      witnessed.append(Witnessed(witness: witness.name, time: time))
    }
    return witnessed
  }
}

extension TLogPolicy {
  /// The latest time that as many witnesses as make the quorum say was reached: fewer, who may be wrong or lie, move no
  /// clock. Nil where the policy asks for no quorum.
  package func reached(_ witnessed: [Witnessed]) -> UnixTime? {
    guard quorum != nil else { return nil }
    return witnessed.map(\.time).sorted(by: >).first { time in
      isMet(by: Set(witnessed.filter { $0.time >= time }.map(\.witness)))
    }
  }

  /// Whether enough witnesses cosigned. A policy that names logs speaks of them alone, by origin or by key; one that names
  /// none, of all.
  /// - Throws: `log-snapshot.quorum-not-met`.
  func verifyQuorum(
    _ witnessed: [Witnessed], of origin: [UInt8], signedBy signers: [KnownLog], named subject: String
  ) throws(Failure) -> Quorum {
    guard quorum != nil else { return .notAsked }
    let isMeant =
      logs.isEmpty || logs.contains { $0.name == origin }
      || signers.contains { signer in
        logs.contains { $0.type == .ecdsa ? $0.key == signer.key.spki : $0.key == Array(signer.key.spki.suffix(32)) }
      }
    guard isMeant else { return .notAsked }
    guard isMet(by: Set(witnessed.map(\.witness))) else {
      let names = witnessed.map { printable($0.witness, limit: 40) }.joined(separator: ", ")
      throw Failure(
        .logSnapshotQuorumNotMet, subject,
        witnessed.isEmpty ? "no witness of the policy cosigned" : "of the policy's witnesses, \(names) cosigned")
    }
    return .met
  }
}
