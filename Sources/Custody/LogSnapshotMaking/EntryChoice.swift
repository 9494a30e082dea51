import Cryptography
import LogEntry
package import Octets
import Reasons
import SigningIdentity

/// Which entries of a tiled log a snapshot carries.
package struct EntryChoice: Sendable {
  /// By index.
  package var ranges: [ClosedRange<UInt64>] = []
  /// What was signed: of a signature by cosign its payload, of an attestation its payload or envelope.
  package var digests: [ClaimedDigest] = []
  /// Exactly as certificates name them.
  package var identities: [String] = []

  package init() {}

  var isSearch: Bool { !digests.isEmpty || !identities.isEmpty }

  /// Finds entries in the bundles that are there, and adds the bundles that hold them.
  /// - Returns: the bundles, and how many entries were found.
  /// - Throws: `.mistake` for a digest or identity that no entry has, or an index that the log has not.
  func bundles(in folder: TileFolder) throws(SnapshotError) -> (indexes: Set<UInt64>, found: Int) {
    var indexes: Set<UInt64> = []
    var found = 0
    for range in ranges {
      guard range.upperBound < folder.size else {
        throw .mistake("There is no entry \(range.upperBound): the checkpoint is of \(folder.size) entries.")
      }
      indexes.formUnion((range.lowerBound >> 8)...(range.upperBound >> 8))
      found += range.count
    }
    guard isSearch else { return (indexes, found) }
    let (wanted, named) = (Set(digests), Set(identities))
    var (unsigned, unseen) = (wanted, named)
    var looked = 0
    for index in 0..<(folder.size + 255) >> 8 where folder.has(bundle: index) {
      guard let bundle = try checked({ () throws(Failure) in try folder.bundle(index) }) else { continue }
      looked += 1
      for (place, entry) in bundle.entries.enumerated() {
        // What is of another kind was signed by nobody who could be asked for.
        guard let body = try? LogEntryBody(parsing: entry) else { continue }
        let signed = wanted.intersection(body.digests)
        let names = body.identities(among: named)
        guard !signed.isEmpty || !names.isEmpty else { continue }
        unsigned.subtract(signed)
        unseen.subtract(names)
        indexes.insert(index)
        if !ranges.contains(where: { $0.contains(index << 8 | UInt64(place)) }) { found += 1 }
      }
    }
    let absent = unsigned.map { "signs \($0)" }.sorted() + unseen.map { "is by “\(printable($0))”" }.sorted()
    guard absent.isEmpty else {
      throw .mistake(
        "No entry \(absent.joined(separator: ", none ")): \(looked) of \((folder.size + 255) >> 8) bundles are in "
          + "\(folder.path)/tile/entries. Fetch the one that may hold it, or leave it out.")
    }
    return (indexes, found)
  }
}

extension LogEntryBody {
  /// Which of the names its certificates have. Nobody has verified them: enough to choose by.
  fileprivate func identities(among names: Set<String>) -> Set<String> {
    var found: Set<String> = []
    for case .certificate(let der) in verifiers {
      // Certificates hold names as they are; reading one takes far longer than looking for a name in it.
      let likely = names.filter { der.firstRange(of: Array($0.utf8)) != nil }
      guard !likely.isEmpty, let certificate = try? Certificate(der: der) else { continue }
      found.formUnion(likely.intersection((try? certificate.statedIdentities()) ?? []))
    }
    return found
  }
}
