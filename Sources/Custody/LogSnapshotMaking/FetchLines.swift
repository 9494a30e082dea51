/// How an operator fetches what is wanted: lines of a shell, for curl.
struct FetchLines {
  /// Without a slash at its end.
  private let base: String

  /// - Parameters:
  ///   - url: the log's, as the operator gave it.
  ///   - origin: where that is nil, the host and path after `https://`: logs are named by them.
  init(url: String?, origin: [UInt8], prefix: String = "") {
    let isPlain = origin.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"),
        UInt8(ascii: ":"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    // An origin is a stranger's text, and goes to a shell only where it is an address's.
    var base = url ?? "https://\(isPlain ? String(decoding: origin, as: UTF8.self) : "LOG")\(prefix)"
    while base.hasSuffix("/") { base.removeLast() }
    self.base = base
  }

  /// For a file of a tiled log. A partial one may have been dropped for the full one since.
  func tile(_ name: String, into folder: String) -> String {
    func line(_ name: String) -> String {
      "curl -fsS --compressed --create-dirs -o \(Self.quoted("\(folder)/\(name)")) \(Self.quoted("\(base)/\(name)"))"
    }
    return line(name) + (TileFolder.full(name).map { " || \(line($0))" } ?? "")
  }

  func consistency(_ old: UInt64, _ new: UInt64, treeID: UInt64) -> String {
    let query = "firstSize=\(old)&lastSize=\(new)&treeID=\(treeID)"
    return "curl -fsS -o \(old)-\(new).json \(Self.quoted("\(base)/api/v1/log/proof?\(query)"))"
  }

  /// One word for a POSIX shell.
  static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: #"'\''"#))'" }
}
