import Channel
import Files
import MediumRecord
import Quarantine

/// What the system says of something on a medium, for a keeper that opens nothing there: a kind in one byte, and of a file
/// its mark, size, seconds and nanoseconds in eight bytes each.
enum Look: Equatable {
  case folder
  case file(MediumRecord.Mark)
  case other

  /// - Parameter standardInput: the descriptor that is it here.
  init(_ order: StartOrder, standardInput: Int32) throws(FileError) {
    guard let file = try order.opened(standardInput: standardInput) else { throw FileError("open", code: 22) }
    let status = try file.status()
    self = status.kind == .directory ? .folder : MediumRecord.Mark(status).map { .file($0) } ?? .other
  }

  var mark: MediumRecord.Mark? {
    guard case .file(let mark) = self else { return nil }
    return mark
  }

  init?(_ bytes: [UInt8]) {
    switch (bytes.first, bytes.count) {
    case (0, 1): self = .folder
    case (1, 25):
      let numbers = [1, 9, 17].map { BigEndian.number(bytes[$0..<$0 + 8]) }
      guard
        let modified = MediumRecord.Moment(
          seconds: Int64(bitPattern: numbers[1]), nanoseconds: Int64(bitPattern: numbers[2]))
      else { return nil }
      self = .file(MediumRecord.Mark(size: numbers[0], modified: modified))
    case (2, 1): self = .other
    default: return nil
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .folder: [0]
    case .file(let mark):
      [1] + BigEndian.bytes(mark.size, count: 8)
        + [mark.modified.seconds, mark.modified.nanoseconds].flatMap {
          BigEndian.bytes(UInt64(bitPattern: $0), count: 8)
        }
    case .other: [2]
    }
  }
}
