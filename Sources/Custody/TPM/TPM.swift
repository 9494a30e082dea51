import CTSS2
import Synchronization

/// A TPM 2.0, with one owner in this process: operations run one after the other.
///
/// Calls block for as long as the chip takes, a second or more; a class with a lock says so, where an actor would block
/// the threads that all tasks share. Every operation leaves the TPM without transient objects and sessions of ours.
package final class TPM: Sendable {
  package let driver: TPMDriver
  private let connection: Mutex<Connection?>

  /// Longest wait for another holder of a software TPM.
  package static let usualWait: Duration = .seconds(10)

  /// Opens a TPM that is there. A software TPM whose state is gone is an error, never a new one.
  package static func open(_ driver: TPMDriver, waiting: Duration = usualWait) throws(TPMError) -> TPM {
    TPM(driver, try Connection.open(driver, manufacturing: false, waiting: waiting))
  }

  /// Like `open`, but makes a software TPM, which must not exist yet. For whoever makes a store, and nobody else.
  package static func make(_ driver: TPMDriver, waiting: Duration = usualWait) throws(TPMError) -> TPM {
    TPM(driver, try Connection.open(driver, manufacturing: true, waiting: waiting))
  }

  private init(_ driver: TPMDriver, _ connection: consuming sending Connection) {
    self.driver = driver
    self.connection = Mutex(connection)
  }

  /// Ends the connection now, and a software TPM in good order; otherwise that happens when the last reference goes.
  package func close() {
    connection.withLock { $0 = nil }
  }

  /// Random bytes from the TPM.
  package func random(_ count: Int) throws(TPMError) -> [UInt8] {
    try use { connection throws(TPMError) in
      var bytes = [UInt8](repeating: 0, count: count)
      try connection.run("TPM2_GetRandom") { assay_tpm_random($0, &bytes, bytes.count) }
      return bytes
    }
  }

  /// How many transient objects the TPM holds: none between operations.
  package func transientObjects() throws(TPMError) -> Int { try handles(from: 0x8000_0000) }

  /// How many sessions the TPM holds: none between operations.
  package func loadedSessions() throws(TPMError) -> Int { try handles(from: 0x0200_0000) }

  /// Handles of the keys that the TPM keeps, ours and others'.
  package func persistentHandles() throws(TPMError) -> [UInt32] {
    try use { connection throws(TPMError) in try connection.handles(from: 0x8100_0000) }
  }

  /// Handles of its NV indices, ours and others'.
  package func indices() throws(TPMError) -> [UInt32] {
    try use { connection throws(TPMError) in try connection.handles(from: 0x0100_0000) }
  }

  private func handles(from first: UInt32) throws(TPMError) -> Int {
    try use { connection throws(TPMError) in try connection.handles(from: first).count }
  }

  /// Runs one operation, alone.
  func use<Result: ~Copyable & Sendable>(
    _ operation: (borrowing Connection) throws(TPMError) -> Result
  ) throws(TPMError) -> Result {
    try connection.withLock { connection throws(TPMError) in
      guard connection != nil else { throw TPMError(.closed, "use the TPM", "The TPM was closed.") }
      return try operation(connection!)
    }
  }
}
