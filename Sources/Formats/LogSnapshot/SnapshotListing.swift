import Octets
package import Reasons

/// Gives the contents of a snapshot's files, in any order: from a tar that lies on a disk, or from a folder.
package protocol SnapshotFiles {
  /// - Parameters:
  ///   - folder: the log's.
  ///   - position: what was given to `SnapshotListing.add` with this file.
  ///   - size: the same; exactly so many bytes are given.
  /// - Throws: `archive.…` where the medium fails.
  func contents(
    of path: SnapshotPath, in folder: [UInt8], at position: UInt64, size: Int
  ) throws(Failure) -> [UInt8]
}

/// Takes down the names and sizes of a snapshot's files, before anything of them is read.
package struct SnapshotListing: Sendable {
  /// Files of all logs; each takes some 32 bytes of memory.
  package static let mostFiles = 4 << 20
  package static let mostLogs = 64

  /// By name.
  package private(set) var folders: [LogFolder] = []
  private var building: [[UInt8]: LogFolder] = [:]
  private var files = 0

  package init() {}

  /// A file.
  /// - Parameters:
  ///   - name: `DIR/…`.
  ///   - position: where its contents are; given back with it.
  /// - Throws: `log-snapshot.malformed` for a file that no snapshot holds, or of another size than it can have.
  package mutating func add(_ name: [UInt8], size: UInt64, at position: UInt64) throws(Failure) {
    func malformed(_ detail: String) -> Failure {
      Failure(.logSnapshotMalformed, printable(name, limit: 200), detail)
    }
    let (folder, rest) = Self.parted(name)
    guard Self.isFolderName(folder), let path = SnapshotPath(parsing: rest) else {
      throw malformed("no file of a log snapshot has this name")
    }
    let most = path.mostBytes
    guard size <= UInt64(most) else { throw malformed("\(size) bytes; at most \(most) are read") }
    if case .tile = path, size != UInt64(most) { throw malformed("\(size) bytes, and its name stands for \(most)") }
    guard files < Self.mostFiles else { throw malformed("more than \(Self.mostFiles) files") }
    files += 1
    let name = Array(folder)
    guard building[name] != nil || building.count < Self.mostLogs else {
      throw malformed("more than \(Self.mostLogs) logs")
    }
    building[name, default: LogFolder(name)].add(path, size: Int(size), at: position)
  }

  /// A folder, which says nothing and may only stand where files do.
  package func verifyFolder(_ name: [UInt8]) throws(Failure) {
    let (folder, rest) = Self.parted(name[...].last == UInt8(ascii: "/") ? Array(name.dropLast()) : name)
    guard Self.isFolderName(folder), rest.isEmpty || SnapshotPath.isFolder(rest) else {
      throw Failure(
        .logSnapshotMalformed, printable(name, limit: 200), "no folder of a log snapshot has this name")
    }
  }

  /// All were added.
  /// - Throws: `log-snapshot.malformed` for a file that is there twice, and for a log without description or checkpoint.
  package mutating func finish() throws(Failure) {
    var finished: [LogFolder] = []
    for name in building.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard var folder = building.removeValue(forKey: name) else { continue }
      try folder.finish()
      finished.append(folder)
    }
    folders = finished
    guard !folders.isEmpty else { throw Failure(.logSnapshotMalformed, "log snapshot", "there is no log in it") }
  }

  private static func parted(_ name: [UInt8]) -> (folder: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
    guard let slash = name.firstIndex(of: UInt8(ascii: "/")) else { return (name[...], []) }
    return (name[..<slash], name[(slash + 1)...])
  }

  /// One segment of `[A-Za-z0-9._-]`, and none that leads elsewhere.
  private static func isFolderName(_ name: ArraySlice<UInt8>) -> Bool {
    !name.isEmpty && name.count <= 255 && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
      && name.allSatisfy { byte in
        (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
          || "._-".utf8.contains(byte)
      }
  }
}
