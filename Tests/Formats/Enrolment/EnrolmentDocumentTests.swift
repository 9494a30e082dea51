import ApplianceIdentity
import Attestation
import Base64
import Cryptography
import Enrolment
import Reasons
import StrictJSON
import Testing
import TestSupport

/// The documents of an enrolment, without a TPM: what they must be before anybody looks at what they mean.
@Suite struct EnrolmentDocumentTests {
  private static let point: [UInt8] = {
    let point = P256Area.point(spki: try! SigningKey().spki)!
    return [0, 32] + point.prefix(32) + [0, 32] + point.suffix(32)
  }()
  private static let sum = [UInt8](repeating: 5, count: 32)
  private static let proof = EnrolmentProof(attest: [1, 2], signature: [3])
  private static let quote = EnrolmentQuote(
    proof: proof, pcrs: PCRSelection([0, 7])!, values: [sum, [UInt8](repeating: 6, count: 32)])

  private static func request(authority: Bool = true) throws -> EnrolmentRequest {
    let claims = EnrolmentClaims(
      storeID: [UInt8](repeating: 7, count: 16), tpm: .software, bootBinding: .verityUKI,
      authority: authority ? .init(key: try PublicKey(spki: try SigningKey().spki), counter: 0x0180_0101) : nil,
      endorsementKey: try EndorsementKey(publicArea: EndorsementKeyTests.p256 + point), certificates: [[1], [2, 3]],
      attestationKey: try AttestationKey(publicArea: AttestationKey.template.dropLast(4) + point),
      reportKey: .init(publicArea: [1], creationData: [2]), commitKey: .init(publicArea: [3], creationData: [4]),
      anchorHandle: 0x0180_0102, anchorName: [0, 11] + sum, checkpoint: Array("head\n".utf8),
      program: Array("0.1.0".utf8), nonce: sum)
    return EnrolmentRequest(claims: claims, reportKey: proof, commitKey: proof, anchor: proof, quote: quote)
  }

  @Test(arguments: [false, true]) func requestsAreReadAsWritten(_ authority: Bool) throws {
    let request = try Self.request(authority: authority)
    #expect(try EnrolmentRequest(parsing: request.serialized()) == request)
  }

  @Test func theOthersAreReadAsWritten() throws {
    let challenge = EnrolmentChallenge(request: Self.sum, credential: [1], secret: [2], nonce: Self.sum)
    #expect(try EnrolmentChallenge(parsing: challenge.serialized()) == challenge)
    let answer = EnrolmentAnswer(transcript: Self.sum, hmac: Self.sum, quote: Self.quote)
    #expect(try EnrolmentAnswer(parsing: answer.serialized()) == answer)
    let record = EnrolmentRecord(
      request: Self.sum, challenge: Self.sum, secret: Self.sum, isCertified: true, endorsement: [0x61])
    #expect(try EnrolmentRecord(parsing: record.serialized()).json == record.json)
  }

  /// Each member's one wrong value; every member of every object has one here.
  private static let wrong: [String: JSON] = {
    func long(_ bytes: Int) -> JSON { .text(Base64.encode([UInt8](repeating: 0, count: bytes))) }
    let text = JSON.text(String(repeating: "a", count: 8193))
    return [
      "format": "assay-enrolment/0", "claims": [], "proofs": nil, "store": "00", "tpm": "chip", "bootBinding": "some",
      "policyAuthority": "nobody", "key": long(91), "counter": "018001", "endorsementKey": 1,
      "endorsementCertificates": .array(.init(repeating: "AA==", count: 9)), "attestationKey": 2, "reportKey": [],
      "commitKey": [], "public": long(257), "creationData": long(513), "anchor": "01800102", "index": "0180010",
      "name": "000b", "checkpoint": text, "program": text, "nonce": "00", "attest": long(2305), "signature": long(81),
      "quote": "none", "pcrs": ["24": "00"], "0": "00", "7": nil, "request": "00", "credential": long(133),
      "secret": long(513), "transcript": "00", "hmac": "00", "challenge": "00", "endorsement": text, "certified": 1,
    ]
  }()

  private enum Document: CaseIterable {
    case request, challenge, answer, record

    var json: JSON {
      get throws {
        switch self {
        case .request: try EnrolmentDocumentTests.request().json
        case .challenge: EnrolmentChallenge(request: sum, credential: [1], secret: [2], nonce: sum).json
        case .answer: EnrolmentAnswer(transcript: sum, hmac: sum, quote: quote).json
        case .record:
          EnrolmentRecord(request: sum, challenge: sum, secret: sum, isCertified: true, endorsement: [0x61]).json
        }
      }
    }

