package import Attestation
import Base64
package import Cryptography
import Octets
package import Reasons
package import StrictJSON

/// Who an appliance is, for people who have only its files: the public keys that reports, checkpoints and quotes are
/// checked with (docs/formats/ApplianceIdentity.md). Inert: whoever got it from somewhere must know that place.
package struct ApplianceIdentity: Hashable, Sendable {
  /// What holds the keys.
  package enum TPMKind: String, Hashable, Sendable, CaseIterable {
    case device, software
  }

  /// What of the system the keys are bound to.
  package enum BootBinding: String, Hashable, Sendable, CaseIterable {
    case none
    case secureBootOnly = "secureboot-only"
    case verityUKI = "verity-uki"

    /// What an approval covers: Secure Boot (7), and the unified kernel image (11).
    package var pcrs: PCRSelection {
      switch self {
      case .none: .none
      case .secureBootOnly: PCRSelection([7])!
      case .verityUKI: PCRSelection([7, 11])!
      }
    }
  }

  /// What a compliance desk found when it enrolled the appliance.
  package struct Enrolled: Hashable, Sendable {
    /// The desk, in its own words.
    package let by: String
    /// SHA-256 that binds request and challenge.
    package let transcript: [UInt8]
    /// TPMT_PUBLIC of the key that the credential was made for.
    package let endorsementKey: [UInt8]
    /// Who vouches for that key.
    package let endorsement: String

    package init(by: String, transcript: [UInt8], endorsementKey: [UInt8], endorsement: String) {
      self.by = by
      self.transcript = transcript
      self.endorsementKey = endorsementKey
      self.endorsement = endorsement
    }
  }

  package static let format = "assay-appliance/1"
  /// Bytes of a whole file; ours have about 1,500.
  package static let limit = 64 << 10
  /// Bytes of a store id.
  package static let storeIDSize = 16

  package let storeID: [UInt8]
  package let tpm: TPMKind
  package let bootBinding: BootBinding
  /// SubjectPublicKeyInfo that signs reports.
  package let reportKey: PublicKey
  /// SubjectPublicKeyInfo that signs commit records and checkpoints.
  package let commitKey: PublicKey
  package let attestationKey: AttestationKey
  /// TPM Name of the written anchor.
  package let anchorName: [UInt8]
  /// SubjectPublicKeyInfo that approves states of the machine; nil where nobody holds one.
  package let policyAuthority: PublicKey?
  /// Nil for what the appliance says of itself.
  package var enrolled: Enrolled?

  package init(
    storeID: [UInt8], tpm: TPMKind, bootBinding: BootBinding, reportKey: PublicKey, commitKey: PublicKey,
    attestationKey: AttestationKey, anchorName: [UInt8], policyAuthority: PublicKey?, enrolled: Enrolled? = nil
  ) {
    self.storeID = storeID
    self.tpm = tpm
    self.bootBinding = bootBinding
    self.reportKey = reportKey
    self.commitKey = commitKey
    self.attestationKey = attestationKey
    self.anchorName = anchorName
    self.policyAuthority = policyAuthority
    self.enrolled = enrolled
  }

  /// - Throws: `appliance.malformed`, and `json.…`.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    guard bytes.count <= Self.limit else {
      throw Failure(.applianceMalformed, subject, "\(bytes.count) bytes; at most \(Self.limit) are read")
    }
    let root = try JSONNode(parsing: bytes, named: subject, malformed: .applianceMalformed)
    try root.verifyFormat(Self.format)
    try root.verifyMembers([
      "format", "store", "tpm", "bootBinding", "reportKey", "commitKey", "attestationKey", "anchor", "policyAuthority",
      "enrolled",
    ])
    storeID = try root.required("store").hexadecimal(count: Self.storeIDSize)
    tpm = try root.required("tpm").oneOf(TPMKind.self)
    bootBinding = try root.required("bootBinding").oneOf(BootBinding.self)
    reportKey = try Self.key(root.required("reportKey"))
    commitKey = try Self.key(root.required("commitKey"))
    attestationKey = try AttestationKey(publicArea: root.required("attestationKey").base64())
    anchorName = try root.required("anchor").hexadecimal(count: 34)
    policyAuthority = try root.optional("policyAuthority").map { (node) throws(Failure) in try Self.key(node) }
    enrolled = try root.optional("enrolled").map { (node) throws(Failure) in try Enrolled(node) }
  }

  /// The file's bytes: pretty-printed JSON and a final line feed.
  package func serialized() -> [UInt8] { json.serialized(pretty: true) + [0x0a] }

  package var json: JSON {
    [
      "format": .text(Self.format),
      "store": .text(Hex.encode(storeID)),
      "tpm": .text(tpm.rawValue),
      "bootBinding": .text(bootBinding.rawValue),
      "reportKey": .text(Base64.encode(reportKey.spki)),
      "commitKey": .text(Base64.encode(commitKey.spki)),
      "attestationKey": .text(Base64.encode(attestationKey.publicArea)),
      "anchor": .text(Hex.encode(anchorName)),
      "policyAuthority": policyAuthority.map { .text(Base64.encode($0.spki)) } ?? .null,
      "enrolled": enrolled?.json ?? .null,
    ]
  }

  private static func key(_ node: JSONNode) throws(Failure) -> PublicKey {
    let spki = try node.base64()
    do {
      return try PublicKey(spki: spki)
    } catch {
      throw node.failure("no public key that Assay verifies with: \(error)")
    }
  }
}

extension ApplianceIdentity.Enrolled {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["by", "transcript", "endorsementKey", "endorsement"])
    by = try node.required("by").string()
    transcript = try node.required("transcript").hexadecimal(count: 32)
    endorsementKey = try node.required("endorsementKey").base64()
    endorsement = try node.required("endorsement").string()
  }

  fileprivate var json: JSON {
    [
      "by": .text(by), "transcript": .text(Hex.encode(transcript)),
      "endorsementKey": .text(Base64.encode(endorsementKey)), "endorsement": .text(endorsement),
    ]
  }
}
