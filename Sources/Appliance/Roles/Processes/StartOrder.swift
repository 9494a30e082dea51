import Channel
import Files
import MediaReader
import MediumRecord
import Octets
import Reasons

/// What is to be started: a reader of one medium, or a prover.
struct StartOrder {
  let role: Role
  /// Nil for a prover, and for a reader of a file that is handed over open.
  let source: MediaSource?
  /// The folder that a path is reached from, through no link; nil for what the operator named itself.
  let folder: String?
  /// The medium's id, where it is copied: the name of the folder that its reader gets, too.
  let copy: String?

  /// - Parameter folder: the start of the path, without the `/` behind it.
  static func reader(_ source: MediaSource, below folder: String? = nil, copy: String? = nil) -> StartOrder {
    StartOrder(role: .reader, source: source, folder: folder, copy: copy)
  }
  static let readerOfOpenFile = StartOrder(role: .reader, source: nil, folder: nil, copy: nil)
  static let prover = StartOrder(role: .prover, source: nil, folder: nil, copy: nil)

  private init(role: Role, source: MediaSource?, folder: String?, copy: String?) {
    self.role = role
    self.source = source
    self.folder = folder
    self.copy = copy
  }

  /// A role in one byte, which is all of a prover and of a reader of an open file; of another reader the id of a copy, or
  /// nothing, behind its length; a source in one byte; of a path the length of its folder in two, and the path.
  init?(_ bytes: [UInt8]) {
    var cursor = ByteCursor(bytes, of: "order", failing: .readingMalformed)
    do throws(Failure) {
      let kind = try cursor.byte()
      guard kind == 1 else {
        self = kind == 0 ? .prover : .readerOfOpenFile
        guard bytes == self.bytes else { return nil }
        return
      }
      let id = String(decoding: try cursor.take(Int(try cursor.byte())), as: UTF8.self)
      guard id.isEmpty || MediumRecord.isID(id) else { return nil }
      if try cursor.byte() == 0 {
        self = .reader(.standardInput, copy: id.isEmpty ? nil : id)
      } else {
        let length = Int(try cursor.bigEndian(2))
        let path = try cursor.take(cursor.remaining)
        self = .reader(
          .path(String(decoding: path, as: UTF8.self)),
          below: length == 0 ? nil : String(decoding: path.prefix(length), as: UTF8.self),
          copy: id.isEmpty ? nil : id)
      }
    } catch { return nil }
    // As it would be written: nothing behind it, and no folder that is none of the path's.
    guard bytes == self.bytes, folder.map({ source?.isBelow($0) ?? false }) ?? true else { return nil }
  }

  var bytes: [UInt8] {
    guard let source else { return [role == .prover ? 0 : 2] }
    let id = Array((copy ?? "").utf8)
    let head = [1, UInt8(id.count)] + id
    return switch source {
    case .standardInput: head + [0]
    case .path(let path):
      head + [1] + BigEndian.bytes(UInt64(folder?.utf8.count ?? 0), count: 2) + Array(path.utf8)
    }
  }

  /// Whether its medium passes behind it.
  var isOfOpenFile: Bool { role == .reader && source == nil }

  /// The medium, for reading alone; nil where none is named.
  /// - Parameter standardInput: the descriptor that is it here.
  func opened(standardInput: Int32) throws(FileError) -> OpenFile? {
    switch source {
    case nil: return nil
    case .standardInput: return try OpenFile(readingAlone: standardInput)
    case .path(let path):
      guard let folder else { return try OpenFile(path: path) }
      return try Directory(path: folder).fileOrFolder(at: Array(path.utf8.dropFirst(folder.utf8.count + 1)))
    }
  }

  func arguments(isUnconfined: Bool) -> [String] {
    StartedRole.arguments(role, isUnconfined: isUnconfined, isCopying: copy != nil)
  }
}
