import Cryptography
import Octets
import Reasons
import TarArchive

/// What has been found on the medium so far. Checks names, counts against the bounds, and collects what is wrong.
struct Inventory: Sendable {
  /// A regular file or link.
  struct Item {
    let name: [UInt8]
    let size: UInt64
    let offset: UInt64
    let decision: Keeping.Decision

    /// Registries of OCI layouts name the algorithm in the path (OCI image-spec 1.1 image-layout.md).
    var algorithm: HashAlgorithm {
      let parts = name.split(separator: EntryName.slash).dropLast().suffix(2)
      return parts.count == 2 && parts.first!.elementsEqual("blobs".utf8) && parts.last!.elementsEqual("sha512".utf8)
        ? .sha512 : .sha256
    }
  }

  /// An item as it is held, since there may be a million.
  private struct Record {
    let size: UInt64
    let offset: UInt64
    /// Its number in `names`.
    let name: UInt32
    var decision = Keeping.Decision.omit(.notOfInterest)
  }

  let limits: MediaLimits
  private(set) var failures: [Failure] = []
  /// Of all items that were hashed.
  var hashed = HashedContents()
  private var records: [Record] = []
  private var names = NameTable()
  /// Where links lead, as written.
  private var links: [Int: [UInt8]] = [:]
  private var keeping: Keeping
  private var count = 0
  private var nameBytes = 0
  private var totalBytes: UInt64 = 0

  init(_ limits: MediaLimits) {
    self.limits = limits
    keeping = Keeping(limits)
  }

  mutating func note(_ failure: Failure) {
    if failures.count < limits.failures { failures.append(failure) }
  }

  /// Takes an entry in.
  /// - Returns: its place if it is a regular file to be hashed; otherwise its contents are passed over.
  /// - Throws: `archive.limit-exceeded` where the medium as a whole is too large. What is wrong with this entry alone is
  ///   noted.
  mutating func add(_ entry: TarEntry) throws(Failure) -> Int? {
    count += 1
    nameBytes += entry.name.count
    totalBytes = totalBytes.addingReportingOverflow(entry.size).partialValue
    func exceeded(_ what: String) -> Failure {
      Failure(.archiveLimitExceeded, printable(entry.name, limit: 80), at: entry.offset, what)
    }
    guard count <= limits.entries else { throw exceeded("more than \(limits.entries) entries") }
    guard nameBytes <= limits.totalNameBytes else {
      throw exceeded("names of more than \(limits.totalNameBytes) bytes together")
    }
    guard entry.size <= limits.totalBytes, totalBytes <= limits.totalBytes else {
      throw exceeded("contents of more than \(limits.totalBytes) bytes")
    }
    do throws(Failure) { return try admit(entry) } catch {
      note(error)
      return nil
    }
  }

  private mutating func admit(_ entry: TarEntry) throws(Failure) -> Int? {
    let name = try EntryName.normal(
      entry.name, isDirectory: entry.kind == .directory, at: entry.offset, limit: limits.nameBytes)
    // Each level is a directory with a name of its own to keep: a name of two thousand levels would cost two megabytes.
    guard name.count(where: { $0 == EntryName.slash }) <= limits.depth else {
      throw Failure(
        .archiveLimitExceeded, printable(name, limit: 80), at: entry.offset,
        "more than \(limits.depth) levels of directories")
    }
    var target: [UInt8]?
    switch entry.kind {
    case .directory:
      if !name.isEmpty { _ = try names.add(name, .directory, at: entry.offset) }
      return nil
    case .forbidden(let what):
      throw Failure(.archiveForbiddenEntry, printable(name), at: entry.offset, "\(what), which an image never needs")
    case .symbolicLink(let to): target = to
    case .regular: break
    }
    let index = records.count
    let number = try names.add(name, .item(index), at: entry.offset)
    records.append(Record(size: entry.size, offset: entry.offset, name: UInt32(number)))
    // A longer one leads nowhere, whatever follows.
    if let target { links[index] = Array(target.prefix(limits.nameBytes + 1)) }
    return target == nil ? index : nil
  }

  /// Decides whether the item's contents stay in memory. In the archive's order.
  mutating func decide(_ index: Int, start: ArraySlice<UInt8>) {
    let item = self[index]
    records[index].decision = keeping.decide(name: item.name, size: item.size, start: start)
    if records[index].decision == .refuse {
      note(
        Failure(
          .archiveLimitExceeded, printable(item.name), at: item.offset,
          "\(item.size) bytes; at most \(limits.keptEntryBytes)"))
    }
  }

  /// How many items there are.
  var items: Int { records.count }

  /// The item at a place.
  subscript(index: Int) -> Item {
    let record = records[index]
    return Item(
      name: names.name(Int(record.name)), size: record.size, offset: record.offset, decision: record.decision)
  }

  func size(of index: Int) -> UInt64 { records[index].size }

  /// The item's name as it is held.
  func packedName(_ index: Int) -> ArraySlice<UInt8> { names.packed(Int(records[index].name)) }

  /// What an item hashed to.
  /// - Precondition: it was hashed.
  func digest(of index: Int) -> ComputedDigest { hashed.digest(index, named: packedName(index)) }

  /// Bytes of the items at these places.
  func size(of indexes: some Sequence<Int>) -> UInt64 { indexes.reduce(0) { $0 + records[$1].size } }

  /// Whether the name of one item stands before that of the other.
  func precedes(_ one: Int, _ other: Int) -> Bool {
    names.precedes(Int(records[one].name), Int(records[other].name))
  }

  /// Entries in order, each link as the file that it leads to. A link that does not lead, in one hop, to a regular file
  /// of this medium is noted as `archive.forbidden-entry`.
  consuming func resolved() -> (entries: Medium.Entries, failures: [Failure]) {
    var places: [UInt32] = []
    places.reserveCapacity(records.count)
    var aliases: [Int: Int] = [:]
    for index in records.indices {
      if let target = links[index] {
        let item = self[index]
        guard let path = EntryName.resolve(target, from: item.name, limit: limits.nameBytes),
          case .item(let file) = names[path], links[file] == nil
        else {
          note(
            Failure(
              .archiveForbiddenEntry, printable(item.name), at: item.offset,
              "a symbolic link to “\(printable(target, limit: 80))”, which is no file of this archive"))
          continue
        }
        aliases[index] = file
      }
      if hashed.has(aliases[index] ?? index) { places.append(UInt32(index)) }
    }
    names.forget()
    let failures = failures
    return (Medium.Entries(self, at: places, aliases: aliases), failures)
  }
}
