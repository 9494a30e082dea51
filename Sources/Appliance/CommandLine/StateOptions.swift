import ArgumentParser
import Cryptography
import Roles
import Store
import Terminal

/// Where the store is.
struct StateOptions: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: .init("Folder of the store (default: $XDG_STATE_HOME/assay, else ~/.local/state/assay).", valueName: "DIR"))
  var directory: String?

  var path: String { directory ?? Store.defaultDirectory }

  func open() throws -> Store { try Store.open(at: path) }

  /// The store, its keys compared with those that its history began with; before there is one, nothing vouches for them.
  func vouched() throws -> Store {
    let store = try open()
    if store.isApproved { return try store.running().store }
    Voice.warn("Nothing vouches for these keys yet: the store waits for its policy authority.")
    return store
  }

  /// The store at work, its history proven against the TPM.
  func running() throws -> Custodian { try open().running() }

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

/// The report key's PIN, where it has one.
struct PINOptions: ParsableArguments {
  @Option(
    help: .init("File with the report key's PIN, where it has one; without it the terminal asks.", valueName: "FILE"))
  var pinFile: String?

  func pin(for store: Store) throws -> PIN? {
    guard store.hasPIN else {
      guard pinFile == nil else { throw UsageMistake("The report key of this store has no PIN; leave --pin-file out.") }
      return nil
    }
    return PIN(try Self.read(pinFile, prompt: "PIN of the report key: "))
  }

  /// From the file's first line, or from the terminal, without showing it.
  static func read(_ file: String?, prompt: String) throws -> SecretBytes {
    if let file {
      var bytes = try InputFile.read(file, upTo: 1024)
      var line = Array(bytes.prefix { $0 != 0x0a && $0 != 0x0d })
      wipe(&bytes)
      return SecretBytes(wiping: &line)
    }
    guard var typed = Terminal.readSecret(prompt) else {
      throw UsageMistake("A PIN is wanted, and nobody is at a terminal: give --pin-file FILE.")
    }
    return SecretBytes(wiping: &typed)
  }
}
