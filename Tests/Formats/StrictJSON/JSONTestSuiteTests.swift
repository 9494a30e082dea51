import Reasons
import StrictJSON
import TestSupport
import Testing

/// nst/JSONTestSuite: `y_` must be read, `n_` must be refused, of `i_` this is what Assay does.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct JSONTestSuiteTests {
  static let folder = "json/test_parsing"

  static func names(_ prefix: String) -> [String] {
    guard Corpus.root != nil, let names = try? Corpus.names(in: folder) else { return [] }
    return names.filter { $0.hasPrefix(prefix) }
  }

  static func parse(_ name: String) throws -> JSON {
    try JSON(parsing: try Corpus.bytes("\(folder)/\(name)"), named: name)
  }

  @Test func corpusIsWhole() {
    #expect(Self.names("y_").count == 95)
    #expect(Self.names("n_").count == 188)
    #expect(Self.names("i_").count == 35)
  }

  /// RFC 8259 §4 lets a reader refuse what the suite wants read here: two readers would see two documents.
  static let duplicateKeys = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]

  @Test(arguments: duplicateKeys)
  func refusesDuplicateKeys(_ name: String) throws {
    let error = #expect(throws: Failure.self) { try Self.parse(name) }
    #expect(error?.reason == .jsonDuplicateKey)
  }

  @Test(arguments: names("y_").filter { !duplicateKeys.contains($0) })
  func reads(_ name: String) throws {
    let value = try Self.parse(name)
    // What was read can be written, and reads back as the same.
    #expect(try JSON(parsing: value.serialized(), named: name) == value)
    #expect(try JSON(parsing: value.serialized(pretty: true), named: name) == value)
  }

  @Test(arguments: names("n_"))
  func refuses(_ name: String) throws {
    let bytes = try Corpus.bytes("\(Self.folder)/\(name)")
    do {
      let value = try JSON(parsing: bytes, named: name)
      Issue.record("read as \(value)")
    } catch {
      let isDeep = ["n_structure_100000_opening_arrays.json", "n_structure_open_array_object.json"].contains(name)
      #expect(error.reason == (isDeep ? .jsonLimitExceeded : .jsonMalformed))
      #expect(error.subject == name)
      #expect(error.offset.map { $0 <= UInt64(bytes.count) } == true)
    }
  }

  /// Numbers are kept as written, so their size is no matter; text without a faithful UTF-8 form is refused, and so is
  /// what is nested deeper than the bounds.
  static let readThoughOptional: Set<String> = [
    "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json",
    "i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json",
    "i_number_real_underflow.json", "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
  ]

  @Test(arguments: names("i_"))
  func decides(_ name: String) {
    #expect(((try? Self.parse(name)) != nil) == Self.readThoughOptional.contains(name))
  }
}