    var limit: Int {
      switch self {
      case .request: EnrolmentRequest.limit
      case .challenge: EnrolmentChallenge.limit
      case .answer: EnrolmentAnswer.limit
      case .record: EnrolmentRecord.limit
      }
    }

    func read(_ bytes: [UInt8]) throws {
      switch self {
      case .request: _ = try EnrolmentRequest(parsing: bytes)
      case .challenge: _ = try EnrolmentChallenge(parsing: bytes)
      case .answer: _ = try EnrolmentAnswer(parsing: bytes)
      case .record: _ = try EnrolmentRecord(parsing: bytes)
      }
    }
  }

  @Test(arguments: Document.allCases) private func everyMemberIsChecked(_ document: Document) throws {
    let whole = try document.json
    for (path, spoilt) in try Self.spoilt(whole) {
      // Nothing stands for a value that the appliance leaves out: a quoted PCR that is gone is another selection.
      if path == "claims.policyAuthority" || path.hasSuffix("pcrs.7") { continue }
      let failure = #expect(throws: Failure.self, "\(path)") { try document.read(spoilt.serialized()) }
      let expected: Reason = path.hasSuffix("Certificates") ? .jsonLimitExceeded : .enrolmentMalformed
      #expect(failure?.reason == expected, "\(path): \(failure.map { "\($0)" } ?? "")")
    }
    try document.read(whole.serialized())
  }

  @Test(arguments: Document.allCases) private func strangersAreRefused(_ document: Document) throws {
    for (path, strange) in Self.withStrangers(try document.json, "") {
      let failure = #expect(throws: Failure.self, "\(path)") { try document.read(strange.serialized()) }
      #expect(failure?.reason == .enrolmentMalformed, "\(path)")
      #expect(failure?.detail.contains("stranger") == true, "\(path)")
    }
    // A member that is gone, one at a time.
    guard case .object(let whole) = try document.json else { return }
    for index in whole.members.indices {
      var less = whole
      less.members.remove(at: index)
      let failure = #expect(throws: Failure.self) { try document.read(JSON.object(less).serialized()) }
      #expect(failure?.reason == .enrolmentMalformed)
    }
  }

  @Test(arguments: Document.allCases) private func sizesAreBounded(_ document: Document) throws {
    let whole = try document.json.serialized()
    let space = [UInt8](repeating: 0x20, count: document.limit - whole.count)
    try document.read(whole + space)
    let failure = #expect(throws: Failure.self) { try document.read(whole + space + [0x20]) }
    #expect(failure?.reason == .enrolmentMalformed)
    #expect(failure?.detail.contains("\(document.limit)") == true)
  }

  /// Another value anywhere is another binding, and another byte anywhere another transcript.
  @Test func bindingsAreOfEverything() throws {
    let request = try Self.request()
    let binding = try request.claims.binding()
    #expect(try EnrolmentRequest(parsing: request.json.serialized()).claims.binding() == binding)
    #expect(try Self.request().claims.binding() != binding)
    let transcripts = [([1], [2]), ([1], [3]), ([2], [2]), ([2], [1]), ([], [1, 2]), ([1, 2], [])].map {
      enrolmentTranscript(request: $0, challenge: $1)
    }
    #expect(Set(transcripts).count == transcripts.count)
    let domain = Array("assay-enrolment-transcript/1\n".utf8)
    #expect(transcripts[0] == digest(domain + digest([1]).bytes + digest([2]).bytes).bytes)
  }

  private static func spoilt(_ document: JSON, _ path: String = "") throws -> [(String, JSON)] {
    guard case .object(let object) = document else { return [] }
    var found: [(String, JSON)] = []
    for (index, member) in object.members.enumerated() {
      let key = String(decoding: member.key, as: UTF8.self)
      var whole = object
      whole.members[index].value = try #require(wrong[key], "\(path)\(key)")
      found.append((path + key, .object(whole)))
      for (place, inner) in try spoilt(member.value, "\(path)\(key).") {
        whole.members[index].value = inner
        found.append((place, .object(whole)))
      }
    }
    return found
  }

  private static func withStrangers(_ document: JSON, _ path: String) -> [(String, JSON)] {
    guard case .object(let object) = document else { return [] }
    var strange = object
    strange.append("stranger", true)
    var found = [(path, JSON.object(strange))]
    for (index, member) in object.members.enumerated() {
      for (place, inner) in withStrangers(member.value, "\(path).\(String(decoding: member.key, as: UTF8.self))") {
        var whole = object
        whole.members[index].value = inner
        found.append((place, .object(whole)))
      }
    }
    return found
  }
}
