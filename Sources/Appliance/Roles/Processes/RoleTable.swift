package import Files
package import Sandbox

/// Who may touch what, on one screen. What they say to each other stands in `RequestTable`.
///
///     role       medium     quarantine        trust            TPM, ledger  network           starts
///     reader     as handed  one folder of it  –                –            –                 –
///     prover     –          –                 what it is sent  –            –                 –
///     keeper     –          write             write            write        its TPM's socket  –
///     starter    opens it   opens folders     –                –            –                 readers, provers
///     caretaker  –          write             –                –            –                 –
///
/// A reader that copies writes in the folder of its own medium alone, and reads what is in the quarantine already.
/// A row is applied by the role itself, before it hears the first word (`Sandbox.confine`).
package enum RoleTable {
  /// Descriptors of a started role: 0, 1 and 2 lead nowhere.
  enum Place {
    static let channel: Int32 = 3
    static let medium: Int32 = 4
    /// Of a reader that copies, `incoming/ID`; of the starter, the folder `incoming`.
    static let incoming: Int32 = 5
    /// The contents of the quarantine.
    static let contents: Int32 = 6
  }

  private static let MiB: UInt64 = 1 << 20
  /// What reading and proving never need, and what costs 128 MiB of page tables at the most.
  private static let addresses: UInt64 = 65_536 * MiB

  /// - Parameters:
  ///   - medium: as it was handed over; nil where there is none.
  ///   - room: bytes that were free on the disk of the folder that was handed over for its copy; nil where none was. No
  ///     file of it is larger: one that has a size and no bytes costs whoever hashes it.
  package static func reader(_ medium: FileStatus?, copyingInto room: UInt64? = nil) -> Capabilities {
    let isCopying = room != nil
    let isFolder = medium?.kind == .directory
    // An hour inflates and hashes what an archive may hold, and a core hashes ten times as much in a second; what takes
    // longer is not reading.
    let seconds = medium?.kind == .regular ? 3600 + (medium?.size ?? 0) / (50 * MiB) : 24 * 3600
    return Capabilities(
      calls: [.computing] + (isFolder ? [.reading] : []) + (isCopying ? [.copying] : []),
      places: (isFolder ? [.reading(.descriptor(Place.medium))] : [])
        + (isCopying ? [.writing(.descriptor(Place.incoming)), .reading(.descriptor(Place.contents))] : []),
      keptDescriptors: isCopying ? Place.contents + 1 : Place.medium + 1,
      // To hash on, and one to read or inflate on.
      threads: readingThreads + 1,
      limits: .init(
        memory: 2048 * MiB, addresses: addresses, processorSeconds: seconds, files: 128,
        fileSize: room ?? 0, processes: 0),
      rootRights: (isFolder ? [.readsAnyFile] : []) + (isCopying ? [.writesAnyFile] : []))
  }

  package static let prover = Capabilities(
    calls: [.computing], keptDescriptors: Place.channel + 1,
    limits: .init(memory: 2048 * MiB, addresses: addresses, processorSeconds: 3600, files: 8, fileSize: 0, processes: 0)
  )

  /// A prover that says its findings to a person.
  package static var alone: Capabilities {
    var capabilities = prover
    capabilities.calls.append(.asking)
    capabilities.keptDescriptors = nil
    // Its standard output may be a file.
    capabilities.limits.fileSize = nil
    return capabilities
  }

  /// - Parameters:
  ///   - folders: that it writes: the store's, and where reports go.
  ///   - files: that it reads later: the one with the PIN.
  ///   - isTPMBehindSocket: otherwise it is a device of the machine, or a software TPM in this process.
  package static func keeper(
    writing folders: [String], reading files: [String], isTPMBehindSocket: Bool
  ) -> Capabilities {
    let places: [Capabilities.Place] =
      (folders + ["/dev/tpm0", "/dev/tpmrm0", "/dev/tty", "/dev/null", "/run/lock"]).map { .writing(.path($0)) }
      + (files + ["/usr/lib", "/lib", "/lib64", "/etc", "/dev/urandom", "/proc/self", "/sys/devices/system/cpu"])
      .map { .reading(.path($0)) }
    return Capabilities(
      calls: [.computing, .threads, .reading, .writing, .asking, .commanding, .loading]
        + (isTPMBehindSocket ? [.connecting] : []),
      // A reading of as many bytes and values as are read takes 0.6 GiB: roles in foreign hands do not take the machine's.
      places: places, limits: .init(memory: 4096 * MiB),
      rootRights: [.readsAnyFile, .writesAnyFile, .changesAnyFile])
  }

  /// Whoever looks after the quarantine, with no TPM and no ledger: it reads records and lists that readers left.
  package static func caretaker(of folders: [String]) -> Capabilities {
    Capabilities(
      calls: [.computing, .threads, .reading, .writing], places: folders.map { .writing(.path($0)) },
      limits: .init(memory: 2048 * MiB, addresses: addresses), rootRights: [.readsAnyFile, .writesAnyFile])
  }

  /// It opens what the keeper names, and reads nothing of it.
  /// - Parameter isCopying: whether it was handed the folder of what comes in: for the readers, who have no more than
  ///   whoever starts them.
  package static func starter(isCopying: Bool) -> Capabilities {
    Capabilities(
      calls: [.computing, .reading, .starting, .loading, .threads] + (isCopying ? [.copying] : []),
      places: [.reading(.path("/"))] + ["/proc/self/exe", "/usr/lib", "/lib", "/lib64"].map { .executing(.path($0)) }
        + (isCopying ? [.writing(.descriptor(Place.incoming))] : []),
      keptDescriptors: isCopying ? Place.contents + 1 : Place.medium + 1,
      rootRights: [.readsAnyFile] + (isCopying ? [.writesAnyFile] : []))
  }
}
