package import ApplianceIdentity
import Attestation
import Cryptography
import Files
import Glibc
import Octets
package import TPM

/// The state directory, as far as it can be read without the TPM: who this appliance is.
///
/// ```
/// DIRECTORY/            0700
///   store.json          keys and their Names, as `assay init` recorded them (docs/formats/Store.md)
///   policy.json         the state of the machine that was approved last
///   ledger/             the history (docs/formats/CommitProtocol.md)
///   evidence/           what verdicts rest on, by SHA-256
///   reports/            every report issued, by SHA-256; pending/ those on their way
///   tpm/                state and lock of a software TPM, where there is one
///   retired             empty; there once the keys have left the TPM
/// ```
/// Only `create` makes one. A store that is not there is an error, never a silent new one.
package struct Store: Sendable {
  package let directory: String
  let record: StoreRecord

  static let recordName = "store.json"
  static let ledgerName = "ledger"

  init(_ record: StoreRecord, at directory: String) {
    self.directory = directory
    self.record = record
  }

  /// Opens the store that `create` made. The TPM is not touched.
  package static func open(at path: String) throws(StoreError) -> Store {
    let directory = trimmed(path)
    let file = directory + "/" + recordName
    guard let bytes = try present(file, atMost: StoreRecord.limit) else { throw .missing(directory: directory) }
    return Store(try StoreRecord(parsing: bytes, path: file, directory: directory), at: directory)
  }

  /// Bytes of a file; nil where there is none.
  static func present(_ path: String, atMost limit: Int) throws(StoreError) -> [UInt8]? {
    do throws(FileError) {
      return try DurableFile.read(path, atMost: limit)
    } catch {
      if error.code == ENOTDIR { return nil }
      throw .file(path, error)
    }
  }

  // MARK: What it says

  /// 16 random bytes of the TPM.
  package var storeID: [UInt8] { record.id }
  package var id: String { Hex.encode(record.id) }
  package var driver: TPMDriver { record.driver }
  package var keys: ProvisionedKeys { record.keys }
  package var bootBinding: ApplianceIdentity.BootBinding { record.bootBinding }
  package var hasPIN: Bool { record.keys.pin != nil }
  /// The state of the machine was approved once: there is a history.
  package var isApproved: Bool { DurableFile.isTaken(ledgerFolder) }

  package var objects: ObjectStore { ObjectStore(in: directory) }
  package var reports: ReportShelf { ReportShelf(in: directory) }
  var ledgerFolder: String { directory + "/" + Self.ledgerName }
  /// There once the keys have left the TPM. A store without keys opens no way; whoever makes this file closes one that has
  /// them, until it is removed.
  var retiredPath: String { directory + "/retired" }
  package var isRetired: Bool { DurableFile.isTaken(retiredPath) }
  var policyPath: String { directory + "/" + RuntimePolicyFile.name }

  /// The public keys, for those who check this appliance's files.
  package func identity() throws(StoreError) -> ApplianceIdentity {
    do throws(CryptographyError) {
      return ApplianceIdentity(
        storeID: record.id, tpm: driver.isSoftware ? .software : .device, bootBinding: record.bootBinding,
        reportKey: try PublicKey(spki: keys.report.spki), commitKey: try PublicKey(spki: keys.commit.spki),
        attestationKey: keys.attestationKey, anchorName: keys.anchor.name,
        policyAuthority: record.hasSiteAuthority ? keys.authority.key : nil)
    } catch {
      throw .malformed(path: directory + "/" + Self.recordName, "a key is none: \(error)")
    }
  }

  // MARK: Places

  /// `$XDG_STATE_HOME/assay`, else `~/.local/state/assay` (XDG Base Directory 0.8: only absolute paths count).
  /// Without a home, as a system service runs, `/var/lib/assay`.
  package static var defaultDirectory: String {
    defaultDirectory { name in getenv(name).map { String(cString: $0) } }
  }

  package static func defaultDirectory(in environment: (String) -> String?) -> String {
    func folder(_ name: String) -> String? {
      environment(name).flatMap { $0.utf8.first == UInt8(ascii: "/") ? trimmed($0) : nil }
    }
    if let state = folder("XDG_STATE_HOME") { return state + "/assay" }
    if let home = folder("HOME") { return home + "/.local/state/assay" }
    return "/var/lib/assay"
  }

  static func trimmed(_ path: String) -> String {
    var path = path
    while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    return path
  }
}
