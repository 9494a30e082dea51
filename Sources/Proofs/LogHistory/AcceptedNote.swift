package import LogSnapshot
package import Octets
package import Reasons
package import SignedNote

/// Who stands behind an accepted state of a log, by what is installed now: it may be more, and less, than when the state
/// came in.
package struct AcceptedNote: Sendable {
  private let signers: [KnownLog]
  /// Witnesses of the installed policy that cosigned.
  package let witnessed: [Witnessed]
  /// Nil where the installed policy asks for more witnesses than cosigned.
  package let quorum: Quorum?

  fileprivate init(signers: [KnownLog], witnessed: [Witnessed], quorum: Quorum?) {
    self.signers = signers
    self.witnessed = witnessed
    self.quorum = quorum
  }

  /// Names under which the log is installed.
  package var names: [String] { signers.map(\.name) }

  /// When the log took an entry in, by its own word.
  /// - Throws: `log.promise-invalid`.
  package func integratedTime(_ promise: CarriedEntry.Promise, of body: [UInt8]) throws(Failure) -> UnixTime {
    guard let signer = signers.first(where: { $0.logID == promise.logID }) else {
      throw Failure(.logPromiseInvalid, "promise", "it names another log than signed the checkpoint")
    }
    try signer.verify(promise, of: body, named: "promise")
    return promise.integratedTime
  }
}

extension SnapshotVerifier {
  /// Verifies a state of a log anew: signatures and cosignatures, under the keys and the policy that are installed.
  /// - Throws: `log.unknown`, `log.checkpoint-invalid`, `witness.cosignature-invalid`, `log.checkpoint-malformed`.
  package func verify(_ checkpoint: Checkpoint, named subject: String) throws(Failure) -> AcceptedNote {
    let signers = try checkpoint.signers(among: known, named: subject)
    guard let policy else { return AcceptedNote(signers: signers, witnessed: [], quorum: .notAsked) }
    let witnessed = try checkpoint.cosignatures(under: policy, named: subject)
    do throws(Failure) {
      let quorum = try policy.verifyQuorum(
        witnessed, of: checkpoint.origin, signedBy: signers, named: subject)
      return AcceptedNote(signers: signers, witnessed: witnessed, quorum: quorum)
    } catch {
      return AcceptedNote(signers: signers, witnessed: witnessed, quorum: nil)
    }
  }
}
