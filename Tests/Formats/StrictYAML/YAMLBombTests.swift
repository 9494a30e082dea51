import Reasons
import StrictJSON
import StrictYAML
import Testing
import YAMLEvents

/// Documents that take much of time or memory where nobody counts: each is refused, or read, in no time.
@Suite struct YAMLBombTests {
  struct Bomb: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let reason: Reason?
    var limits = JSONLimits.yaml
    let make: @Sendable () -> String

    init(_ name: String, _ reason: Reason?, bytes: Int = 1 << 20, _ make: @escaping @Sendable () -> String) {
      (testDescription, self.reason, self.make) = (name, reason, make)
      limits.bytes = bytes
    }
  }

  static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

  static let bombs = [
    Bomb("a billion laughs", .yamlForbidden) {
      "a: &a [lol, lol]\n" + (1...9).map { "b\($0): &b\($0) [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n" }.joined()
    },
    Bomb("lists in lists", .yamlLimitExceeded) { times(100_000, "[") },
    Bomb("lists in lists, closed", .yamlLimitExceeded) { times(100_000, "[") + times(100_000, "]") },
    Bomb("mappings in mappings", .yamlLimitExceeded) { times(100_000, "{a: ") },
    Bomb("pairs in lists", .yamlLimitExceeded) { times(100_000, "[a: ") },
    Bomb("keys that are lists", .yamlMalformed) { times(100_000, "[? ") },
    Bomb("block lists", .yamlLimitExceeded) { times(100_000, "- ") },
    Bomb("complex keys", .yamlMalformed) { times(100_000, "? ") },
    Bomb("steps", .yamlLimitExceeded) { (0..<1000).map { times($0, " ") + "a:\n" }.joined() },
    Bomb("ten megabytes of text", .yamlLimitExceeded) { "a: " + times(10 << 20, "x") },
    Bomb("ten megabytes of text, allowed", nil, bytes: 16 << 20) { "a: " + times(10 << 20, "x") },
    Bomb("a line of a mebibyte", nil) { "a: '" + times((1 << 20) - 5, "x") + "'" },
    Bomb("a line of spaces", nil) { "a: x" + times((1 << 20) - 5, " ") + "y" },
    Bomb("a line of escapes", nil) { "a: \"" + times(500_000, "\\n") + "\"" },
    Bomb("a comment of a mebibyte", .yamlMalformed) { times(1 << 20, "#") },
    Bomb("empty lines", .yamlMalformed) { times(1 << 20, "\n") },
    Bomb("empty lines in a scalar", nil) { "a: \"" + times(1_000_000, "\n") + "\"" },
    Bomb("empty lines in a block", nil) { "a: |\n" + times(500_000, " \n") },
    Bomb("a million keys", .yamlLimitExceeded) { (0..<1_000_000).map { "k\($0): 1\n" }.joined() },
    Bomb("a million keys, allowed", .yamlLimitExceeded, bytes: 16 << 20) {
      (0..<1_000_000).map { "k\($0): 1\n" }.joined()
    },
    Bomb("a million keys in a line", .yamlLimitExceeded, bytes: 16 << 20) {
      "{" + (0..<1_000_000).map { "k\($0)" }.joined(separator: ",") + "}"
    },
    Bomb("one key, again and again", .yamlDuplicateKey) { times(200_000, "a: 1\n") },
    Bomb("as many values as may be", nil) { "[" + times(99_998, "a,") + "a]" },
    Bomb("one value more", .yamlLimitExceeded) { "[" + times(99_999, "a,") + "a]" },
    Bomb("directives", .yamlForbidden) { (0..<50_000).map { "%TAG !a\($0)! b\n" }.joined() + "---\n" },
    Bomb("directives of a second document", .yamlForbidden) {
      "a: 1\n...\n" + (0..<50_000).map { "%TAG !a\($0)! b\n" }.joined() + "---\n"
    },
    Bomb("directives behind a value", .yamlForbidden) {
      "a: 1\n" + (0..<50_000).map { "%TAG !a\($0)! b\n" }.joined() + "---\n"
    },
    Bomb("documents", .yamlForbidden) { times(200_000, "---\n") },
    Bomb("anchors", .yamlForbidden) { times(100_000, "- &a a\n") },
    Bomb("exclamation marks", .yamlForbidden) { times(1 << 20, "!") },
    Bomb("colons", .yamlMalformed) { times(1 << 20, ":") },
    Bomb("quoted words", .yamlMalformed) { times(300_000, "\"a\"") },
    Bomb("a quote without end", .yamlMalformed) { "a: \"" + times(500_000, "x ") },
    Bomb("lines without a colon", nil) { times(400_000, "a\n") },
    Bomb("line breaks of old", .yamlMalformed) { times(300_000, "\u{2028}") },
  ]

  @Test(arguments: bombs)
  func goesOffInNobodysHands(_ bomb: Bomb) throws {
    let bytes = Array(bomb.make().utf8)
    let start = ContinuousClock.now
    do {
      _ = try YAMLDocument(parsing: bytes, named: "p.yaml", malformed: .policyMalformed, limits: bomb.limits)
      #expect(bomb.reason == nil)
    } catch {
      #expect(error.reason == bomb.reason, "\(error)")
    }
    let elapsed = ContinuousClock.now - start
    // A debug build on a busy machine; what takes the square of its length takes minutes.
    #expect(elapsed < .seconds(20))
  }

  static let valid = """
    # Policy
    format: assay-policy/1
    name: "North \\u00e9 plant"
    authorities:
      - name: ci
        keyless: {identity: [{matching: 'https://x/.*'}, b], issuer: "https://y"}
        needs: {transparencyLog: promise, witnesses: 2}
      - keys: ["a", b]
    rules:
      - name: é
        scope: {}
        text: |
          one
            two
        require: {all: [{use: x}, {any: []}]}
    waivers: null
    deny: [{reason: true, at: -1.5e3}]

    """

  /// Whatever is done to a document, it is read or refused with a place in it, and no value is made of two bytes' meaning.
  @Test func survivesMutations() throws {
    var random = Xorshift(state: 0x9e37_79b9_7f4a_7c15)
    let valid = Array(Self.valid.utf8)
    _ = try YAMLDocument(parsing: valid, named: "p.yaml", malformed: .policyMalformed)
    let spice = Array("&*!%@`|>?:-{}[],#'\"\\\n\r\t ~0.x_\u{feff}é".utf8)
    var read = 0
    for _ in 0..<4000 {
      var bytes = valid
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[place] = spice.randomElement(using: &random) ?? 0
        case 2: bytes.insert(spice.randomElement(using: &random) ?? 0, at: place)
        case 3: bytes.remove(at: place)
        default:
          let other = Int.random(in: 0..<bytes.count, using: &random)
          let piece = bytes[min(place, other)..<max(place, other)]
          bytes.insert(contentsOf: piece, at: Int.random(in: 0..<bytes.count, using: &random))
        }
      }
      do {
        let document = try YAMLDocument(parsing: bytes, named: "p.yaml", malformed: .policyMalformed)
        read += 1
        // What was read has one canonical form, unless a number has none; and reads the same from there.
        if let canonical = try? document.root.value.canonical() {
          #expect(throws: Never.self) { try JSON(parsing: canonical, named: "json") }
        }
        let mark = document.mark(of: "rules[0].require.all[1].any")
        #expect((0...bytes.count).contains(mark.byte))
      } catch {
        #expect(error.reason.rawValue.hasPrefix("yaml."))
        #expect((0...UInt64(bytes.count)).contains(try #require(error.offset)))
        #expect(error.subject.hasPrefix("p.yaml:"))
      }
    }
    // The mutations are small: both happen often.
    #expect((400...3600).contains(read))
  }
}

private struct Xorshift: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
