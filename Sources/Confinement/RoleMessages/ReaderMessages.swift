import Channel
import Findings
package import MediaReader
package import Reasons
import StrictJSON

/// What is asked of a reader: what errors call the medium, and whether it passes but once.
package struct ReaderQuestion {
  package let source: MediaSource

  package init(_ source: MediaSource) { self.source = source }

  /// - Throws: `reading.malformed`.
  package init(_ bytes: [UInt8]) throws(Failure) {
    guard let first = bytes.first, first <= 1 else { throw Failure(.readingMalformed, "question", "no question") }
    source = first == 1 ? .standardInput : .path(String(decoding: bytes.dropFirst(), as: UTF8.self))
  }

  package var bytes: [UInt8] {
    switch source {
    case .standardInput: [1]
    case .path(let name): [0] + Array(name.utf8)
    }
  }
}

/// How far a role has come: two numbers of eight bytes, most significant first; the second is 0 where it is not known.
package struct ProgressMessage {
  package let done: UInt64
  package let total: UInt64?

  package init(_ done: UInt64, _ total: UInt64?) {
    self.done = done
    self.total = total
  }

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    done = BigEndian.number(bytes[..<8])
    let whole = BigEndian.number(bytes[8...])
    total = whole == 0 ? nil : whole
  }

  package var bytes: [UInt8] { BigEndian.bytes(done, count: 8) + BigEndian.bytes(total ?? 0, count: 8) }
}

/// A failure as a message.
package enum FailureMessage {
  package static func serialized(_ failure: Failure) -> [UInt8] {
    // As long as the request table lets it be; texts of failures are shown shortened in any case.
    var failure = failure
    failure.subject = String(decoding: failure.subject.utf8.prefix(16 << 10), as: UTF8.self)
    failure.detail = String(decoding: failure.detail.utf8.prefix(16 << 10), as: UTF8.self)
    return (try? FailureRecord.json(failure).canonical()) ?? []
  }

  /// - Throws: `malformed` where it is no failure.
  package static func failure(_ bytes: [UInt8], malformed: Reason) throws(Failure) -> Failure {
    try FailureRecord.failure(JSONNode(parsing: bytes, named: "failure", malformed: malformed))
  }
}
