import Cryptography
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing

@Suite struct CanonicalJSONTests {
  static func canonical(_ text: String) throws -> String {
    String(decoding: try JSON(parsing: Array(text.utf8), named: "x").canonical(), as: UTF8.self)
  }

  @Test(
    .enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)),
    arguments: ["arrays", "french", "structures", "unicode", "values", "weird"])
  func agreesWithTheRFCsAuthors(_ name: String) throws {
    let value = try JSON(parsing: try Corpus.bytes("jcs/input/\(name).json"), named: name)
    #expect(try value.canonical() == Corpus.bytes("jcs/output/\(name).json"))
  }

  /// The authors' generated doubles and the hash of their first 10 000 lines (README there). The list of fixed values
  /// is read from their generator.
  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func writesTenThousandDoublesAsECMAScriptDoes() throws {
    let generator = String(decoding: try Corpus.bytes("jcs/numgen.go"), as: UTF8.self)
    let list = try #require(generator.split(separator: "[...]uint64{").dropFirst().first?.split(separator: "}").first)
    var patterns = list.split { !$0.isHexDigit && $0 != "x" }.compactMap { UInt64($0.dropFirst(2), radix: 16) }
    #expect(patterns.count > 100)
    patterns += (0..<2000).map { 0x0010_0000_0000_0000 + $0 }
    var block = [UInt8](repeating: 0, count: 32)
    while patterns.count < 10_000 {
      block = digest(block).bytes
      for start in stride(from: 0, to: 32, by: 8) {
        let pattern = block[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let value = Double(bitPattern: pattern)
        if value != 0, value.isFinite { patterns.append(pattern) }
      }
    }
    var lines: [UInt8] = []
    for pattern in patterns.prefix(10_000) {
      let number = JSON.number(Array(Double(bitPattern: pattern).description.utf8))
      lines += Array("\(String(pattern, radix: 16)),".utf8) + (try number.canonical()) + [0x0a]
    }
    #expect(lines.count == 399_022)
    #expect(
      Hex.encode(digest(lines).bytes) == "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892")
  }

  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("1.0", "1"), ("1e0", "1"), ("4.50", "4.5"), ("2e-3", "0.002"),
    ("1E30", "1e+30"), ("1e21", "1e+21"), ("1e20", "100000000000000000000"), ("0.000001", "0.000001"),
    ("0.0000001", "1e-7"), ("-1.5e-9", "-1.5e-9"), ("333333333.33333329", "333333333.3333333"),
    ("9007199254740992", "9007199254740992"), ("295147905179352830000", "295147905179352830000"),
    ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"), ("1e-400", "0"),
  ])
  func numbers(_ written: String, _ canonical: String) throws {
    #expect(try Self.canonical(written) == canonical)
  }

  /// 2^53 + 1 has no double: it and 2^53 would share one canonical form.
  @Test(arguments: ["9007199254740993", "-9007199254740993", "1e400", "295147905179352825856"])
  func refusesNumbersWithoutDouble(_ written: String) throws {
    let error = #expect(throws: Failure.self) { try Self.canonical(written) }
    #expect(error?.reason == .jsonMalformed)
  }

  @Test func sortsByUTF16() throws {
    // U+1F600 is D83D DE00 in UTF-16 and sorts before U+E000 and U+FF5E there; in UTF-8 it sorts behind them.
    let text = #"{"\uff5e":1,"\ue000":2,"\ud83d\ude00":3,"z":4,"\u00e9":5,"":6,"zz":7,"\ud83d\ude00a":8,"\ud7ff":9}"#
    #expect(
      try Self.canonical(text)
        == "{\"\":6,\"z\":4,\"zz\":7,\"é\":5,\"\u{d7ff}\":9,\"😀\":3,\"😀a\":8,\"\u{e000}\":2,\"\u{ff5e}\":1}")
  }

  @Test func escapesAsLittleAsItMust() throws {
    #expect(
      try Self.canonical(#""\u0000\u0008\t\n\u000b\f\r\u001f\"\\\/\u007f\u0080\u2028é""#)
        == "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}\u{80}\u{2028}é\"")
  }

  @Test func refusesWhatTheProgramBuiltWrong() {
    let twice: JSON = ["a": 1, "b": 2, "a": 3]
    #expect(throws: Failure(.jsonDuplicateKey, "canonical JSON")) { try twice.canonical() }
    #expect(throws: Failure(.jsonMalformed, "canonical JSON")) { try JSON.string([0xff]).canonical() }
    #expect(throws: Failure(.jsonMalformed, "canonical JSON")) { try JSON.number(Array("1,2".utf8)).canonical() }
  }
}
