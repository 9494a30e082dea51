import Reasons
import StrictJSON

/// What is read is written again as the same value, in every form; the canonical form is its own; bounds are kept.
enum JSONInvariant {
  private static let few = JSONLimits(bytes: 256, depth: 4, values: 16)

  static func check(_ bytes: [UInt8]) throws -> Bool {
    let small = try reading(bytes) { bytes throws(Failure) in try JSON(parsing: bytes, named: "input", limits: few) }
    guard let value = try reading(bytes, { bytes throws(Failure) in try JSON(parsing: bytes, named: "input") }) else {
      try hold(small == nil, "small bounds take what usual ones refuse")
      return false
    }
    let shape = Shape(value)
    let isSmall = bytes.count <= few.bytes && shape.depth <= few.depth && shape.values <= few.values
    try hold((small != nil) == isSmall, "bounds of \(few) on \(bytes.count) bytes, \(shape)")
    try hold(shape.hasDistinctKeys, "a key stands twice in one object")
    for isPretty in [false, true] {
      let written = value.serialized(pretty: isPretty)
      try hold(!written.contains { $0 < 0x20 && $0 != 0x0a || $0 == 0x7f }, "a control character was written")
      let again = try readingBack(written, "JSON") { bytes throws(Failure) in try JSON(parsing: bytes, named: "again") }
      try hold(again == value, "another value was written than was read")
    }
    try checkCanonical(value)
    return true
  }

  private static func checkCanonical(_ value: JSON) throws {
    guard let canonical = try? value.canonical() else { return }
    let again = try readingBack(canonical, "canonical JSON") { bytes throws(Failure) in
      try JSON(parsing: bytes, named: "canonical")
    }
    try hold((try? again.canonical()) == canonical, "the canonical form has another canonical form")
    try hold(Shape(again) == Shape(value), "the canonical form has another shape")
  }
}

/// What bounds count.
private struct Shape: Equatable, CustomStringConvertible {
  var depth = 0
  var values = 1
  var hasDistinctKeys = true

  init(_ value: JSON) {
    switch value {
    case .null, .bool, .number, .string: break
    case .array(let elements):
      depth = 1
      for element in elements { add(Shape(element)) }
    case .object(let object):
      depth = 1
      hasDistinctKeys = Set(object.members.map(\.key)).count == object.members.count
      for member in object.members { add(Shape(member.value)) }
    }
  }

  private mutating func add(_ part: Shape) {
    depth = max(depth, part.depth + 1)
    values += part.values
    hasDistinctKeys = hasDistinctKeys && part.hasDistinctKeys
  }

  var description: String { "\(depth) levels, \(values) values" }
}
