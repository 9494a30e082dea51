import Glibc

/// The corpus's archives that real tools wrote, unpacked once for the whole test run.
package enum ToolMadeArchives {
  /// Throws where they cannot be unpacked; use under `Corpus.isPresent`.
  package static func root() throws -> String { try unpacked.get() }

  /// Paths of the archives below a folder, sorted: `exports`, `tampered`, `special`.
  package static func below(_ folder: String) throws -> [String] {
    try runChecked(["find", root() + "/" + folder, "-name", "*.tar"]).split(separator: 0x0a)
      .map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  nonisolated(unsafe) private static var folder: TemporaryFolder?

  private static let unpacked = Result<String, any Error> {
    let made = try TemporaryFolder()
    try runChecked(["sh", Corpus.path("unpack"), made.path])
    folder = made
    // Nobody lets go of a global.
    atexit { ToolMadeArchives.folder = nil }
    return made.path
  }
}
