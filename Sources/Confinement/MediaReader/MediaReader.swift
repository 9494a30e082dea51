import Compression
package import Files
package import Reasons

/// Reads a medium in one pass: every byte once, nothing unpacked, in bounded memory. What it finds is hashed by us; what
/// it means is for `OCIImage` to say.
package struct MediaReader: Sendable {
  /// Called at most ten times a second, from any thread.
  package typealias Progress = @Sendable (_ done: UInt64, _ total: UInt64?) -> Void

  let limits: MediaLimits
  let progress: Progress?
  private let sink: (any ContentSink)?

  /// - Parameter sink: takes each file's bytes while they are hashed.
  package init(limits: MediaLimits = .usual, progress: Progress? = nil, to sink: (any ContentSink)? = nil) {
    self.limits = limits
    self.progress = progress
    self.sink = sink
  }

  /// - Throws: what makes the medium unreadable as a whole: `archive.unreadable`, `.not-recognised`, `.truncated`,
  ///   `.malformed`, `.compression-malformed`, `.limit-exceeded`; and `.forbidden-entry` for sparse files, behind whose
  ///   header nobody can say what follows. Everything else stands in the result's `failures`.
  package func read(_ source: MediaSource) throws(Failure) -> Medium {
    try read(try source.open(), as: source)
  }

  /// The same of a medium that somebody else has opened: its path is not looked at, and only what errors call it.
  package func read(_ file: OpenFile, as source: MediaSource) throws(Failure) -> Medium {
    let medium: Medium
    do throws(Failure) { medium = try readAny(file, source) } catch { throw error.about(source) }
    return medium.about(source)
  }

  private func readAny(_ file: OpenFile, _ source: MediaSource) throws(Failure) -> Medium {
    if source == .standardInput { return try readStream(file, from: source) }
    let file = try reading(source.description) { () throws(FileError) in try ReadableFile(file) }
    switch file.status.kind {
    case .regular: return try readFile(file, from: source)
    case .directory: return try readDirectory(file.file, from: source)
    case .symbolicLink, .other:
      throw Failure(.archiveUnreadable, source.description, "a pipe or device; name “-” to read standard input")
    }
  }

  private func readFile(_ archive: ReadableFile, from source: MediaSource) throws(Failure) -> Medium {
    let start = try reading(source.description) { () throws(FileError) in
      var start = [UInt8](repeating: 0, count: Recognition.bytes)
      let count = try archive.file.read(into: &start, 0..<start.count, at: 0)
      return start[..<count]
    }
    switch try Recognition(start, of: source) {
    case .tar:
      let inventory = try FileArchive(archive, from: source, limits: limits).read(progress, to: sink)
      return medium(.tar, nil, size: archive.status.size, inventory)
    case .compressed(let compression):
      archive.file.advise(.sequential)
      let meter = ProgressMeter(total: archive.status.size, progress)
      let inventory = try readPassing(archive.file, head: [], compression, meter, from: source)
      try archive.verifyUnchanged { Failure(.archiveUnreadable, source.description, $0) }
      return medium(.tar, compression, size: archive.status.size, inventory)
    }
  }

  func readStream(_ file: OpenFile, from source: MediaSource) throws(Failure) -> Medium {
    let head = try reading(source.description) { () throws(FileError) in
      var head = [UInt8](repeating: 0, count: Recognition.bytes)
      let count = try file.readOn(into: &head, 0..<head.count)
      return head[..<count]
    }
    let compression: Compression? =
      switch try Recognition(head, of: source) {
      case .tar: nil
      case .compressed(let around): around
      }
    let meter = ProgressMeter(total: nil, progress)
    let inventory = try readPassing(file, head: Array(head), compression, meter, from: source)
    return medium(.tar, compression, size: meter.done, inventory)
  }

  private func readPassing(
    _ file: OpenFile, head: [UInt8], _ compression: Compression?, _ meter: ProgressMeter, from source: MediaSource
  ) throws(Failure) -> Inventory {
    let input = try InflatedInput(file, head: head, compression: compression, source: source, meter: meter)
    defer { input.stop() }
    return try StreamedArchive(input, isInflated: compression != nil, from: source, limits: limits, to: sink).read()
  }

  private func readDirectory(_ file: OpenFile, from source: MediaSource) throws(Failure) -> Medium {
    let root = try reading(source.description) { () throws(FileError) in try Directory(file) }
    let inventory = try DirectoryTree(root, from: source, limits: limits).read(progress, to: sink)
    return medium(.directory, nil, size: inventory.size(of: 0..<inventory.items), inventory)
  }

  private func medium(
    _ kind: Medium.Kind, _ compression: Compression?, size: UInt64, _ inventory: consuming Inventory
  ) -> Medium {
    let (entries, failures) = inventory.resolved()
    return Medium(kind: kind, compression: compression, size: size, entries: entries, failures: failures)
  }
}

// The parsers below do not know what the archive is called: what concerns no single entry concerns the source.
extension Failure {
  fileprivate func about(_ source: MediaSource) -> Failure { subject.isEmpty ? within(source.description) : self }
}

extension Medium {
  fileprivate func about(_ source: MediaSource) -> Medium {
    Medium(
      kind: kind, compression: compression, size: size, entries: entries, failures: failures.map { $0.about(source) })
  }
}
