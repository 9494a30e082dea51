import ArgumentParser
import Store

/// Where the store is.
struct StateOptions: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: .init("Folder of the store (default: $XDG_STATE_HOME/assay, else ~/.local/state/assay).", valueName: "DIR"))
  var directory: String?

  var path: String { directory ?? Store.defaultDirectory }

  /// The store; nil where none was ever made. A store that is there and cannot be opened is an error: a verdict
  /// must never go unrecorded by accident. So is a folder that was named and holds none.
  func openIfPresent() throws -> Store? {
    do throws(StoreError) {
      return try Store.open(at: path)
    } catch {
      if directory == nil, case .missing = error { return nil }
      throw error
    }
  }
}
