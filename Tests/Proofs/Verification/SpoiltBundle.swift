import Reasons
import StrictJSON
import Testing

/// A bundle of the conformance suite with one thing changed, and what the verifier says to it; nil where it still holds.
struct SpoiltBundle: Sendable, CustomTestStringConvertible {
  let what: String
  let source: String
  let expected: Reason?
  let spoil: @Sendable (JSON) throws -> JSON

  init(
    _ what: String, of source: String, _ expected: Reason?, spoil: @escaping @Sendable (JSON) throws -> JSON
  ) {
    self.what = what
    self.source = source
    self.expected = expected
    self.spoil = spoil
  }

  var testDescription: String { what }
  func bundle() throws -> JSON { try spoil(try Spoiling.bundle(source)) }
}

/// A trust root with one thing changed.
struct SpoiltRoot: Sendable, CustomTestStringConvertible {
  let what: String
  let expected: Reason?
  let spoil: @Sendable (JSON) -> JSON

  init(_ what: String, _ expected: Reason?, spoil: @escaping @Sendable (JSON) -> JSON) {
    self.what = what
    self.expected = expected
    self.spoil = spoil
  }

  var testDescription: String { what }
}
