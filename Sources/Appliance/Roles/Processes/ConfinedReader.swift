import Channel
package import MediaReader
package import Octets
package import Readings
import Reasons
import RoleMessages

extension Crew {
  /// Reads a medium in a process of its own.
  /// - Throws: `Failure`: what makes the archive unreadable as a whole, and `reader.…`, `reading.malformed` for what a
  ///   reader in foreign hands may do; `RoleTrouble`.
  package func read(
    _ source: MediaSource, progress: ((UInt64, UInt64?) -> Void)? = nil
  ) throws -> Reading {
    let reader = try self.reader(of: source)
    do { return try reading(of: source, by: reader, progress) } catch {
      reader.end()
      copying?.leave(source, hasBegun: reader.protections != nil, after: error)
      throw error
    }
  }

  func reading(
    of source: MediaSource, by reader: RoleProcess, _ progress: ((UInt64, UInt64?) -> Void)? = nil
  ) throws -> Reading {
    var objects: [[UInt8]] = []
    var isCopied = false
    while true {
      let (message, content) = try reader.receive()
      note(reader)
      switch message {
      case .progress: if let step = ProgressMessage(content) { progress?(step.done, step.total) }
      case .object: objects.append(content)
      case .notice: copying?.note(content)
      case .quarantined: isCopied = true
      case .stopped:
        let trouble = CopyTrouble(content)
        // A full disk is nobody's fault; what else stopped it is the reader's word, and is remembered.
        guard trouble.disk == .nothing else { throw trouble }
        throw Failure(.archiveUnreadable, source.description, "its copy stopped: \(trouble)")
      case .reading:
        // What is admitted is let out from a copy: whoever reads and has none would have it admitted, and nothing let out.
        guard isCopied || copying == nil else { throw reader.failure(.forbidden("what it read, and of no copy")) }
        let reading = try Reading(parsing: content, objects: objects)
        try takeOverCopy(of: source, from: reader)
        return reading
      case .failed:
        let failure = try FailureMessage.failure(content, malformed: .readingMalformed)
        // What cannot be read is remembered, too.
        if isCopied { try takeOverCopy(of: source, from: reader) }
        reader.end()
        throw failure
      default: throw reader.failure(.forbidden("“\(message)” where a reading is wanted"))
      }
    }
  }

  /// SHA-256 of a whole file, for the report about an archive that no image could be read from. Nil for standard input,
  /// which cannot be read twice, for folders, and for what cannot be read at all.
  package func digest(of source: MediaSource) -> ClaimedDigest? {
    guard case .path = source, let reader = try? hasher(of: source) else { return nil }
    defer { reader.end() }
    while let (message, content) = try? reader.receive() {
      if message == .progress { continue }
      guard message == .digest else { return nil }
      return try? ClaimedDigest(content, in: source.description, malformed: .readingMalformed)
    }
    return nil
  }
}
