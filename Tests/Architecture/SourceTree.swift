import FoundationEssentials

/// The package's own files, as text.
struct SourceFile {
  /// From the package's top.
  let path: String
  let text: String

  /// `Octets` for `Sources/Formats/Octets/Hex.swift`.
  var target: String { String(path.split(separator: "/")[2]) }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// Modules that the file imports.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let position = words.firstIndex(of: "import"), position <= 1, words.count > position + 1 else { return nil }
      guard position == 0 || words[0] == "package" || words[0].hasPrefix("@") else { return nil }
      return String(words[position + 1])
    }
  }
}

enum SourceTree {
  /// The package's top: three folders above this file.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func swiftFiles(under folder: String) throws -> [SourceFile] {
    try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder).filter { $0.hasSuffix(".swift") }.sorted()
      .map { name in
        let bytes = try Data(contentsOf: URL(filePath: "\(root)/\(folder)/\(name)"))
        return SourceFile(path: "\(folder)/\(name)", text: String(decoding: bytes, as: UTF8.self))
      }
  }

  static func targets() throws -> Set<String> {
    var found: Set<String> = []
    let names = try FileManager.default.subpathsOfDirectory(atPath: root + "/Sources")
    for name in names {
      let parts = name.split(separator: "/")
      if parts.count >= 3 { found.insert(String(parts[1])) }
    }
    return found
  }
}
