import Octets
import Reasons

/// Every name on the medium, and each directory that a name implies: no two entries may be one file on some system.
struct NameTable {
  /// What stands under a name.
  enum Holder: Equatable {
    case directory
    /// A regular file or link; its place in the inventory.
    case item(Int)
  }

  private struct Known {
    let name: [UInt8]
    let holder: Holder
  }

  /// Folded name → what has it.
  private var plain: [[UInt8]: Known] = [:]
  /// The same for names that do not fold to ASCII; String compares by canonical equivalence.
  private var composed: [String: Known] = [:]
  /// The directory of the last name: in most archives also that of the next.
  private var lastParent: ArraySlice<UInt8> = []

  /// Throws `archive.duplicate-entry` or `archive.confusable-name`; the table stays as it was, except for directories.
  mutating func add(_ name: [UInt8], _ holder: Holder, at offset: UInt64) throws(Failure) {
    let parent = name[..<(name.lastIndex(of: EntryName.slash) ?? 0)]
    if parent != lastParent {
      for end in name.indices where name[end] == EntryName.slash {
        try insert(Array(name[..<end]), .directory, for: name, at: offset)
      }
      lastParent = parent
    }
    try insert(name, holder, for: name, at: offset)
  }

  subscript(name: [UInt8]) -> Holder? {
    let known = lookUp(Self.fold(name))
    return known?.name == name ? known?.holder : nil
  }

  private mutating func insert(
    _ name: [UInt8], _ holder: Holder, for entry: [UInt8], at offset: UInt64
  ) throws(Failure) {
    let folded = Self.fold(name)
    guard let known = lookUp(folded) else {
      switch folded {
      case .plain(let bytes): plain[bytes] = Known(name: name, holder: holder)
      case .composed(let text): composed[text] = Known(name: name, holder: holder)
      }
      return
    }
    guard known.name == name else {
      throw Failure(
        .archiveConfusableName, printable(entry), at: offset,
        "“\(printable(name))” and “\(printable(known.name))” are one name on some systems")
    }
    // A directory holds nothing of its own: named twice, it is still one.
    if known.holder == .directory, holder == .directory { return }
    let isClash = known.holder == .directory || holder == .directory
    throw Failure(
      .archiveDuplicateEntry, printable(entry), at: offset,
      isClash ? "“\(printable(name))” is a file and also a directory" : "an earlier entry has this name")
  }

  private enum Folded {
    case plain([UInt8])
    case composed(String)
  }

  private func lookUp(_ folded: Folded) -> Known? {
    switch folded {
    case .plain(let bytes): plain[bytes]
    case .composed(let text): composed[text]
    }
  }

  /// What systems that ignore case or normalise make of a name. ASCII without capitals is its own fold, and shares its
  /// storage.
  private static func fold(_ name: [UInt8]) -> Folded {
    if name.allSatisfy({ $0 < 0x80 }) {
      let isFolded = !name.contains { (0x41...0x5a).contains($0) }
      return .plain(isFolded ? name : name.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 })
    }
    // Upper case first, so that ß and ſ meet ss and s.
    var text = ""
    for scalar in String(decoding: name, as: UTF8.self).uppercased().lowercased().unicodeScalars {
      // The two characters whose canonical form is ASCII and that case mapping leaves alone.
      switch scalar {
      case "\u{37e}": text.unicodeScalars.append(";")
      case "\u{1fef}": text.unicodeScalars.append("`")
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text.utf8.allSatisfy { $0 < 0x80 } ? .plain(Array(text.utf8)) : .composed(text)
  }
}
