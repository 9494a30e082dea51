import Files
import Ledger
import TPM

/// Keeps two copies of one store from using one TPM at the same time: each has a ledger lock of its own, and both would
/// extend the same anchor. A software TPM lies in its store, so that a copy has another one.
enum CopyLock {
  /// Where locks lie that last until the machine's next start (FHS 3.0 §3.15.3).
  private static let folder = "/run/lock"

  static func take(_ store: Store, waiting: Duration) throws(StoreError) -> FileLock? {
    if case .software = store.driver { return nil }
    let place = (try? Directory(path: folder)) == nil ? "/tmp" : folder
    let path = "\(place)/assay-\(store.id)"
    do throws(FileLock.Failure) {
      return try FileLock(path, waiting: waiting)
    } catch {
      switch error {
      case .held(let holder): throw .ledger(.held(folder: store.directory, by: holder))
      case .file(let error): throw .file(path, error)
      }
    }
  }
}
