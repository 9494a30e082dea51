package import ApplianceIdentity
package import Attestation
import Base64
package import Cryptography
import Octets
package import Reasons
import StrictJSON

/// What an appliance says of itself when it asks to be enrolled. Inert: the proofs beside it and the answer to the
/// desk's challenge show which of it is true.
package struct EnrolmentClaims: Hashable, Sendable {
  /// A key that the TPM made, and what it said of the making.
  package struct Key: Hashable, Sendable {
    /// TPMT_PUBLIC.
    package let publicArea: [UInt8]
    /// TPMS_CREATION_DATA (TPM 2.0 Part 2 §15.1).
    package let creationData: [UInt8]

    package init(publicArea: [UInt8], creationData: [UInt8]) {
      self.publicArea = publicArea
      self.creationData = creationData
    }
  }

  /// Who approves states of the machine, and the counter with which approvals are withdrawn.
  package struct Authority: Hashable, Sendable {
    package let key: PublicKey
    /// NV index of the policy version counter.
    package let counter: UInt32

    package init(key: PublicKey, counter: UInt32) {
      self.key = key
      self.counter = counter
    }
  }

  /// Certificates, and bytes of one: what TPMs keep in NV has about 1,000.
  package static let mostCertificates = 8
  package static let certificateLimit = 4096
  /// Bytes of a P-256 key's public area with a policy, and of creation data: 122 and 107 as TPMs make them.
  static let areaLimit = 256
  static let creationLimit = 512
  /// Bytes of the checkpoint's note, which has one signature or a few.
  static let checkpointLimit = 8192
  static let programLimit = 64
  /// Bytes of each nonce.
  package static let nonceSize = 32

  package let storeID: [UInt8]
  package let tpm: ApplianceIdentity.TPMKind
  package let bootBinding: ApplianceIdentity.BootBinding
  /// Nil where nobody holds the key that approved the keys' use.
  package let authority: Authority?
  package let endorsementKey: EndorsementKey
  /// DER, of the endorsement key and of those who issued it, in any order.
  package let certificates: [[UInt8]]
  package let attestationKey: AttestationKey
  package let reportKey: Key
  package let commitKey: Key
  /// NV index of the anchor, and its Name once written.
  package let anchorHandle: UInt32
  package let anchorName: [UInt8]
  /// The ledger's head, a signed note.
  package let checkpoint: [UInt8]
  package let program: [UInt8]
  /// The appliance's.
  package let nonce: [UInt8]

  package init(
    storeID: [UInt8], tpm: ApplianceIdentity.TPMKind, bootBinding: ApplianceIdentity.BootBinding,
    authority: Authority?, endorsementKey: EndorsementKey, certificates: [[UInt8]], attestationKey: AttestationKey,
    reportKey: Key, commitKey: Key, anchorHandle: UInt32, anchorName: [UInt8], checkpoint: [UInt8], program: [UInt8],
    nonce: [UInt8]
  ) {
    self.storeID = storeID
    self.tpm = tpm
    self.bootBinding = bootBinding
    self.authority = authority
    self.endorsementKey = endorsementKey
    self.certificates = certificates
    self.attestationKey = attestationKey
    self.reportKey = reportKey
    self.commitKey = commitKey
    self.anchorHandle = anchorHandle
    self.anchorName = anchorName
    self.checkpoint = checkpoint
    self.program = program
    self.nonce = nonce
  }

  /// What every proof binds in: SHA-256 of a domain and the claims in canonical form (RFC 8785).
  package func binding() throws(Failure) -> [UInt8] {
    digest(Array("assay-enrolment-claims/1\n".utf8) + (try json.canonical())).bytes
  }
}

// MARK: JSON

