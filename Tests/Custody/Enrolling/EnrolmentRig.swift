import ApplianceIdentity
import Attestation
import Cryptography
import Enrolling
import Enrolment
import Ledger
import Reasons
import SignedNote
import StrictJSON
import TPM
import TestSupport
import Testing

/// An appliance that asks to be enrolled, and the files that go to and fro.
struct EnrolmentRig {
  /// Endorsement keys that a TPM's maker may have left.
  enum Endorsement: String, CaseIterable, Sendable {
    case own, p256, p384, rsa2048, rsa3072

    /// What tpm2_createek calls it, and where it lies; nil where provisioning makes one.
    var tool: (name: String, handle: String)? {
      switch self {
      case .own: nil
      case .p256: ("ecc", "0x81010001")
      case .p384: ("ecc384", "0x81010016")
      case .rsa2048: ("rsa", "0x81010001")
      case .rsa3072: ("rsa3072", "0x81010001")
      }
    }
  }

  let appliance: Appliance
  let custody: CustodyTPM
  let storeID = [UInt8](repeating: 0x5A, count: 16)
  let certificate = Array("a certificate".utf8)

  /// There is one software TPM in a process at a time; swtpm, where there is one, leaves it to others.
  static var usual: Kind { Bench.kinds.last ?? .software }
  /// For tests of two TPMs, which one process cannot have of its own.
  static var hasTwo: Bool { Bench.kinds.contains(.swtpm) }

  init(
    _ kind: Kind = EnrolmentRig.usual, endorsement: Endorsement = .own, authority site: Site? = nil, pin: String? = nil
  ) throws {
    let bench = try Bench(kind)
    if let tool = endorsement.tool {
      try #require(bench.swtpm).tool(["tpm2_createek", "-G", tool.name, "-c", tool.handle])
    }
    appliance = try Appliance(bench, try TPM.make(bench.driver), authority: site, pin: pin)
    if site != nil {
      let waiting = try appliance.custody()
      _ = try waiting.initialiseAnchor()
    }
    custody = try appliance.custody()
  }

  // MARK: The appliance's side

  /// A checkpoint of this store's ledger, under the commit key's signature or another's.
  func checkpoint(_ storeID: [UInt8]? = nil, signing: ((ComputedDigest) throws -> [UInt8])? = nil) throws -> [UInt8] {
    let origin = Ledger.origin(of: storeID ?? self.storeID)
    let text = Checkpoint.text(origin: origin, size: 1, root: digest([1]).bytes)
    let signature = try signing?(digest(text)) ?? custody.signCommit(digest(text))
    return SignedNote.serialized(
      text: text, signatures: [(origin, NoteKeyID.ecdsa(spki: custody.keys.commit.spki), signature)])
  }

  func request() throws -> [UInt8] {
    try custody.enrolmentRequest(
      ApplianceFacts(
        storeID: storeID, bootBinding: appliance.site == nil ? .none : .secureBootOnly,
        isAuthorityHeld: appliance.site != nil, certificates: [certificate], checkpoint: try checkpoint(),
        program: "0.1.0"))
  }

  func answer(_ request: [UInt8], _ challenge: [UInt8]) throws -> [UInt8] {
    try custody.enrolmentAnswer(request: request, challenge: challenge, endorsementSecret: .random(0))
  }

  /// What a hostile appliance can do: its own TPM's proofs for whatever claims.
  func request(of claims: EnrolmentClaims, pcrs: PCRSelection = .quoted) throws -> EnrolmentRequest {
    let binding = try claims.binding()
    return EnrolmentRequest(
      claims: claims, reportKey: EnrolmentProof(try custody.certifyReportKey(qualifying: binding)),
      commitKey: EnrolmentProof(try custody.certifyCommitKey(qualifying: binding)),
      anchor: EnrolmentProof(try custody.certifyAnchor(qualifying: binding)), quote: try quote(binding, pcrs: pcrs))
  }

