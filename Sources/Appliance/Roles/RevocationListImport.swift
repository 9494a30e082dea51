import Cryptography
import Octets
import Reasons
import TrustRoot
import TrustStore

extension TrustImport {
  /// Every revocation list comes from an authority of a trust root that will be in force, and of no authority an older
  /// one than is in force. A list that is left out is taken away: whose lists count, the role `trust` decides.
  ///
  /// - Throws: `crl.…`
  static func verifyRevocationLists(
    _ wanted: [Standing.ObjectName: [UInt8]], after standing: Standing, _ read: (ClaimedDigest) throws -> [UInt8]
  ) throws {
    func all(_ kind: [UInt8]) -> [(name: String, bytes: [UInt8])] {
      wanted.filter { $0.key.kind == kind }.sorted { $0.key < $1.key }
        .map { (printable($0.key.name, limit: 200), $0.value) }
    }
    let files = all(InstalledTrust.revocationList)
    if files.isEmpty { return }
    let roots = try all(InstalledTrust.trustRoot).map { try TrustRoot(parsing: $0.bytes, named: $0.name) }
    let inForce = try standing.objects(of: InstalledTrust.revocationList).map { name, object in
      try RevocationList(parsing: object.content ?? read(object.digest), named: printable(name, limit: 200))
    }
    // Several of one authority may lie side by side: the newest is what counts, here and at every verdict.
    var newest: [(name: String, list: RevocationList, signer: Certificate)] = []
    for (name, bytes) in files {
      let list = try RevocationList(parsing: bytes, named: name)
      let signer: Certificate
      do throws(Failure) { signer = try TrustRoot.signer(of: list, in: roots) } catch { throw error.within(name) }
      guard let known = newest.firstIndex(where: { $0.signer.isSameAuthority(as: signer) }) else {
        newest.append((name, list, signer))
        continue
      }
      if newest[known].list.isOlder(than: list) { newest[known] = (name, list, signer) }
    }
    for (name, list, signer) in newest {
      for old in inForce where list.isOlder(than: old) && old.isSigned(by: signer) {
        throw Failure(.revocationListRollback, name, "\(list.words), where \(old.words) is in force")
      }
    }
  }
}

extension RevocationList {
  fileprivate func isSigned(by signer: Certificate) -> Bool {
    do { try verify(under: signer) } catch { return false }
    return true
  }

  fileprivate var words: String { "number \(number ?? "none") of \(UnixTime(thisUpdate))" }
}
