import Findings
import Octets
package import Reasons
import StrictJSON

extension MediumRecord {
  /// The record's bytes: canonical JSON (RFC 8785).
  /// - Throws: `quarantine.malformed` where it is more than is read again.
  package func serialized() throws(Failure) -> [UInt8] {
    let bytes = try document.canonical()
    // One reader's rules for both sides: what is written can be read.
    _ = try MediumRecord(parsing: bytes, named: id)
    return bytes
  }

  private var document: JSON {
    [
      "format": .text(Self.format), "id": .text(id), "label": .text(label), "source": .text(source),
      "taken": .text("\(taken.seconds)"), "state": .text(state.rawValue),
      "mark": mark.map { ["modified": .text($0.modified.text), "size": .text("\($0.size)")] } ?? .null,
      "kind": kind.map { .text($0.rawValue) } ?? .null, "packing": packing.map { .text($0.rawValue) } ?? .null,
      "size": .text("\(size)"),
      "files": files.map { ["count": .text("\($0.count)"), "digest": .text("\($0.digest)")] } ?? .null,
      "failures": .array(failures.map(FailureRecord.json)),
      "unreadable": unreadable.map(FailureRecord.json) ?? .null,
      "images": .array(
        images.map {
          [
            "digest": .text("\($0.digest)"), "report": $0.report.map { .text("\($0)") } ?? .null,
            "verdict": .text($0.verdict.rawValue),
          ]
        }),
    ]
  }

  /// - Parameter subject: the record's name in failures.
  /// - Throws: `quarantine.malformed`, and what JSON refuses.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    guard bytes.count <= Self.mostBytes else {
      throw Failure(.quarantineMalformed, subject, "\(bytes.count) bytes; at most \(Self.mostBytes)")
    }
    let root = try JSONNode(parsing: bytes, named: subject, malformed: .quarantineMalformed)
    try root.verifyFormat(Self.format)
    try root.verifyMembers([
      "failures", "files", "format", "id", "images", "kind", "label", "mark", "packing", "size", "source", "state",
      "taken", "unreadable",
    ])
    let id = try root.required("id")
    _ = try id.hexadecimal(count: Self.idBytes)
    self.init(
      id: try id.string(), label: try root.required("label").name(), source: try root.required("source").name(),
      taken: UnixTime(try root.required("taken").decimal()), mark: try root.optional("mark").map(Mark.init))
    state = try root.required("state").oneOf(State.self)
    kind = try root.optional("kind").map { (node) throws(Failure) in try node.oneOf(Kind.self) }
    packing = try root.optional("packing").map { (node) throws(Failure) in try node.oneOf(Packing.self) }
    size = try root.required("size").count()
    files = try root.optional("files").map(Files.init)
    for node in try root.required("failures").elements(atMost: Self.mostFailures) {
      failures.append(try Self.failure(node))
    }
    unreadable = try root.optional("unreadable").map(Self.failure)
    for node in try root.required("images").elements(atMost: Self.mostImages) { images.append(try Image(node)) }
    try verifySense(root)
    // Written again it is the same: no member is absent, and no value has a second form.
    guard try document.canonical() == bytes else { throw root.failure("not as it would be written") }
  }

  private static func failure(_ node: JSONNode) throws(Failure) -> Failure {
    let failure = try FailureRecord.failure(node)
    guard failure.subject.utf8.count <= mostFailureBytes, failure.detail.utf8.count <= mostFailureBytes else {
      throw node.failure("a text of more than \(mostFailureBytes) bytes")
    }
    return failure
  }

  /// What the state says must be there, and what must not.
  private func verifySense(_ root: JSONNode) throws(Failure) {
    if state == .copying {
      guard kind == nil, files == nil, failures.isEmpty, unreadable == nil, size == 0 else {
        throw root.failure("it is being copied, and says what was found")
      }
    } else {
      guard (files == nil) == (unreadable != nil), (kind == nil) == (unreadable != nil) else {
        throw root.failure("it is copied, and has no list of files, or one although it could not be read")
      }
    }
    guard state == .judged || images.isEmpty else { throw root.failure("it is not judged, and has verdicts") }
    guard packing == nil || kind == .tar else { throw root.failure("compressed, and no archive") }
  }
}

extension Failure {
  /// In as many words as a record holds.
  package var recordable: Failure {
    func cut(_ text: String) -> String {
      text.utf8.count <= MediumRecord.mostFailureBytes
        ? text : printable(text, limit: MediumRecord.mostFailureBytes / 8)
    }
    return Failure(reason, cut(subject), at: offset, cut(detail))
  }
}

extension MediumRecord.Mark {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["modified", "size"])
    self.init(size: try node.required("size").count(), modified: try node.required("modified").moment())
  }
}

extension MediumRecord.Files {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["count", "digest"])
    self.init(count: try node.required("count").count(), digest: try node.required("digest").digest())
  }
}

extension MediumRecord.Image {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["digest", "report", "verdict"])
    self.init(
      digest: try node.required("digest").digest(),
      verdict: try node.required("verdict").oneOf(MediumRecord.Verdict.self),
      report: try node.optional("report").map { (node) throws(Failure) in try node.digest() })
  }
}

extension MediumRecord.Moment {
  /// `1700000000.000000000`: always nine digits behind the point.
  var text: String {
    let digits = String(nanoseconds)
    return "\(seconds)." + String(repeating: "0", count: 9 - digits.utf8.count) + digits
  }
}

extension JSONNode {
  /// Words for people, of 1 to `mostNameBytes` bytes.
  fileprivate func name() throws(Failure) -> String {
    let text = try bytes()
    guard (1...MediumRecord.mostNameBytes).contains(text.count) else {
      throw failure("1 to \(MediumRecord.mostNameBytes) bytes are wanted")
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A number as its decimal digits, since not every one of 64 bits has a double.
  fileprivate func decimal() throws(Failure) -> Int64 {
    let text = try string()
    guard let value = Int64(text), "\(value)".utf8.elementsEqual(text.utf8) else { throw failure("no decimal number") }
    return value
  }

  func count() throws(Failure) -> UInt64 {
    guard let value = UInt64(exactly: try decimal()) else { throw failure("a negative number") }
    return value
  }

  func moment() throws(Failure) -> MediumRecord.Moment {
    let parts = try string().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let seconds = Int64(parts[0]), let nanoseconds = Int64(parts[1]),
      let moment = MediumRecord.Moment(seconds: seconds, nanoseconds: nanoseconds),
      moment.text.utf8.elementsEqual(try bytes())
    else { throw failure("no seconds with nine digits behind the point") }
    return moment
  }
}
