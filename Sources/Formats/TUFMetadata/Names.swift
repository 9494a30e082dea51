import Octets

/// A role's name, compared by bytes: `String` would hold two spellings of `é` for one role.
package struct RoleName: Hashable, Sendable, CustomStringConvertible {
  package let utf8: [UInt8]

  package init(_ utf8: [UInt8]) { self.utf8 = utf8 }
  package init(_ text: String) { utf8 = Array(text.utf8) }

  package static let root = RoleName("root")
  package static let timestamp = RoleName("timestamp")
  package static let snapshot = RoleName("snapshot")
  package static let targets = RoleName("targets")
  package static let topLevel = [root, timestamp, snapshot, targets]

  /// `12.registry.npmjs.org.json`, or without the version. What could lead out of the folder, or mean something in a URL,
  /// is percent-encoded, as python-tuf and go-tuf have it: `../a` becomes `..%2Fa`.
  package func fileName(version: Int64?) -> String {
    (version.map { "\($0)." } ?? "") + percentEncoded(utf8) + ".json"
  }

  /// What `fileName` makes of a role, without version and ending; nil for what it never makes.
  package init?(fileName: [UInt8]) {
    guard let name = PercentDecoding.decode(fileName[...]), percentEncoded(name).utf8.elementsEqual(fileName) else {
      return nil
    }
    utf8 = name
  }

  package var description: String { printable(utf8, limit: 100) }
}

/// What names a key within one document. It need not be the key's digest (`KeyIDRule`), so that nothing is concluded
/// from it but which key of the document is meant.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
  package let utf8: [UInt8]

  package init(_ utf8: [UInt8]) { self.utf8 = utf8 }

  /// The first eight characters, as people compare them.
  package var description: String { printable(utf8, limit: 8) }
}

/// All but RFC 3986's unreserved characters as `%XX`: one name in one folder, whatever it held.
func percentEncoded(_ bytes: [UInt8]) -> String {
  var name: [UInt8] = []
  for byte in bytes {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
      name.append(byte)
    default:
      name += Array("%\(Hex.encode([byte]).uppercased())".utf8)
    }
  }
  return String(decoding: name, as: UTF8.self)
}
