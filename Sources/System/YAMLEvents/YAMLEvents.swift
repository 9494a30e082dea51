import CYAML

/// The events of a YAML text, one by one as libyaml finds them: nothing is built from them here, and nothing resolved.
///
/// libyaml reads YAML 1.1's grammar, which leaves what a plain scalar means to others. It takes time in proportion to the
/// text for what Assay lets through; nesting without bound and directives without number cost it the square of their
/// count, and the caller stops at the first that is one too many.
package struct YAMLEvents: ~Copyable {
  private let reader: OpaquePointer

  /// - Parameter text: valid UTF-8 without a byte order mark; it is copied.
  package init(_ text: [UInt8]) {
    guard let reader = text.withUnsafeBufferPointer({ assay_yaml_open($0.baseAddress, $0.count) }) else {
      fatalError("memory is short")
    }
    self.reader = reader
  }

  deinit { assay_yaml_close(reader) }

  /// - Throws: `YAMLProblem`, after which there is nothing to ask for.
  package mutating func next() throws(YAMLProblem) -> YAMLEvent {
    var event = assay_yaml_event()
    guard assay_yaml_next(reader, &event) else {
      throw YAMLProblem(
        doing: String(cString: assay_yaml_context(reader)), found: String(cString: assay_yaml_problem(reader)),
        began: YAMLMark(assay_yaml_context_mark(reader)), mark: YAMLMark(assay_yaml_problem_mark(reader)))
    }
    return YAMLEvent(event)
  }
}

/// A place in a text. Lines and columns count from 1, as people do, columns in code points; the byte counts from 0.
package struct YAMLMark: Hashable, Sendable {
  package var line: Int
  package var column: Int
  package var byte: Int

  package init(line: Int, column: Int, byte: Int) {
    self.line = line
    self.column = column
    self.byte = byte
  }

  fileprivate init(_ mark: assay_yaml_mark) {
    self.init(line: mark.line + 1, column: mark.column + 1, byte: mark.byte)
  }
}

/// One event, and what was written before it.
package struct YAMLEvent: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    case alias
    /// The text after unescaping and folding; plain is what stands neither in quotes nor in a block.
    case scalar([UInt8], isPlain: Bool)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }

  package let kind: Kind
  package let mark: YAMLMark
  package let hasAnchor: Bool
  package let hasTag: Bool

  fileprivate init(_ event: assay_yaml_event) {
    kind =
      switch event.kind {
      case .stream_start: .streamStart
      case .stream_end: .streamEnd
      case .document_start: .documentStart
      case .document_end: .documentEnd
      case .alias: .alias
      case .scalar:
        .scalar(Array(UnsafeBufferPointer(start: event.text, count: event.size)), isPlain: event.is_plain)
      case .sequence_start: .sequenceStart
      case .sequence_end: .sequenceEnd
      case .mapping_start: .mappingStart
      case .mapping_end: .mappingEnd
      }
    mark = YAMLMark(event.mark)
    hasAnchor = event.has_anchor
    hasTag = event.has_tag
  }
}

/// A text that is no YAML, in libyaml's words.
package struct YAMLProblem: Error, Hashable, Sendable {
  /// “while scanning an alias”; may be empty.
  package let doing: String
  /// “did not find expected alphabetic or numeric character”
  package let found: String
  /// Where the first began, and where the second is.
  package let began: YAMLMark
  package let mark: YAMLMark
}
