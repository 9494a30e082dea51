import Octets
import Reasons

/// Every name on the medium, and each directory that a name implies: no two entries may be one file on some system.
struct NameTable: Sendable {
  private var names = NameList()
  /// By folded name.
  private var plain = PlaceTable()
  /// The same for names that do not fold to ASCII; String compares by canonical equivalence.
  private var composed: [String: Int] = [:]
  /// The directory of the last name: in most archives also that of the next.
  private var lastParent: ArraySlice<UInt8> = []

  /// - Returns: the name's number here.
  /// - Throws: `archive.duplicate-entry` or `archive.confusable-name`; the table stays as it was, except for directories.
  mutating func add(_ name: [UInt8], _ holder: NameList.Holder, at offset: UInt64) throws(Failure) -> Int {
    let parent = name[..<(name.lastIndex(of: EntryName.slash) ?? 0)]
    if parent != lastParent {
      for end in name.indices where name[end] == EntryName.slash {
        _ = try insert(Array(name[..<end]), .directory, for: name, at: offset)
      }
      lastParent = parent
    }
    return try insert(name, holder, for: name, at: offset)
  }

  subscript(name: [UInt8]) -> NameList.Holder? {
    guard let number = lookUp(FoldedName(name)), names[number] == name else { return nil }
    return names.holder(number)
  }

  func name(_ number: Int) -> [UInt8] { names[number] }

  /// The name as it is held.
  func packed(_ number: Int) -> ArraySlice<UInt8> { names.packed(number) }

  /// Whether one name stands before the other in the order of their bytes.
  func precedes(_ one: Int, _ other: Int) -> Bool { PackedName.precedes(names.packed(one), names.packed(other)) }

  /// Keeps the names, and finds none of them any more.
  mutating func forget() { (plain, composed) = (PlaceTable(), [:]) }

  private mutating func insert(
    _ name: [UInt8], _ holder: NameList.Holder, for entry: [UInt8], at offset: UInt64
  ) throws(Failure) -> Int {
    let folded = FoldedName(name)
    guard let number = lookUp(folded) else {
      let number = names.append(name, folded, holder)
      switch folded {
      case .plain: plain.insert(number) { [names] in PlaceTable.hash(names.fold($0)) }
      case .composed(let text): composed[text] = number
      }
      return number
    }
    guard names[number] == name else {
      throw Failure(
        .archiveConfusableName, printable(entry), at: offset,
        "“\(printable(name))” and “\(printable(names[number]))” are one name on some systems")
    }
    let isDirectory = names.holder(number) == .directory
    // A directory holds nothing of its own: named twice, it is still one.
    if isDirectory, holder == .directory { return number }
    throw Failure(
      .archiveDuplicateEntry, printable(entry), at: offset,
      isDirectory || holder == .directory
        ? "“\(printable(name))” is a file and also a directory" : "an earlier entry has this name")
  }

  private func lookUp(_ folded: FoldedName) -> Int? {
    switch folded {
    case .plain(let bytes): plain.find(PlaceTable.hash(bytes[...])) { names.fold($0) == bytes[...] }
    case .composed(let text): composed[text]
    }
  }
}
