package import Cryptography
import Glibc
import Octets
import Synchronization
package import TPM

/// The state directory: an identity, a report key inside a TPM, and the reports that were issued.
///
/// ```
/// DIRECTORY/            0700
///   store.json          what `assay init` recorded (docs/formats/Store.md)
///   reports/            every report, by the SHA-256 of its bytes
///   tpm/                state and lock of a software TPM, where there is one
/// ```
/// Only `create` makes one. A store that is not there is an error, never a silent new one.
package struct Store: Sendable {
  package let directory: String
  /// 16 random bytes of the TPM, in hexadecimal.
  package let id: String
  package let driver: TPMDriver
  /// The public key of the reports: `spki`, `fingerprint`, `name`.
  package let reportKey: ReportKeyBlob
  private let machine: Machine

  private static let recordName = "store.json"
  private static let reportsName = "reports"

  private init(_ record: StoreRecord, at directory: String) {
    self.directory = directory
    id = Hex.encode(record.id)
    driver = record.driver
    reportKey = record.reportKey
    machine = Machine(record.driver)
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

  // MARK: Making and opening

  /// Makes a store, whole or not at all: it is built beside its place and renamed into it.
  ///
  /// - Parameters:
  ///   - path: where it shall lie: nothing there yet, or an empty folder. Folders above it are made.
  ///   - driver: the TPM. A software TPM is made with the store, in its folder `tpm`.
  package static func create(at path: String, driver: TPMDriver) throws(StoreError) -> Store {
    let directory = trimmed(path)
    let driver = try located(driver, in: directory)
    try refuseOccupied(directory)
    try DurableFile.makeParents(of: directory)
    let building = directory + ".new-" + DurableFile.uniqueSuffix()
    try DurableFile.makeFolder(building)
    do throws(StoreError) {
      let record = try build(in: building, driver: driver)
      // Replaces an empty folder; fails on anything else, also on what came to lie there meanwhile.
      guard rename(building, directory) == 0 else { throw DurableFile.failure(directory) }
      try DurableFile.sync(folder: DurableFile.parent(of: directory))
      return Store(record, at: directory)
    } catch {
      demolish(building)
      try refuseOccupied(directory)
      throw error
    }
  }

  /// Opens the store that `create` made. The TPM is not touched before the first signature.
  package static func open(at path: String) throws(StoreError) -> Store {
    let directory = trimmed(path)
    let file = directory + "/" + recordName
    guard let bytes = try DurableFile.read(file, atMost: StoreRecord.limit) else {
      throw .missing(directory: directory)
    }
    return Store(try StoreRecord(parsing: bytes, path: file, directory: directory), at: directory)
  }

  private static func build(in building: String, driver: TPMDriver) throws(StoreError) -> StoreRecord {
    let temporary = try located(driver, in: building)
    if case .software(let folder) = temporary { try DurableFile.makeFolder(folder) }
    try DurableFile.makeFolder(building + "/" + reportsName)
    let record = try provision(temporary, recorded: driver)
    try DurableFile.write(record.serialized(), to: building + "/" + recordName)
    return record
  }

  private static func provision(_ temporary: TPMDriver, recorded: TPMDriver) throws(StoreError) -> StoreRecord {
    do throws(TPMError) {
      let tpm = try TPM.make(temporary)
      defer { tpm.close() }
      return StoreRecord(
        id: try tpm.random(StoreRecord.idSize), driver: recorded, reportKey: try tpm.createReportKey())
    } catch {
      throw .tpm(error)
    }
  }

  /// A software TPM lies nowhere but in its store.
  private static func located(_ driver: TPMDriver, in directory: String) throws(StoreError) -> TPMDriver {
    do {
      return try TPMDriver(parsing: driver.configuration, stateDirectory: directory)
    } catch {
      throw .tpm(error)
    }
  }

  /// For the words alone: what decides is the `rename`.
  private static func refuseOccupied(_ directory: String) throws(StoreError) {
    if access(directory + "/" + recordName, F_OK) == 0 {
      throw .exists(directory: directory, "holds a store already")
    }
    var facts = stat()
    guard lstat(directory, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFDIR else { throw .exists(directory: directory, "is not a folder") }
    if !isEmpty(directory) { throw .exists(directory: directory, "is not empty") }
  }

  private static func isEmpty(_ directory: String) -> Bool {
    guard let folder = opendir(directory) else { return false }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // "." and ".."
    return count <= 2
  }

  /// Removes what `build` may have made, and nothing else.
  private static func demolish(_ building: String) {
    for file in ["tpm/state", "tpm/state.new", "tpm/lock", recordName] { unlink(building + "/" + file) }
    for folder in ["/tpm", "/" + reportsName, ""] { rmdir(building + folder) }
  }

  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    return path
  }

  // MARK: Using

  /// Signs a SHA-256 digest with the report key, in the TPM. Opens the TPM if this is the first time.
  ///
  /// - Returns: an ECDSA signature, DER.
  package func sign(_ digest: ComputedDigest) throws(StoreError) -> [UInt8] {
    do {
      return try machine.opened().sign(digest, with: reportKey)
    } catch {
      throw .tpm(error)
    }
  }

  /// Keeps a report for good, under the SHA-256 of its bytes. Keeping it again changes nothing.
  ///
  /// - Returns: the file's path.
  package func keep(report bytes: [UInt8]) throws(StoreError) -> String {
    let name = Hex.encode(digest(bytes).bytes)
    let path = directory + "/" + Self.reportsName + "/" + name + ".sigstore.json"
    try DurableFile.write(bytes, to: path)
    return path
  }

  /// Lets the TPM go, and a software TPM end in good order; the next signature opens it again.
  package func close() { machine.close() }
}

/// The TPM of a store, opened when it is first needed: most verbs need none, and a software TPM admits one process.
private final class Machine: Sendable {
  private let driver: TPMDriver
  private let tpm = Mutex<TPM?>(nil)

  init(_ driver: TPMDriver) { self.driver = driver }

  func opened() throws(TPMError) -> TPM {
    try tpm.withLock { tpm throws(TPMError) in
      if let tpm { return tpm }
      let opened = try TPM.open(driver)
      tpm = opened
      return opened
    }
  }

  func close() { tpm.withLock { $0 = nil } }
}
