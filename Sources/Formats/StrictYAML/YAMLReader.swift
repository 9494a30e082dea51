import Octets
import Reasons
import StrictJSON
import YAMLEvents

/// From libyaml's events to a JSON value. Nothing stands for anything else in it: no alias, no tag, no merge.
struct YAMLReader: ~Copyable {
  private var events: YAMLEvents
  private let text: YAMLText
  private let depthLimit: Int
  private let valuesLimit: Int
  private var depth = 0
  private var values = 0

  init(_ text: YAMLText, limits: JSONLimits) {
    events = YAMLEvents(text.bytes)
    self.text = text
    depthLimit = limits.depth
    valuesLimit = limits.values
  }

  mutating func document() throws(Failure) -> (JSON, Marks) {
    var event = try next()
    while event.kind == .streamStart || event.kind == .documentStart { event = try next() }
    guard event.kind != .streamEnd else {
      throw failure(.yamlMalformed, event, "no document: nothing is there, or comments alone")
    }
    let (value, marks) = try value(event)
    try text.verifyEnd(from: try next().mark)
    return (value, marks)
  }

  private mutating func value(_ event: YAMLEvent) throws(Failure) -> (JSON, Marks) {
    values += 1
    guard values <= valuesLimit else {
      throw failure(.yamlLimitExceeded, event, "more than \(valuesLimit) values")
    }
    try verifyBareness(event)
    let marks = Marks(mark: text.outer(event.mark))
    switch event.kind {
    case .scalar(let bytes, isPlain: false): return (.string(bytes), marks)
    case .scalar(let bytes, isPlain: true):
      switch PlainScalar(bytes) {
      case .value(let value): return (value, marks)
      case .ambiguous(let words): throw failure(.yamlMalformed, event, words)
      }
    case .sequenceStart: return try sequence(marks, event)
    case .mappingStart: return try mapping(marks, event)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .alias, .sequenceEnd, .mappingEnd:
      throw failure(.yamlMalformed, event, "a value is wanted")
    }
  }

  private mutating func sequence(_ marks: Marks, _ start: YAMLEvent) throws(Failure) -> (JSON, Marks) {
    try enter(start)
    var (elements, marks) = ([JSON](), marks)
    while true {
      let event = try next()
      guard event.kind != .sequenceEnd else { break }
      let (element, place) = try value(event)
      elements.append(element)
      marks.parts.append(place)
    }
    depth -= 1
    return (.array(elements), marks)
  }

  private mutating func mapping(_ marks: Marks, _ start: YAMLEvent) throws(Failure) -> (JSON, Marks) {
    try enter(start)
    var (members, seen, marks) = ([JSONObject.Member](), SeenKeys(), marks)
    while true {
      let event = try next()
      guard event.kind != .mappingEnd else { break }
      let key = try key(event)
      guard seen.isNew(key, beside: members) else {
        throw failure(.yamlDuplicateKey, event, "the key “\(printable(key, limit: 80))” stands twice")
      }
      let (member, place) = try value(try next())
      members.append(JSONObject.Member(key: key, value: member))
      marks.parts.append(Marks(mark: text.outer(event.mark), parts: place.parts))
    }
    depth -= 1
    return (.object(JSONObject(members)), marks)
  }

  /// A key is text, whatever a value of this spelling would be: nothing asks for a key by another type.
  private func key(_ event: YAMLEvent) throws(Failure) -> [UInt8] {
    try verifyBareness(event)
    guard case .scalar(let key, let isPlain) = event.kind else {
      throw failure(.yamlMalformed, event, "a key is text, and no list or mapping")
    }
    guard !key.isEmpty || !isPlain else { throw failure(.yamlMalformed, event, "a key is missing before the colon") }
    return key
  }

  private mutating func enter(_ event: YAMLEvent) throws(Failure) {
    guard depth < depthLimit else {
      throw failure(.yamlLimitExceeded, event, "nested deeper than \(depthLimit) levels")
    }
    depth += 1
  }

  private func verifyBareness(_ event: YAMLEvent) throws(Failure) {
    if event.kind == .alias { throw failure(.yamlForbidden, event, YAMLTrouble.alias) }
    if event.hasAnchor { throw failure(.yamlForbidden, event, YAMLTrouble.anchor) }
    if event.hasTag { throw failure(.yamlForbidden, event, YAMLTrouble.tag) }
  }

  private mutating func next() throws(Failure) -> YAMLEvent {
    do {
      return try events.next()
    } catch {
      let trouble = YAMLTrouble(error, textEnd: text.bytes.count)
      throw text.failure(trouble.reason, at: text.outer(trouble.mark), trouble.words)
    }
  }

  private func failure(_ reason: Reason, _ event: YAMLEvent, _ words: String) -> Failure {
    text.failure(reason, at: text.outer(event.mark), words)
  }
}
