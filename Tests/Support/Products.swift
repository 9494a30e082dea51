import FoundationEssentials

/// Programs that this package built, for tests that run them as a user would.
package enum Products {
  /// The package's own top folder.
  package static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The folder that holds the test bundle holds the programs too.
  package static func path(_ name: String) -> String {
    let folders = CommandLine.arguments.filter { $0.contains(".xctest") }.map { argument in
      let upToBundle = argument.split(separator: "/", omittingEmptySubsequences: false).prefix {
        !$0.hasSuffix(".xctest")
      }
      return upToBundle.joined(separator: "/")
    }
    return (folders + [package + "/.build/debug"]).map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "\(package)/.build/debug/\(name)"
  }
}
