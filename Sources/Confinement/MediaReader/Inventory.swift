import Cryptography
import Octets
import Reasons
import TarArchive

/// What has been found on the medium so far. Checks names, counts against the bounds, and collects what is wrong.
struct Inventory {
  /// A regular file or link.
  struct Item {
    let name: [UInt8]
    let size: UInt64
    let offset: UInt64
    let linkTarget: [UInt8]?
    var decision = Keeping.Decision.omit(.notOfInterest)
    var result: Hashed?

    /// Registries of OCI layouts name the algorithm in the path (OCI image-spec 1.1 image-layout.md).
    var algorithm: HashAlgorithm {
      let parts = name.split(separator: EntryName.slash).dropLast().suffix(2)
      return parts.count == 2 && parts.first!.elementsEqual("blobs".utf8) && parts.last!.elementsEqual("sha512".utf8)
        ? .sha512 : .sha256
    }
  }

  /// What hashing a file gave.
  struct Hashed: Sendable {
    let digest: ComputedDigest
    let contents: [UInt8]?
  }

  let limits: MediaLimits
  private(set) var items: [Item] = []
  private(set) var failures: [Failure] = []
  private var names = NameTable()
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
  /// - Returns: its place in `items` if it is a regular file to be hashed; otherwise its contents are passed over.
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
    var target: [UInt8]?
    switch entry.kind {
    case .directory:
      if !name.isEmpty { try names.add(name, .directory, at: entry.offset) }
      return nil
    case .forbidden(let what):
      throw Failure(.archiveForbiddenEntry, printable(name), at: entry.offset, "\(what), which an image never needs")
    case .symbolicLink(let to): target = to
    case .regular: break
    }
    try names.add(name, .item(items.count), at: entry.offset)
    items.append(Item(name: name, size: entry.size, offset: entry.offset, linkTarget: target))
    return target == nil ? items.count - 1 : nil
  }

  /// Decides whether the item's contents stay in memory. In the archive's order.
  mutating func decide(_ index: Int, start: ArraySlice<UInt8>) {
    let item = items[index]
    let decision = keeping.decide(name: item.name, size: item.size, start: start)
    items[index].decision = decision
    if decision == .refuse {
      note(
        Failure(
          .archiveLimitExceeded, printable(item.name), at: item.offset,
          "\(item.size) bytes; at most \(limits.keptEntryBytes)"))
    }
  }

  mutating func finish(_ index: Int, _ result: Hashed) { items[index].result = result }

  /// Entries in order, each link as the file that it leads to. A link that does not lead, in one hop, to a regular file
  /// of this medium is noted as `archive.forbidden-entry`.
  consuming func resolved() -> (entries: [Medium.Entry], failures: [Failure]) {
    var entries: [Medium.Entry] = []
    entries.reserveCapacity(items.count)
    for item in items {
      var file = item
      if let target = item.linkTarget {
        guard let path = EntryName.resolve(target, from: item.name, limit: limits.nameBytes),
          case .item(let index) = names[path], items[index].linkTarget == nil
        else {
          note(
            Failure(
              .archiveForbiddenEntry, printable(item.name), at: item.offset,
              "a symbolic link to “\(printable(target, limit: 80))”, which is no file of this archive"))
          continue
        }
        file = items[index]
      }
      guard let result = file.result else { continue }
      let omission: Medium.Omission? =
        switch file.decision {
        case .keep: nil
        case .omit(let omission): omission
        case .refuse: .tooLargeToKeep
        }
      entries.append(
        Medium.Entry(
          name: item.name, size: file.size, offset: item.offset, digest: result.digest, contents: result.contents,
          omission: omission, alias: item.linkTarget == nil ? nil : file.name))
    }
    return (entries, failures)
  }
}
