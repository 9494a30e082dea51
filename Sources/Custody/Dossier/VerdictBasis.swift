package import Cryptography
package import OCIImage
package import Octets
package import Policy
import Readings
package import Reasons
import StrictJSON

/// What a verdict rests on, as four digests: where all of them are the same, so is the verdict (docs/formats/Dossier.md).
package struct VerdictBasis: Hashable, Sendable {
  package let policy: ClaimedDigest
  package let requirements: ClaimedDigest
  package let trust: ClaimedDigest
  package let evidence: ClaimedDigest

  package init(policy: ClaimedDigest, requirements: ClaimedDigest, trust: ClaimedDigest, evidence: ClaimedDigest) {
    self.policy = policy
    self.requirements = requirements
    self.trust = trust
    self.evidence = evidence
  }

  /// What was asked for beside the policy, and who answers: a later version of Assay may know better, and one that ran
  /// unconfined is believed by nobody who did not ask for that. By the rules and
  /// waivers that a part answers to, names and the operator's word change a verdict, and by nothing else; what was said is
  /// part of it all the same, since somebody answers for it by the report.
  /// - Parameters:
  ///   - shape: where the image was read, which says whether it goes by its manifest or by its configuration; nil where none was.
  ///   - parts: those judged.
  package static func requirements(
    program: String, isConfined: Bool, said occasion: Occasion, shape: ImageArchive.Shape?,
    parts: [(part: ClaimedDigest, choice: RuleChoice)]
  ) -> ClaimedDigest {
    digest([
      "format": "assay-requirements/4",
      "by": shape.map { $0 == .dockerArchive ? "configuration" : "manifest" } ?? .null,
      "program": .text(program), "confined": .bool(isConfined),
      "said": occasion.said,
      "parts": .array(
        parts.map {
          [
            "part": "\($0.part)", "rules": .array($0.choice.rules.map { .text("\($0)") }),
            "unmatched": .bool($0.choice.isUnmatched), "waivers": .array($0.choice.waivers.map { .text("\($0)") }),
          ]
        }),
    ])
  }

  /// What an authority of the policy stands on.
  package enum Ground: Sendable {
    case keys
    /// A trust root, by its digest.
    case trustRoot(ComputedDigest)
    case nothing
  }

  /// What proofs were made against: for each authority a trust root or keys, revocation lists; and what the site denies.
  /// - Parameters:
  ///   - grounds: of each authority in the policy's order, with what it lacks.
  ///   - keys: those at hand.
  ///   - silentLogs: origins of logs whose snapshots give nothing, being too old for the site.
  ///   - witnesses: of the witness policy that cosignatures were looked for by.
  package static func trust(
    _ grounds: [(ground: Ground, lacking: Reason?)], keys: [ComputedDigest], revocations: ComputedDigest?,
    denials: ComputedDigest?, silentLogs: [[UInt8]], witnesses: ComputedDigest?
  ) -> ClaimedDigest {
    digest([
      "format": "assay-trust/2",
      "authorities": .array(
        grounds.map { ["ground": $0.ground.json, "lacking": $0.lacking.map { .text($0.rawValue) } ?? .null] }),
      "keys": .array(keys.map { "\(ClaimedDigest($0))" }.sorted().map(JSON.text)),
      "revocationLists": revocations.map { "\(ClaimedDigest($0))" } ?? .null,
      "denials": denials.map { "\(ClaimedDigest($0))" } ?? .null,
      "silentLogs": .array(silentLogs.map { "\(ClaimedDigest(Cryptography.digest($0)))" }.sorted().map(JSON.text)),
      "witnessPolicy": witnesses.map { "\(ClaimedDigest($0))" } ?? .null,
    ])
  }

  /// All evidence that the medium carried, whatever it is about: what it is about shows only when it is proven.
  package static func evidence(_ pieces: [Evidence]) -> ClaimedDigest {
    let lines = pieces.map { "\(digest(EvidenceRecord.json($0)))\n" }
    // Each once: a piece that was carried on two ways is one piece.
    return ClaimedDigest(Cryptography.digest(Array(Set(lines).sorted().joined().utf8)))
  }

  private static func digest(_ document: JSON) -> ClaimedDigest {
    // Strings alone, and no key twice: there is nothing that could fail to be written.
    ClaimedDigest(Cryptography.digest((try? document.canonical()) ?? []))
  }
}

extension VerdictBasis.Ground {
  fileprivate var json: JSON {
    switch self {
    case .keys: "keys"
    case .trustRoot(let digest): "\(ClaimedDigest(digest))"
    case .nothing: .null
    }
  }
}
