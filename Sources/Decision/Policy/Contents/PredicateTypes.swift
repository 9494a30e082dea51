import OpenVEX
import Provenance

/// The predicate types whose contents are understood, and the short names that policies call them by.
package enum PredicateTypes {
  /// Each short name with its types. One name may stand for several: what is in them is read into the same facts.
  package static let table: [(name: String, types: [String])] = [
    ("slsa-provenance", [Provenance.v1, Provenance.v0_2]),
    ("spdx", ["https://spdx.dev/Document", "https://spdx.dev/Document/v2.3", "https://spdx.dev/Document/v2.2"]),
    (
      "cyclonedx",
      ["https://cyclonedx.org/bom"] + ["1.4", "1.5", "1.6"].map { "https://cyclonedx.org/bom/v\($0)" }
    ),
    ("vulnerabilities", [cosignVulnerabilities] + inTotoVulnerabilities),
    ("openvex", OpenVEX.contexts),
    ("test-result", ["https://in-toto.io/attestation/test-result/v0.1"]),
    ("malware-scan", ["https://scout.docker.com/virus/v0.1"]),
  ]

  static let cosignVulnerabilities = "https://cosign.sigstore.dev/attestation/vuln/v1"
  static let inTotoVulnerabilities = ["v0.2", "v0.1"].map { "https://in-toto.io/attestation/vulns/\($0)" }

  /// The types that a policy means: those of a short name, or the one that it spells out.
  package static func types(_ name: String) -> [String] {
    table.first { $0.name.utf8.elementsEqual(name.utf8) }?.types ?? [name]
  }

  /// The short name of a type; nil where it has none.
  package static func name(of type: String) -> String? {
    table.first { row in row.types.contains { $0.utf8.elementsEqual(type.utf8) } }?.name
  }

  /// A type as people read it: its short name where there is one.
  package static func wording(_ type: String) -> String { name(of: type) ?? type }
}
