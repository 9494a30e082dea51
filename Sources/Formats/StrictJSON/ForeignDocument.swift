package import Octets
package import Reasons

// What readers of other people's documents ask of a value beside its type. Their writers leave out a member, write null,
// or write the empty text, and mean the same (SLSA provenance v1, Parsing rules).

extension JSONNode {
  /// A text that says something; nil where it is absent, null or empty.
  package func stated(_ key: String) throws(Failure) -> String? {
    guard let node = try optional(key) else { return nil }
    let text = try node.string()
    return text.isEmpty ? nil : text
  }

  /// An RFC 3339 time; nil where none is stated. Go writes its zero time, of year 1, where it has none.
  package func statedTime(_ key: String) throws(Failure) -> UnixTime? {
    guard let node = try optional(key) else { return nil }
    let text = try node.bytes()
    if text.isEmpty || text.elementsEqual("0001-01-01T00:00:00Z".utf8) { return nil }
    guard let time = UnixTime(rfc3339: text) else { throw node.failure("no RFC 3339 date-time") }
    return time
  }

  /// The elements of a list; none where it is absent or null.
  package func list(_ key: String) throws(Failure) -> [JSONNode] { try optional(key)?.elements() ?? [] }
}
