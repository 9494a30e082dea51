import ApplianceIdentity
import Attestation
import Cryptography
import Octets
import Store
import TPM

/// A store in words: what two people compare by voice.
enum StoreText {
  static func identity(_ store: Store) -> [String] {
    var lines = [
      "  store       \(store.id)", "              \(Proquint.words(store.storeID))",
      "  TPM         \(store.driver.name)", "  boot        \(bootBinding(store))",
    ]
    for (label, fingerprint) in [
      ("report key", store.keys.report.fingerprint), ("commit key", store.keys.commit.fingerprint),
      ("attestation", store.keys.attestationKey.key.fingerprint),
    ] {
      let padded = label + String(repeating: " ", count: 12 - label.utf8.count)
      lines += [
        "  \(padded)\(ClaimedDigest(fingerprint))",
        "              \(Proquint.words(Array(fingerprint.bytes.prefix(16))))",
      ]
    }
    return lines
  }

  static func bootBinding(_ store: Store) -> String {
    switch store.bootBinding {
    case .none: "none: the keys open whatever system this machine starts"
    case .secureBootOnly: "secureboot-only: the keys open under the approved Secure Boot state (PCR 7)"
    case .verityUKI: "verity-uki: the keys open in the approved system image (PCRs 7 and 11)"
    }
  }
}
