import Octets
import TUFMetadata

/// Names of targets: those that mean the same on every medium and in every tool.
enum TargetName {
  /// Bytes of one segment: a digest and a dot stand before the last one, in a file's name of at most 255.
  static let longestSegment = 190

  /// The path below `targets`.
  static func path(_ name: String, of role: SiteRole) throws(MakingError) -> [UInt8] {
    if let problem = problem(Array(name.utf8)[...], of: role) {
      throw .refused(.name, "“\(printable(name))” is no target’s name: \(problem).")
    }
    return Array("\(role)/".utf8) + Array(name.utf8)
  }

  /// What is wrong with the paths of a role's document, of which one may be this one's alone, or lie between two; nil for
  /// nothing.
  static func problem(_ paths: some Collection<[UInt8]>, of role: SiteRole) -> String? {
    let folder = Array("\(role)/".utf8)
    for path in paths {
      guard path.starts(with: folder) else { return "\(printable(path)) lies outside \(role)" }
      if let problem = problem(path.dropFirst(folder.count), of: role) { return "\(printable(path)): \(problem)" }
    }
    return likeness(paths)
  }

  private static func problem(_ name: ArraySlice<UInt8>, of role: SiteRole) -> String? {
    let segments = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard segments.count <= SiteRole.deepest else { return "more than \(SiteRole.deepest) parts" }
    guard role.rawValue.utf8.count + 1 + name.count <= TUFLimits.nameBytes else {
      return "more than \(TUFLimits.nameBytes) bytes with its role"
    }
    for segment in segments {
      guard !segment.isEmpty else { return "a part of it is empty" }
      guard segment.first != UInt8(ascii: ".") else { return "a part of it begins with a dot" }
      // FAT's drivers leave it out.
      guard segment.last != UInt8(ascii: ".") else { return "a part of it ends in a dot" }
      guard segment.count <= longestSegment else { return "a part of more than \(longestSegment) bytes" }
      guard segment.allSatisfy(isPlain) else { return "letters, digits and . _ - + @ = ~ are taken" }
    }
    return nil
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
    default: Array("._-+@=~".utf8).contains(byte)
    }
  }

  /// Two names, or two folders of names, that differ in case alone: on FAT and exFAT, which sticks have, they are one.
  static func likeness(_ paths: some Collection<[UInt8]>) -> String? {
    var spelling: [[UInt8]: ArraySlice<UInt8>] = [:]
    for path in paths {
      var part = path[...]
      // From the whole to its first folder; what stands above a folder that was met came with it.
      while !part.isEmpty {
        let other = spelling.updateValue(part, forKey: part.map(lowered))
        if let other {
          guard other == part else { return "\(printable(other)) and \(printable(part)) differ in case alone" }
          break
        }
        part = part[..<(part.lastIndex(of: UInt8(ascii: "/")) ?? part.startIndex)]
      }
    }
    return nil
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 0x20 : byte
  }
}
