package import ApplianceIdentity
package import Cryptography
import Octets
package import Policy
import StrictJSON

/// What else a verdict rests on, and who gives it.
package struct Circumstances: Sendable {
  package let policy: Policy
  package let origin: PolicyOrigin
  /// Those that evidence was proven against.
  package let trustRoots: [TrustRootFacts]
  /// What the operator said about the import.
  package let occasion: Occasion
  /// What of the store's trust the verdict rests on; nil without a store.
  package let trust: TrustFacts?
  package let time: TimeFacts
  package let medium: MediumFacts
  package let verifier: Verifier
  package let confinement: ConfinementFacts
  package let programVersion: String

  package init(
    policy: Policy, from origin: PolicyOrigin, trustRoots: [TrustRootFacts], on occasion: Occasion,
    trust: TrustFacts? = nil, time: TimeFacts, medium: MediumFacts, verifier: Verifier, confinement: ConfinementFacts,
    programVersion: String
  ) {
    self.policy = policy
    self.origin = origin
    self.trustRoots = trustRoots
    self.occasion = occasion
    self.trust = trust
    self.time = time
    self.medium = medium
    self.verifier = verifier
    self.confinement = confinement
    self.programVersion = programVersion
  }
}

/// A trust root that evidence was proven against.
package struct TrustRootFacts: Sendable {
  /// By which findings say that they were proven against it.
  package let name: String
  /// SHA-256 of its bytes.
  package let digest: ComputedDigest
  /// Whether a trust bundle brought it, under this name; otherwise the operator named a file.
  package let isInstalled: Bool

  package init(name: String, digest: ComputedDigest, isInstalled: Bool) {
    self.name = name
    self.digest = digest
    self.isInstalled = isInstalled
  }

  var json: JSON {
    ["name": .text(printable(name)), "digest": ClaimedDigest(digest).digestSet, "installed": .bool(isInstalled)]
  }
}

extension Occasion {
  /// What was said, and nothing of what was not.
  var json: JSON {
    var object = JSONObject()
    for (key, said) in [
      ("name", name), ("environment", environment), ("team", team), ("exporter", exporter), ("medium", medium),
    ] {
      if let said { object.append(key, .text(printable(said))) }
    }
    return .object(object)
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

/// What kept the archive's bytes away from keys and history: of all processes that had a part in the verdict, the least.
package struct ConfinementFacts: Hashable, Sendable {
  /// False where the operator gave `--unconfined`.
  package let isConfined: Bool
  /// The version of Landlock that held files back; 0 where the kernel has none.
  package let landlock: Int

  package init(isConfined: Bool, landlock: Int) {
    self.isConfined = isConfined
    self.landlock = landlock
  }

  var json: JSON { ["confined": .bool(isConfined), "landlock": .integer(Int64(landlock))] }
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
