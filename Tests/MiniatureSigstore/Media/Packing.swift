import FoundationEssentials

/// How entries become a file or a folder.
package enum Packing: String, Sendable, CaseIterable {
  case tar, tarGzip, tarZstd
  case folder

  package var suffix: String {
    switch self {
    case .tar: ".tar"
    case .tarGzip: ".tar.gz"
    case .tarZstd: ".tar.zst"
    case .folder: ""
    }
  }

  /// The archive's bytes; nothing for a folder.
  package func bytes(_ entries: [MediumEntry], style: TarStyle = .plain) -> [UInt8] {
    switch self {
    case .tar: TarText.archive(entries, style: style)
    case .tarGzip: Compressed.gzip(TarText.archive(entries, style: style))
    case .tarZstd: Compressed.zstd(TarText.archive(entries, style: style))
    case .folder: []
    }
  }

  /// Writes the medium to `path`, which must not exist yet as a folder.
  package func write(_ entries: [MediumEntry], to path: String, style: TarStyle = .plain) throws {
    guard self == .folder else {
      try Data(bytes(entries, style: style)).write(to: URL(filePath: path))
      return
    }
    let manager = FileManager.default
    try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    for entry in entries {
      let target = path + "/" + entry.path
      if let slash = target.lastIndex(of: "/") {
        try manager.createDirectory(atPath: String(target[..<slash]), withIntermediateDirectories: true)
      }
      switch entry.kind {
      case .file(let contents): try Data(contents).write(to: URL(filePath: target))
      case .folder: try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
      case .symbolicLink(let to): try manager.createSymbolicLink(atPath: target, withDestinationPath: to)
      case .hardLink(let to): try manager.linkItem(atPath: path + "/" + to, toPath: target)
      case .special: break
      }
    }
  }
}
