import Base64
package import Reasons

/// A value with its place in its document, for readers of one format: what is absent or of the wrong type becomes a
/// `Failure` that says where, such as `index.json: manifests[2].digest`. The text of the place is made only then.
package struct JSONNode: Sendable {
  package let value: JSON
  private let place: Place
  private let malformed: Reason

  /// Reads a document.
  /// - Parameters:
  ///   - subject: the document's name in failures.
  ///   - malformed: the reason of failures about its shape.
  /// - Throws: `json.malformed`, `json.duplicate-key` or `json.limit-exceeded`, with the offset in `bytes`.
  package init(
    parsing bytes: [UInt8], named subject: String, malformed: Reason, limits: JSONLimits = .usual
  ) throws(Failure) {
    self.init(try JSON(parsing: bytes, named: subject, limits: limits), named: subject, malformed: malformed)
  }

  /// A value that is at hand already, as the root of a document.
  package init(_ value: JSON, named subject: String, malformed: Reason) {
    self.init(value, at: Place(.document(subject), in: nil), malformed)
  }

  private init(_ value: JSON, at place: Place, _ malformed: Reason) {
    self.value = value
    self.place = place
    self.malformed = malformed
  }

  /// The same value, for a reader of another format inside the document: an envelope within a Sigstore bundle.
  package func failing(_ malformed: Reason) -> JSONNode { JSONNode(value, at: place, malformed) }

  /// The way from the document's root, `manifests[2].digest`; empty for the root itself.
  package var path: String { place.path }

  /// A failure about this value: the document's name and the way to the value, and the reason for wrong shapes.
  package func failure(_ detail: String) -> Failure { failure(detail, nil) }

  /// The same with a reason of its own: `blob.digest-unsupported`, `json.limit-exceeded` and the like.
  package func failure(_ detail: String, _ other: Reason?) -> Failure {
    let (subject, path) = (place.document, path)
    return Failure(other ?? malformed, path.isEmpty ? subject : "\(subject): \(path)", detail)
  }

  private func node(_ value: JSON, _ step: Place.Step) -> JSONNode {
    JSONNode(value, at: Place(step, in: place), malformed)
  }

  // MARK: Objects

  /// The member `key`, which must be there; a member `null` is there, and of no type that the readers below accept.
  package func required(_ key: String) throws(Failure) -> JSONNode {
    guard let value = try object()[key] else {
      throw node(.null, .key(key)).failure("required, and absent")
    }
    return node(value, .key(key))
  }

  /// The member `key`; nil where it is absent or null.
  package func optional(_ key: String) throws(Failure) -> JSONNode? {
    guard let value = try object()[key], value != .null else { return nil }
    return node(value, .key(key))
  }

  /// All members, in document order.
  package func members() throws(Failure) -> [(key: [UInt8], node: JSONNode)] {
    try object().members.map { ($0.key, node($0.value, .hostileKey($0.key))) }
  }

  private func object() throws(Failure) -> JSONObject {
    guard case .object(let object) = value else { throw wrongType("an object") }
    return object
  }

  // MARK: Arrays

  /// The elements of an array of at most `limit`, beyond which it is `json.limit-exceeded`.
  package func elements(atMost limit: Int = JSONLimits.usual.values) throws(Failure) -> [JSONNode] {
    guard case .array(let elements) = value else { throw wrongType("an array") }
    guard elements.count <= limit else {
      throw failure("\(elements.count) elements; at most \(limit) are read", .jsonLimitExceeded)
    }
    return elements.enumerated().map { node($0.element, .index($0.offset)) }
  }

  // MARK: Plain values

  /// A string's UTF-8.
  package func bytes() throws(Failure) -> [UInt8] {
    guard case .string(let bytes) = value else { throw wrongType("a string") }
    return bytes
  }

  /// A string. Compare hostile text by `bytes()`: equality of `String` is canonical equivalence.
  package func string() throws(Failure) -> String {
    String(decoding: try bytes(), as: UTF8.self)
  }

  package func bool() throws(Failure) -> Bool {
    guard case .bool(let bool) = value else { throw wrongType("true or false") }
    return bool
  }

  /// A number in integer syntax, without fraction and exponent, that fits 64 bits with sign.
  package func integer() throws(Failure) -> Int64 {
    guard case .number(let text) = value, let integer = JSONNumber.integer(text) else {
      throw wrongType("an integer of 64 bits")
    }
    return integer
  }

  /// Protobuf's JSON form of a 64-bit integer: `"123"`, which it writes, or `123`, which it reads too.
  package func integerOrString() throws(Failure) -> Int64 {
    guard case .string(let text) = value else { return try integer() }
    guard let integer = JSONNumber.integer(text) else { throw wrongType("an integer of 64 bits") }
    return integer
  }

  /// What a string holds in canonical standard Base64, RFC 4648 §4.
  package func base64() throws(Failure) -> [UInt8] {
    guard let decoded = Base64.decode(try bytes()) else { throw failure("no canonical standard Base64") }
    return decoded
  }

  private func wrongType(_ wanted: String) -> Failure {
    let found =
      switch value {
      case .null: "null"
      case .bool: "true or false"
      case .number: "a number"
      case .string: "a string"
      case .array: "an array"
      case .object: "an object"
      }
    return failure("\(wanted) is wanted, not \(found)")
  }
}

/// A chain from a value to the root of its document: cheap to make, and turned into text only for a failure.
private final class Place: Sendable {
  enum Step {
    case document(String)
    case key(String)
    case hostileKey([UInt8])
    case index(Int)
  }

  private let step: Step
  private let parent: Place?

  init(_ step: Step, in parent: Place?) {
    self.step = step
    self.parent = parent
  }

  /// The document's name.
  var document: String {
    var place = self
    while let parent = place.parent { place = parent }
    guard case .document(let subject) = place.step else { return "" }
    return subject
  }

  var path: String {
    var steps: [Step] = []
    var next: Place? = self
    while let place = next {
      steps.append(place.step)
      next = place.parent
    }
    var path = ""
    for step in steps.reversed() {
      switch step {
      case .document: break
      case .key(let key): path += JSONPath.step(Array(key.utf8), isFirst: path.isEmpty)
      case .hostileKey(let key): path += JSONPath.step(key, isFirst: path.isEmpty)
      case .index(let index): path += JSONPath.step(index)
      }
    }
    return path
  }
}
