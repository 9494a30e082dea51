import Octets
import ProofRequests
import Reasons
import StrictJSON
import Testing

/// What a prover is asked becomes bytes and the same question again, and nothing else becomes one.
@Suite(.serialized) struct ProofRequestTests {
  private static let full = ProofRequest(
    keys: [[1], [2, 3]],
    roots: [
      .init(name: "trust/prod/trusted_root.json", bytes: [4, 5, 6], consultsEntries: true),
      .init(name: "e\u{301}\u{202e}", bytes: [], consultsEntries: false),
      // Another name as bytes, and the same as String has it.
      .init(name: "\u{e9}\u{202e}", bytes: [], consultsEntries: false),
    ], revocationLists: [[7]], witnessPolicy: Array("witness".utf8), now: UnixTime(.min))
  private static let empty = ProofRequest(
    keys: [], roots: [], revocationLists: [], witnessPolicy: nil, now: UnixTime(0))

  @Test(arguments: [full, empty]) func allOfItReturns(request: ProofRequest) throws {
    let bytes = try request.serialized()
    let back = try ProofRequest(parsing: bytes)
    #expect(back == request && back.roots.map { Array($0.name.utf8) } == request.roots.map { Array($0.name.utf8) })
    #expect(try back.serialized() == bytes)
  }

  @Test func keptEntriesAreConsultedEverywhere() {
    let other = Self.full.consultingEverywhere
    #expect(other.roots.allSatisfy(\.consultsEntries) && other.roots.map(\.bytes) == Self.full.roots.map(\.bytes))
    #expect(other.keys == Self.full.keys && other.revocationLists == Self.full.revocationLists)
    #expect(other.witnessPolicy == Self.full.witnessPolicy && other.now == Self.full.now)
  }

  @Test func anyOtherSpellingIsRefused() throws {
    let text = String(decoding: try Self.full.serialized(), as: UTF8.self)
    for (one, other, place) in [
      ("assay-proof-request/1", "assay-proof-request/2", "the format is not"),
      (#""AQ==""#, #""AQ""#, "proof request: keys[0]: no canonical standard Base64"),
      (#""BAUG""#, #""BAUH=""#, "proof request: roots[0].bytes: no canonical standard Base64"),
      (#""Bw==""#, #""Bx==""#, "proof request: revocationLists[0]: no canonical standard Base64"),
      (#""entries":true"#, #""entries":1"#, "proof request: roots[0].entries: true or false is wanted"),
      (#""now":"-9223372036854775808""#, #""now":"-9223372036854775809""#, "proof request: now: no number of seconds"),
      (#""now":"-9223372036854775808""#, #""now":"+1""#, "not as it would be written"),
      (#""witnessPolicy":"#, #""witness":"","witnessPolicy":"#, "not as it would be written"),
      (#""witnessPolicy":"d2l0bmVzcw==""#, #""witnessPolicy":[]"#, "proof request: witnessPolicy: a string is wanted"),
      (#","witnessPolicy":"d2l0bmVzcw==""#, "", "not as it would be written"),
      (#""name":"trust/prod"#, #""name":"\u0074rust/prod"#, "not as it would be written"),
      (#"{"format""#, #"{ "format""#, "not as it would be written"),
    ] {
      #expect(text.contains(one), "\(one)")
      let changed = Array(text.replacing(one, with: other, maxReplacements: 1).utf8)
      let found = refusal { _ = try ProofRequest(parsing: changed) }
      #expect(found?.reason == .proofRequestMalformed, "\(other): \(found?.words ?? "read")")
      #expect(found?.words.contains(place) == true, "\(other): \(found?.words ?? "read")")
    }
    #expect(refusal { _ = try ProofRequest(parsing: []) }?.reason == .jsonMalformed)
  }

  // MARK: Bounds

  private static func request(
    keys: [[UInt8]] = [], roots: [(String, [UInt8])] = [], lists: [[UInt8]] = [], witnessPolicy: [UInt8]? = nil
  ) -> ProofRequest {
    ProofRequest(
      keys: keys, roots: roots.map { .init(name: $0.0, bytes: $0.1, consultsEntries: false) }, revocationLists: lists,
      witnessPolicy: witnessPolicy, now: UnixTime(0))
  }

  private static let bounds: [(String, Int, @Sendable (Int) -> ProofRequest)] = [
    ("keys", ProofRequest.mostKeys, { request(keys: Array(repeating: [1], count: $0)) }),
    ("bytes of one key", ProofRequest.mostKeyBytes, { request(keys: [[UInt8](repeating: 1, count: $0)]) }),
    ("trust roots", ProofRequest.mostRoots, { count in request(roots: (0..<count).map { ("\($0)", []) }) }),
    (
      "bytes of one trust root", ProofRequest.mostRootBytes,
      { request(roots: [("", [UInt8](repeating: 1, count: $0))]) }
    ),
    (
      "bytes of a trust root's name", ProofRequest.mostNameBytes,
      { request(roots: [(String(repeating: "n", count: $0), [])]) }
    ),
    ("revocation lists", ProofRequest.mostRevocationLists, { request(lists: Array(repeating: [1], count: $0)) }),
    (
      "bytes of one revocation list", ProofRequest.mostRevocationListBytes,
      { request(lists: [[UInt8](repeating: 1, count: $0)]) }
    ),
    (
      "bytes of witness policy", ProofRequest.mostWitnessPolicyBytes,
      { request(witnessPolicy: [UInt8](repeating: 1, count: $0)) }
    ),
  ]

  @Test(arguments: bounds.indices) func boundsHoldForWriterAndReader(index: Int) throws {
    let (what, most, make) = Self.bounds[index]
    let bytes = try make(most).serialized()
    #expect(try ProofRequest(parsing: bytes) == make(most))
    let written = refusal { _ = try make(most + 1).serialized() }
    #expect(written?.reason == .proofRequestMalformed)
    #expect(written?.words == "proof request: more than \(most) \(what)")
  }

  @Test func theReaderHasTheSameBounds() throws {
    let text = String(decoding: try Self.request(roots: [("a", []), ("b", [])]).serialized(), as: UTF8.self)
    let twice = refusal { _ = try ProofRequest(parsing: Array(text.replacing(#""b""#, with: #""a""#).utf8)) }
    #expect(twice?.reason == .proofRequestMalformed && twice?.words == "proof request: two trust roots of one name")
    let written = refusal { _ = try Self.request(roots: [("a", []), ("a", [])]).serialized() }
    #expect(written?.words == "proof request: two trust roots of one name")
    let long = String(repeating: "n", count: ProofRequest.mostNameBytes + 1)
    let longer = refusal { _ = try ProofRequest(parsing: Array(text.replacing(#""b""#, with: "\"\(long)\"").utf8)) }
    #expect(longer?.words == "proof request: more than \(ProofRequest.mostNameBytes) bytes of a trust root's name")
  }

  @Test func allTogetherIsBounded() {
    let lists = Array(repeating: [UInt8](repeating: 1, count: ProofRequest.mostRevocationListBytes), count: 7)
    let found = refusal { _ = try Self.request(lists: lists).serialized() }
    #expect(found?.reason == .proofRequestMalformed)
    #expect(found?.words == "proof request: more than \(ProofRequest.limits.bytes) bytes of trust")
  }
}
