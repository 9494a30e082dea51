package import ApplianceIdentity
package import Cryptography
import Octets
package import Policy
import StrictJSON

/// What else a verdict rests on, and who gives it.
package struct Circumstances: Sendable {
  package let policy: Policy
  /// SHA-256 of the trust root's bytes; nil where none was consulted.
  package let trustRoot: ComputedDigest?
  /// The name under which a trust bundle brought it; nil for a file that the operator named.
  package let installedAs: String?
  /// What of the store's trust the verdict rests on; nil without a store.
  package let trust: TrustFacts?
  package let time: TimeFacts
  package let medium: MediumFacts
  package let verifier: Verifier
  package let programVersion: String

  package init(
    policy: Policy, trustRoot: ComputedDigest?, installedAs: String? = nil, trust: TrustFacts? = nil,
    time: TimeFacts, medium: MediumFacts, verifier: Verifier, programVersion: String
  ) {
    self.policy = policy
    self.trustRoot = trustRoot
    self.installedAs = installedAs
    self.trust = trust
    self.time = time
    self.medium = medium
    self.verifier = verifier
    self.programVersion = programVersion
  }
}

/// The archive that was read.
package struct MediumFacts: Sendable {
  /// The file's own name, without its folder.
  package let name: String
  /// What was read; nil where it could not be told.
  package let shape: String?
  /// Entries read and hashed.
  package let entries: Int
  /// Bytes of the archive.
  package let size: UInt64

  package init(name: String, shape: String?, entries: Int, size: UInt64) {
    self.name = name
    self.shape = shape
    self.entries = entries
    self.size = size
  }

  var json: JSON {
    [
      "name": .text(name), "shape": shape.map(JSON.text) ?? .null, "entries": .integer(Int64(entries)),
      "bytes": .integer(Int64(clamping: size)),
    ]
  }
}

/// Who vouches for the report.
package enum Verifier: Sendable {
  /// Nobody: there is no store, so nothing signs and nothing is kept.
  case unprovisioned
  case store(
    id: String, tpm: String, isSoftwareTPM: Bool, bootBinding: ApplianceIdentity.BootBinding,
    keyFingerprint: ComputedDigest)

  package var id: String {
    switch self {
    case .unprovisioned: "urn:x-assay:unprovisioned"
    case .store(let id, _, _, _, _): Self.uri(ofStore: id)
    }
  }

  static func uri(ofStore id: String) -> String { "urn:x-assay:store:\(id)" }

  var json: JSON {
    switch self {
    case .unprovisioned: ["state": "unprovisioned"]
    case .store(let id, let tpm, let isSoftware, let bootBinding, let fingerprint):
      [
        "state": "provisioned", "store": .text(id), "tpm": .text(tpm), "softwareTPM": .bool(isSoftware),
        "bootBinding": .text(bootBinding.rawValue),
        "reportKey": "\(ClaimedDigest(fingerprint))",
      ]
    }
  }
}
