import Files
import Octets

/// What a folder is, by the names in it and the first byte of `manifest.json`. Only a reader, which is confined, reads
/// more of it.
struct FolderLikeness {
  enum Kind {
    /// It has everything that its kind of layout needs (docs/formats/OCIImage.md).
    case layout
    /// It has a mark of a layout, by this name, and lacks something that belongs to it.
    case partOfLayout([UInt8])
    /// Metadata of The Update Framework, in their folder.
    case trustBundle
    case none
  }

  let kind: Kind
  /// Whether what is named by a digest belongs to it: `<hex>`, `<hex>.json`, `<hex>.tar.gz`, `sha256:<hex>`.
  private let ownsDigests: Bool

  /// - Parameter names: those in it.
  init(_ names: [[UInt8]], of folder: Directory) {
    func has(_ name: String) -> Bool { names.contains(Array(name.utf8)) }
    let marks = ["index.json", "manifest.json", "oci-layout"].filter(has)
    let first = has("manifest.json") ? Self.firstByte(of: "manifest.json", in: folder) : nil
    // An object is the manifest of a `dir:`, beside which skopeo writes `version` and blobs; an array is a
    // docker-archive's, and names a configuration by its digest.
    let isDirectory = first == UInt8(ascii: "{") && has("version") && names.contains(where: Self.statesDigest)
    let isDockerArchive = first == UInt8(ascii: "[") && names.contains { Self.statesDigest($0) && !Self.isTar($0) }
    ownsDigests = isDirectory || isDockerArchive
    if has("oci-layout") && has("index.json") && has("blobs") || isDirectory || isDockerArchive {
      kind = .layout
    } else if let mark = marks.first {
      kind = .partOfLayout(Array(mark.utf8))
    } else {
      kind = has("metadata") && Self.holdsRoot("metadata", in: folder) ? .trustBundle : .none
    }
  }

  /// Whether a name is a part of what the folder is. Everything else in it is looked at by itself.
  func owns(_ name: [UInt8]) -> Bool {
    func isOne(of names: [String]) -> Bool { names.contains { name.elementsEqual($0.utf8) } }
    return switch kind {
    case .none: false
    case .trustBundle: isOne(of: ["metadata", "targets"])
    case .layout, .partOfLayout:
      isOne(of: ["oci-layout", "index.json", "manifest.json", "repositories", "version", "blobs"])
        || ownsDigests && (Self.statesDigest(name) || name.starts(with: "signature-".utf8))
    }
  }

  private static func statesDigest(_ name: [UInt8]) -> Bool {
    let prefix = Array("sha256:".utf8)
    let rest = name.starts(with: prefix) ? name.dropFirst(prefix.count) : name[...]
    return rest.prefix { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }.count == 64
  }

  /// Layers, or archives that somebody named so.
  private static func isTar(_ name: [UInt8]) -> Bool {
    [".tar", ".tar.gz", ".tar.zst", ".tgz"].contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  /// The first byte that is no white space.
  private static func firstByte(of name: String, in folder: Directory) -> UInt8? {
    try? folder.start(of: Array(name.utf8)).first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
  }

  private static func holdsRoot(_ name: String, in folder: Directory) -> Bool {
    guard let names = try? folder.directory(Array(name.utf8)).names(atMost: Survey.mostNames) else { return false }
    return names.contains { $0.suffix(9).elementsEqual("root.json".utf8) }
  }
}
