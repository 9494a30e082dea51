import FoundationEssentials

/// A folder of a test's own, removed when the last reference to it goes.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    path = TemporaryRoot.path + "/assay-test-" + UUID().uuidString.lowercased()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Path of a name in the folder.
  package func path(_ name: String) -> String { path + "/" + name }

  /// Writes a file, with the folders above it; returns its path.
  @discardableResult
  package func write(_ name: String, _ contents: [UInt8]) throws -> String {
    let file = path(name)
    if let slash = file.lastIndex(of: "/") {
      try FileManager.default.createDirectory(atPath: String(file[..<slash]), withIntermediateDirectories: true)
    }
    try Data(contents).write(to: URL(filePath: file))
    return file
  }

  /// Makes a folder in it, and gives its path.
  package func makeFolder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    return path(name)
  }

  package func read(_ name: String) throws -> [UInt8] { try readFile(path(name)) }

  /// Names in the folder, sorted.
  package func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// All bytes of a file.
package func readFile(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

private enum TemporaryRoot {
  static let path = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
}
