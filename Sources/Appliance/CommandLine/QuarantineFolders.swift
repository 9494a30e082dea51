import ArgumentParser
import Files
import Quarantine
import Reasons
import RoleMessages
import Roles
import Store

/// Where a store keeps what came in, and what was let out.
struct QuarantineFolders {
  static let name = "quarantine"
  static let admittedName = "admitted"

  let path: String
  let admittedPath: String

  init(of store: Store) {
    path = store.directory + "/" + Self.name
    admittedPath = store.directory + "/" + Self.admittedName
  }

  /// Makes the folders that are not there yet.
  func make() throws {
    for folder in [path, admittedPath] where !DurableFile.isTaken(folder) { try DurableFile.makeFolder(folder) }
  }

  /// Gives up everything but these folders, which are there, before a record or list is read that a reader may have left.
  func confine(_ options: CaretakingOptions) throws {
    if options.unconfined { Voice.warn("this command runs unconfined (--unconfined)") }
    let crew = Crew(isUnconfined: options.unconfined)
    try crew.confineCaretaker(of: [path, admittedPath])
    crew.warnOfLandlock("this command")
  }

  func opened() throws(QuarantineError) -> Quarantine { try Quarantine(Self.open(path)) }
  /// - Parameter waiting: for an import that makes it or lets out.
  func openedLayout(waiting: Duration = Quarantine.usualWait) throws(QuarantineError) -> AdmittedLayout {
    try opened().layout(in: Self.open(admittedPath), waiting: waiting)
  }

  private static func open(_ path: String) throws(QuarantineError) -> Directory {
    do throws(FileError) { return try Directory(path: path) } catch { throw .file(path, error) }
  }
}

/// How a process is held that looks after the quarantine.
struct CaretakingOptions: ParsableArguments {
  @Flag(help: "Run without confinement, on a kernel that has no seccomp.")
  var unconfined = false
}

extension CopyTrouble {
  /// What is wrong with a copy is a failure like one of a medium; everything else a trouble of the machine.
  static func saying<Answer>(_ step: () throws(QuarantineError) -> Answer) throws -> Answer {
    do throws(QuarantineError) { return try step() } catch {
      switch error {
      case .input(let failure): throw failure
      case .unknownMedium: throw UsageMistake("\(error).")
      default: throw CopyTrouble(error)
      }
    }
  }
}

extension StateOptions {
  /// - Throws: a usage mistake where there is no store: what comes in must be recorded.
  func quarantined(_ verb: String) throws -> (Store, QuarantineFolders) {
    do throws(StoreError) {
      let store = try Store.open(at: path)
      return (store, QuarantineFolders(of: store))
    } catch {
      guard case .missing = error else { throw error }
      throw UsageMistake(
        "`assay \(verb)` needs a store, which records what came in: run `assay init`. "
          + "(`assay verify` judges an archive without one.)")
    }
  }
}