extension EnrolmentClaims {
  init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers([
      "store", "tpm", "bootBinding", "policyAuthority", "endorsementKey", "endorsementCertificates", "attestationKey",
      "reportKey", "commitKey", "anchor", "checkpoint", "program", "nonce",
    ])
    storeID = try node.required("store").hexadecimal(count: ApplianceIdentity.storeIDSize)
    tpm = try node.required("tpm").oneOf(ApplianceIdentity.TPMKind.self)
    bootBinding = try node.required("bootBinding").oneOf(ApplianceIdentity.BootBinding.self)
    authority = try node.optional("policyAuthority").map { (node) throws(Failure) in try Authority(node) }
    endorsementKey = try EndorsementKey(publicArea: node.required("endorsementKey").base64())
    var certificates: [[UInt8]] = []
    for certificate in try node.required("endorsementCertificates").elements(atMost: Self.mostCertificates) {
      certificates.append(try certificate.base64(atMost: Self.certificateLimit))
    }
    self.certificates = certificates
    do {
      attestationKey = try AttestationKey(publicArea: node.required("attestationKey").base64())
    } catch {
      throw error.reason == .reportMalformed ? Failure(.enrolmentKeyUnsuitable, error.subject, error.detail) : error
    }
    reportKey = try Key(node.required("reportKey"))
    commitKey = try Key(node.required("commitKey"))
    let anchor = try node.required("anchor")
    try anchor.verifyMembers(["index", "name"])
    anchorHandle = try anchor.required("index").handle()
    anchorName = try anchor.required("name").hexadecimal(count: 34)
    checkpoint = try node.required("checkpoint").bytes(atMost: Self.checkpointLimit)
    program = try node.required("program").bytes(atMost: Self.programLimit)
    nonce = try node.required("nonce").hexadecimal(count: Self.nonceSize)
  }

  var json: JSON {
    [
      "store": .text(Hex.encode(storeID)),
      "tpm": .text(tpm.rawValue),
      "bootBinding": .text(bootBinding.rawValue),
      "policyAuthority": authority?.json ?? .null,
      "endorsementKey": .text(Base64.encode(endorsementKey.publicArea)),
      "endorsementCertificates": .array(certificates.map { .text(Base64.encode($0)) }),
      "attestationKey": .text(Base64.encode(attestationKey.publicArea)),
      "reportKey": reportKey.json,
      "commitKey": commitKey.json,
      "anchor": ["index": .handle(anchorHandle), "name": .text(Hex.encode(anchorName))],
      "checkpoint": .string(checkpoint),
      "program": .string(program),
      "nonce": .text(Hex.encode(nonce)),
    ]
  }
}

extension EnrolmentClaims.Key {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["public", "creationData"])
    publicArea = try node.required("public").base64(atMost: EnrolmentClaims.areaLimit)
    creationData = try node.required("creationData").base64(atMost: EnrolmentClaims.creationLimit)
  }

  fileprivate var json: JSON {
    ["public": .text(Base64.encode(publicArea)), "creationData": .text(Base64.encode(creationData))]
  }
}

extension EnrolmentClaims.Authority {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["key", "counter"])
    let place = try node.required("key")
    let spki = try place.base64(atMost: EnrolmentClaims.areaLimit)
    do {
      key = try PublicKey(spki: spki)
    } catch {
      throw place.failure("no public key that Assay verifies with: \(error)")
    }
    counter = try node.required("counter").handle()
  }

  fileprivate var json: JSON { ["key": .text(Base64.encode(key.spki)), "counter": .handle(counter)] }
}

extension JSON {
  fileprivate static func handle(_ handle: UInt32) -> JSON {
    .text(Hex.encode([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: handle >> UInt32($0)) }))
  }
}

extension JSONNode {
  /// Four bytes, hexadecimal.
  fileprivate func handle() throws(Failure) -> UInt32 {
    try hexadecimal(count: 4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  func base64(atMost limit: Int) throws(Failure) -> [UInt8] {
    let decoded = try base64()
    guard decoded.count <= limit else { throw failure("\(decoded.count) bytes; at most \(limit) are read") }
    return decoded
  }

  func bytes(atMost limit: Int) throws(Failure) -> [UInt8] {
    let bytes = try bytes()
    guard bytes.count <= limit else { throw failure("\(bytes.count) bytes; at most \(limit) are read") }
    return bytes
  }
}
