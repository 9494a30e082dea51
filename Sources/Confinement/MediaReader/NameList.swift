/// Names in a row, and what stands under each. Of each name as little as can be is held: there may be a million.
struct NameList: Sendable {
  /// What stands under a name.
  enum Holder: Equatable {
    case directory
    /// A regular file or link; its place in the inventory.
    case item(Int)
  }

  private struct Record {
    let place: ByteStore.Place
    /// Its place in the inventory, or `directory`.
    let item: UInt32
    /// Bytes of the packed name; at most `MediaLimits.nameBytes`.
    let length: UInt16
    /// Whether the name is its own fold.
    let isFolded: Bool

    static let directory = UInt32.max
  }

  private var records: [Record] = []
  private var bytes = ByteStore()

  subscript(number: Int) -> [UInt8] { PackedName.unpack(packed(number)) }

  func holder(_ number: Int) -> Holder {
    let item = records[number].item
    return item == Record.directory ? .directory : .item(Int(item))
  }

  /// - Returns: its number.
  mutating func append(_ name: [UInt8], _ folded: FoldedName, _ holder: Holder) -> Int {
    let packed = PackedName.pack(name)
    let isFolded = if case .plain(packed) = folded { true } else { false }
    let item = if case .item(let place) = holder { UInt32(place) } else { Record.directory }
    records.append(
      Record(place: bytes.add(packed), item: item, length: UInt16(packed.count), isFolded: isFolded))
    return records.count - 1
  }

  func packed(_ number: Int) -> ArraySlice<UInt8> {
    bytes.run(records[number].place, Int(records[number].length))
  }

  /// The fold, packed, of a name of which that is ASCII.
  func fold(_ number: Int) -> ArraySlice<UInt8> {
    guard !records[number].isFolded, case .plain(let bytes) = FoldedName(self[number]) else { return packed(number) }
    return bytes[...]
  }
}
