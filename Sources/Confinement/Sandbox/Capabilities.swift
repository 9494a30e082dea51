/// What a process may still do when it has confined itself. Everything that is not said here is denied.
package struct Capabilities: Sendable {
  /// A file or folder that may be used beside what is open already.
  package struct Place: Sendable {
    package enum Holder: Sendable {
      /// A descriptor of it that is open here.
      case descriptor(Int32)
      /// Its path; passed over where nothing is there.
      case path(String)
    }

    /// Beside reading.
    struct Access: OptionSet, Sendable {
      let rawValue: Int
      static let write = Access(rawValue: 1)
      static let execute = Access(rawValue: 2)
    }

    let holder: Holder
    let access: Access

    package static func reading(_ holder: Holder) -> Place { Place(holder: holder, access: []) }
    package static func writing(_ holder: Holder) -> Place { Place(holder: holder, access: .write) }
    package static func executing(_ holder: Holder) -> Place { Place(holder: holder, access: .execute) }
  }

  /// A right of root's that is more than an owner's (capabilities(7)), by its number.
  package enum RootRight: UInt8, Sendable {
    case writesAnyFile = 1
    case readsAnyFile = 2
    case changesAnyFile = 3
  }

  /// Families of system calls (`SystemCalls`).
  package var calls: [SystemCalls]
  package var places: [Place] = []
  /// Descriptors from 0 that stay open; nil closes none.
  package var keptDescriptors: Int32?
  /// That it has beside its first one, and starts none: no limit of the kernel counts those of root.
  package var threads: Int
  package var limits: Limits
  /// What is left of root's rights, where root starts the program.
  package var rootRights: [RootRight]

  /// Bounds that the kernel keeps (getrlimit(2)); nil leaves one as it is.
  package struct Limits: Sendable {
    /// Bytes of memory that is this process's own: heap, stacks of threads, written copies.
    package var memory: UInt64?
    /// Bytes of addresses, of which each page costs a little even where it is nobody's own.
    package var addresses: UInt64?
    /// Seconds of all threads together.
    package var processorSeconds: UInt64?
    /// Descriptors open at once.
    package var files: UInt64?
    /// Bytes of a file that is written.
    package var fileSize: UInt64?
    /// Processes and threads of this user; 0 where none is started any more. Not kept for root, which `SystemCalls` holds
    /// back.
    package var processes: UInt64?

    package init(
      memory: UInt64? = nil, addresses: UInt64? = nil, processorSeconds: UInt64? = nil, files: UInt64? = nil,
      fileSize: UInt64? = nil, processes: UInt64? = nil
    ) {
      self.memory = memory
      self.addresses = addresses
      self.processorSeconds = processorSeconds
      self.files = files
      self.fileSize = fileSize
      self.processes = processes
    }
  }

  package init(
    calls: [SystemCalls], places: [Place] = [], keptDescriptors: Int32? = nil, threads: Int = 0,
    limits: Limits = Limits(), rootRights: [RootRight] = []
  ) {
    self.calls = calls
    self.places = places
    self.keptDescriptors = keptDescriptors
    self.threads = threads
    self.limits = limits
    self.rootRights = rootRights
  }
}

/// What is in force in a process that confined itself.
package struct Protections: Hashable, Sendable {
  /// The version of Landlock; 0 where the kernel has none, and files are held back by system calls alone.
  package let landlock: Int
  /// False only for a process that was told to run unconfined.
  package let isConfined: Bool

  package static let none = Protections(landlock: 0, isConfined: false)

  /// What holds for all of these; nothing, where there are none.
  package static func least(of all: [Protections]) -> Protections {
    Protections(
      landlock: all.map(\.landlock).min() ?? 0, isConfined: !all.isEmpty && all.allSatisfy(\.isConfined))
  }

  package init(landlock: Int, isConfined: Bool) {
    self.landlock = landlock
    self.isConfined = isConfined
  }
}
