import CRE2

/// A regular expression in RE2's syntax, matched against the **whole** of a text in time linear in its length.
///
/// Whole, because an identity that merely contains the expected one is another identity. cosign searches anywhere;
/// who wants a prefix says so with a final `.*`.
package struct Pattern: Hashable, Sendable {
  /// Bytes that one compiled expression and its caches may take. RE2's own default; enough for any identity, and an
  /// expression that needs more is refused when it is read.
  private static let memoryLimit: Int64 = 8 << 20
  /// Bytes of an expression. A policy's identities are URLs and addresses with a few wildcards.
  package static let lengthLimit = 4096

  package let expression: String
  private let compiled: CompiledPattern

  /// - Throws: `PatternError` where RE2 does not read the expression, or it is too large.
  package init(_ expression: String) throws(PatternError) {
    var text = Array(expression.utf8)
    guard text.count <= Self.lengthLimit else {
      throw PatternError(expression, "longer than \(Self.lengthLimit) bytes")
    }
    var problem = [CChar](repeating: 0, count: 160)
    let count = text.count
    text.append(0)
    let pattern = text.withUnsafeBufferPointer { text in
      text.withMemoryRebound(to: CChar.self) { text in
        assay_pattern_compile(text.baseAddress, count, Self.memoryLimit, &problem, problem.count)
      }
    }
    guard let pattern else {
      let words = problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw PatternError(expression, String(decoding: words, as: UTF8.self))
    }
    self.expression = expression
    compiled = CompiledPattern(pattern)
  }

  /// Whether the pattern matches all of `text`, which is read as UTF-8; `.` never matches a byte that is none.
  package func matchesWhole(_ text: [UInt8]) -> Bool {
    text.withUnsafeBufferPointer { assay_pattern_matches_whole(compiled.pointer, $0.baseAddress, $0.count) } == 1
  }

  /// Whether the expression ends in neither `$` nor `.*`, so that its writer may have meant a search or a prefix.
  package var isOpenEnded: Bool {
    let text = Array(expression.utf8)
    func ends(in ending: String) -> Bool {
      let ending = Array(ending.utf8)
      guard text.count >= ending.count, text.suffix(ending.count).elementsEqual(ending) else { return false }
      // An odd number of backslashes before it makes the first character a literal.
      let escapes = text.dropLast(ending.count).reversed().prefix { $0 == UInt8(ascii: "\\") }.count
      return escapes % 2 == 0
    }
    return !ends(in: "$") && !ends(in: ".*")
  }

  package static func == (one: Pattern, other: Pattern) -> Bool {
    one.expression.utf8.elementsEqual(other.expression.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(Array(expression.utf8)) }
}

/// An expression that RE2 does not read.
package struct PatternError: Error, Hashable, Sendable {
  package let expression: String
  /// RE2's own words.
  package let problem: String

  init(_ expression: String, _ problem: String) {
    self.expression = expression
    self.problem = problem
  }
}

/// Owns RE2's object, which any thread may match with.
private final class CompiledPattern: @unchecked Sendable {
  let pointer: OpaquePointer
  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { assay_pattern_free(pointer) }
}