  func quote(_ qualifying: [UInt8], pcrs: PCRSelection = .quoted) throws -> EnrolmentQuote {
    let values = try custody.pcrs(pcrs)
    return EnrolmentQuote(
      proof: EnrolmentProof(try custody.quote(qualifying: qualifying, pcrs: pcrs)), pcrs: pcrs,
      values: pcrs.numbers.map { values[$0]! })
  }
}

/// The files of one enrolment.
struct EnrolmentFiles {
  var request: [UInt8]
  var challenge: [UInt8]
  var record: [UInt8]
  var answer: [UInt8]

  init(_ rig: EnrolmentRig) throws {
    request = try rig.request()
    let issued = try VerifiedRequest(verifying: request).challenge(endorsement: .notCertified("no roots were given"))
    challenge = issued.challenge
    record = issued.record
    answer = try rig.answer(request, challenge)
  }

  func accepted() throws -> AcceptedEnrolment {
    try AcceptedEnrolment(request: request, challenge: challenge, record: record, answer: answer, by: "the desk")
  }

  /// The record as a desk would have that made this challenge of this request with the same secret.
  mutating func matchRecord() throws {
    let kept = try EnrolmentRecord(parsing: record)
    record = EnrolmentRecord(
      request: digest(request).bytes, challenge: digest(challenge).bytes, secret: kept.secret,
      isCertified: kept.isCertified, endorsement: kept.endorsement
    ).serialized()
  }
}

extension EnrolmentProof {
  init(_ attested: Attested) { self.init(attest: attested.attest, signature: attested.signature) }
}

extension EnrolmentClaims {
  /// The same claims, some of them others.
  func with(
    storeID: [UInt8]? = nil, bootBinding: ApplianceIdentity.BootBinding? = nil, authority: Authority?? = nil,
    endorsementKey: EndorsementKey? = nil, attestationKey: AttestationKey? = nil, reportKey: Key? = nil,
    commitKey: Key? = nil, anchorHandle: UInt32? = nil, anchorName: [UInt8]? = nil, checkpoint: [UInt8]? = nil
  ) -> EnrolmentClaims {
    EnrolmentClaims(
      storeID: storeID ?? self.storeID, tpm: tpm, bootBinding: bootBinding ?? self.bootBinding,
      authority: authority ?? self.authority, endorsementKey: endorsementKey ?? self.endorsementKey,
      certificates: certificates, attestationKey: attestationKey ?? self.attestationKey,
      reportKey: reportKey ?? self.reportKey, commitKey: commitKey ?? self.commitKey,
      anchorHandle: anchorHandle ?? self.anchorHandle, anchorName: anchorName ?? self.anchorName,
      checkpoint: checkpoint ?? self.checkpoint, program: program, nonce: nonce)
  }

  func key(_ key: PolicyKey) -> Key {
    Key(publicArea: key.object.publicArea, creationData: key.object.creationData)
  }
}

/// Why something was refused, and where.
func objection(_ body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch {
    return error as? Failure
  }
}

/// A document with one value replaced, found by its keys; as bytes.
func altered(_ document: JSON, at path: [String], to value: JSON) -> JSON {
  guard let first = path.first else { return value }
  switch document {
  case .object(var object):
    for index in object.members.indices where object.members[index].key == Array(first.utf8) {
      object.members[index].value = altered(object.members[index].value, at: Array(path.dropFirst()), to: value)
    }
    return .object(object)
  case .array(var elements):
    if let index = Int(first) { elements[index] = altered(elements[index], at: Array(path.dropFirst()), to: value) }
    return .array(elements)
  default: return document
  }
}

/// The ways to all plain values of a document.
func leaves(_ document: JSON, _ path: [String] = []) -> [[String]] {
  switch document {
  case .object(let object):
    object.members.flatMap { leaves($0.value, path + [String(decoding: $0.key, as: UTF8.self)]) }
  case .array(let elements): elements.enumerated().flatMap { leaves($0.element, path + [String($0.offset)]) }
  default: [path]
  }
}
