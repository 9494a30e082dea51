import ApplianceIdentity
import Attestation
import Base64
import Cryptography
import Octets
import Reasons
import StrictJSON
import Testing
import TestSupport

@Suite struct ApplianceIdentityTests {
  private static func identity(enrolled: Bool = false) throws -> ApplianceIdentity {
    let (report, commit) = (try SigningKey(), try SigningKey())
    let point = try #require(P256Area.point(spki: commit.spki))
    let area = AttestationKey.template.dropLast(4) + [0, 32] + point.prefix(32) + [0, 32] + point.suffix(32)
    return ApplianceIdentity(
      storeID: [UInt8](repeating: 7, count: 16), tpm: .software, bootBinding: .verityUKI,
      reportKey: try PublicKey(spki: report.spki), commitKey: try PublicKey(spki: commit.spki),
      attestationKey: try AttestationKey(publicArea: Array(area)), anchorName: [0, 0x0b] + digest([]).bytes,
      policyAuthority: try PublicKey(spki: report.spki),
      enrolled: enrolled
        ? .init(by: "desk", transcript: digest([1]).bytes, endorsementKey: [1, 2], endorsement: "not certified") : nil)
  }

  @Test(arguments: [false, true]) func readsWhatItWrites(enrolled: Bool) throws {
    let identity = try Self.identity(enrolled: enrolled)
    #expect(try ApplianceIdentity(parsing: identity.serialized(), named: "identity") == identity)
  }

  /// One member after the other is made wrong; each alone is enough, and is named.
  @Test func everyMemberIsChecked() throws {
    guard case .object(let whole) = try Self.identity(enrolled: true).json else { return }
    let wrong: [String: JSON] = [
      "format": "assay-appliance/2", "store": "00", "tpm": "chip", "bootBinding": "some", "reportKey": "AAAA",
      "commitKey": "AAAA", "attestationKey": "AAAA", "anchor": "000b", "policyAuthority": "AAAA", "enrolled": [:],
    ]
    #expect(wrong.count == whole.members.count)
    for (index, member) in whole.members.enumerated() {
      let name = String(decoding: member.key, as: UTF8.self)
      var spoilt = whole
      spoilt.members[index].value = try #require(wrong[name])
      let failure = #expect(throws: Failure.self, "\(name)") {
        try ApplianceIdentity(parsing: JSON.object(spoilt).serialized(), named: "identity")
      }
      #expect(failure?.reason == (name == "attestationKey" ? .reportMalformed : .applianceMalformed), "\(name)")
    }
    var strange = whole
    strange.append("more", true)
    let failure = #expect(throws: Failure.self) {
      try ApplianceIdentity(parsing: JSON.object(strange).serialized(), named: "identity")
    }
    #expect(failure?.detail.contains("more") == true)
    #expect(throws: Failure.self) {
      try ApplianceIdentity(
        parsing: [UInt8](repeating: 0x20, count: ApplianceIdentity.limit + 1), named: "identity")
    }
  }
}
