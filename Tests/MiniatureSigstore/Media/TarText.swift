/// How a tar is written. Tools differ in all of this.
package struct TarStyle: Hashable, Sendable {
  package enum Header: Sendable {
    /// POSIX ustar; a name over 100 bytes is split at a slash.
    case ustar
    /// ustar with a PAX header before each entry (path and mtime).
    case pax
    /// GNU magic; long names in an `L` entry.
    case gnu
  }

  package var header: Header
  /// `./` before every name.
  package var hasDotPrefix: Bool
  /// Entries for folders.
  package var hasFolders: Bool
  /// Zero blocks after the two that end an archive; GNU tar fills up to 20.
  package var padding: Int

  package init(
    _ header: Header = .ustar, hasDotPrefix: Bool = false, hasFolders: Bool = false, padding: Int = 0
  ) {
    self.header = header
    self.hasDotPrefix = hasDotPrefix
    self.hasFolders = hasFolders
    self.padding = padding
  }

  /// As Go's archive/tar writes: no prefix, no folders, no padding.
  package static let plain = TarStyle()
  /// As `tar -c -f … -C DIR .` writes.
  package static let gnuDot = TarStyle(.gnu, hasDotPrefix: true, hasFolders: true, padding: 7)
  package static let pax = TarStyle(.pax, hasFolders: true)
}

/// Writes tar (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format").
package enum TarText {
  static let block = 512

  package static func archive(_ entries: [MediumEntry], style: TarStyle = .plain) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(entries.reduce(0) { $0 + $1.contents.count + 3 * block } + 20 * block)
    var folders: Set<String> = []
    for entry in entries {
      if style.hasFolders {
        for folder in parents(of: entry.path) where folders.insert(folder).inserted {
          append(MediumEntry(folder, kind: .folder), style, to: &out)
        }
      }
      append(entry, style, to: &out)
    }
    out += [UInt8](repeating: 0, count: (2 + style.padding) * block)
    return out
  }

  private static func parents(of path: String) -> [String] {
    let parts = path.split(separator: "/").dropLast()
    return parts.indices.map { parts[...$0].joined(separator: "/") }
  }

  private static func append(_ entry: MediumEntry, _ style: TarStyle, to out: inout [UInt8]) {
    var name = (style.hasDotPrefix && !entry.path.hasPrefix("/") ? "./" : "") + entry.path
    var flag = UInt8(ascii: "0")
    var target = ""
    var mode = "0000644"
    switch entry.kind {
    case .file: break
    case .folder:
      flag = UInt8(ascii: "5")
      name += "/"
      mode = "0000755"
    case .symbolicLink(let to):
      flag = UInt8(ascii: "2")
      target = to
    case .hardLink(let to):
      flag = UInt8(ascii: "1")
      target = to
    case .special(let given): flag = given
    }
    let contents = entry.contents
    switch style.header {
    case .pax:
      let records = paxRecord("path", name) + paxRecord("mtime", "1767225600.5")
      let prefix = Header(name: "PaxHeaders.0/entry", flag: UInt8(ascii: "x"), size: records.count)
      out += prefix.bytes + padded(records)
    case .gnu where name.utf8.count > 100:
      let long = Array(name.utf8) + [0]
      out += Header(name: "././@LongLink", flag: UInt8(ascii: "L"), size: long.count, isGNU: true).bytes + padded(long)
    default: break
    }
    out +=
      Header(
        name: name, flag: flag, size: contents.count, mode: mode, target: target, isGNU: style.header == .gnu
      ).bytes
    appendPadded(contents, to: &out)
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    appendPadded(bytes, to: &out)
    return out
  }

  private static func appendPadded(_ bytes: [UInt8], to out: inout [UInt8]) {
    out += bytes
    out += [UInt8](repeating: 0, count: (block - bytes.count % block) % block)
  }

  /// `LEN KEY=VALUE\n`, where LEN counts itself.
  private static func paxRecord(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n".utf8
    var length = rest.count + 1
    while String(length).utf8.count + rest.count != length { length += 1 }
    return Array(String(length).utf8) + rest
  }

  private struct Header {
    var name: String
    var flag: UInt8
    var size: Int
    var mode = "0000644"
    var target = ""
    var isGNU = false

    var bytes: [UInt8] {
      var block = [UInt8](repeating: 0, count: TarText.block)
      func put(_ text: some Sequence<UInt8>, at offset: Int, limit: Int) {
        for (index, byte) in text.prefix(limit).enumerated() { block[offset + index] = byte }
      }
      let (prefix, short) = split
      put(short, at: 0, limit: 100)
      put(mode.utf8, at: 100, limit: 8)
      put("0000000".utf8, at: 108, limit: 8)
      put("0000000".utf8, at: 116, limit: 8)
      put(octal(size, digits: 11).utf8, at: 124, limit: 12)
      put(octal(1_767_225_600, digits: 11).utf8, at: 136, limit: 12)
      put("        ".utf8, at: 148, limit: 8)
      block[156] = flag
      put(target.utf8, at: 157, limit: 100)
      put(isGNU ? Array("ustar  ".utf8) + [0] : Array("ustar".utf8) + [0, 0x30, 0x30], at: 257, limit: 8)
      put(prefix, at: 345, limit: 155)
      let sum = block.reduce(0) { $0 + Int($1) }
      put(octal(sum, digits: 6).utf8, at: 148, limit: 6)
      block[154] = 0
      block[155] = 0x20
      return block
    }

    /// ustar's prefix and name.
    private var split: (prefix: [UInt8], name: [UInt8]) {
      let whole = Array(name.utf8)
      guard whole.count > 100, !isGNU else { return ([], whole) }
      let slashes = whole.indices.filter { whole[$0] == UInt8(ascii: "/") && whole.count - $0 - 1 <= 100 && $0 <= 155 }
      guard let slash = slashes.first(where: { whole.count - $0 - 1 > 0 }) else { return ([], whole) }
      return (Array(whole[..<slash]), Array(whole[(slash + 1)...]))
    }

    private func octal(_ value: Int, digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
  }
}
