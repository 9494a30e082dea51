extension Medium {
  /// A medium's entries, each made when it is asked for: less is held of it than it is, and there may be a million.
  package struct Entries: RandomAccessCollection, Sendable {
    private let inventory: Inventory
    /// Of each entry, in the inventory.
    private let places: [UInt32]
    /// What links stand for.
    private let aliases: [Int: Int]

    init(_ inventory: Inventory, at places: [UInt32], aliases: [Int: Int]) {
      self.inventory = inventory
      self.places = places
      self.aliases = aliases
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }

    package subscript(position: Int) -> Entry {
      let index = Int(places[position])
      let item = inventory[index]
      let target = aliases[index]
      let file = target.map { inventory[$0] } ?? item
      let omission: Omission? =
        switch file.decision {
        case .keep: nil
        case .omit(let omission): omission
        case .refuse: .tooLargeToKeep
        }
      return Entry(
        name: item.name, size: file.size, offset: item.offset, digest: inventory.digest(of: target ?? index),
        contents: inventory.hashed.contents(target ?? index, size: file.size), omission: omission,
        alias: target == nil ? nil : file.name)
    }

    /// The same in the order of their names' bytes.
    package var byName: Entries {
      Entries(
        inventory, at: places.sorted { inventory.precedes(Int($0), Int($1)) }, aliases: aliases)
    }
  }
}
