import Cryptography
import Glibc
import TPM
import TestSupport
import Testing

/// The state file and the lock of the software TPM.
@Suite struct SoftwareTPMTests {
  private struct Made {
    let folder: TemporaryFolder
    let driver: TPMDriver
    let keys: ProvisionedKeys
    let approved: ApprovedPolicy

    init() throws {
      folder = try TemporaryFolder()
      driver = .software(stateDirectory: folder.path)
      let made = try { [driver] in try Provisioning.provision(try TPM.make(driver), authority: nil, pin: nil) }()
      keys = made.keys
      approved = try #require(made.approved)
    }

    func open(waiting: Duration = TPM.usualWait) throws -> TPM { try TPM.open(driver, waiting: waiting) }
  }

  @Test func isNeverMadeByOpening() throws {
    let folder = try TemporaryFolder()
    for place in [folder.path, folder.path("absent")] {
      let error = #expect(throws: TPMError.self) { try TPM.open(.software(stateDirectory: place)) }
      #expect(error?.kind == .stateMissing)
      #expect(error?.message.contains("assay init") == true)
    }
    #expect(try folder.names().isEmpty)
  }

  @Test func isNeverMadeOverAnother() throws {
    let made = try Made()
    let before = try made.folder.read("state")
    let error = #expect(throws: TPMError.self) { try TPM.make(made.driver) }
    #expect(error?.kind == .stateExists)
    #expect(try made.folder.read("state") == before)
  }

  @Test func keepsItsSeedsToItsUser() throws {
    let made = try Made()
    for name in ["state", "lock"] {
      var facts = stat()
      #expect(stat(made.folder.path(name), &facts) == 0)
      #expect(facts.st_mode & 0o777 == 0o600, "\(name)")
    }
    #expect(try made.folder.names() == ["lock", "state"])
  }

  /// What a crash left of a write is never read, and the next write replaces it.
  @Test func aHalfWrittenStateIsIgnored() throws {
    let made = try Made()
    let state = try made.folder.read("state")
    try made.folder.write("state.new", Array(state.prefix(state.count / 2)))
    let tpm = try made.open()
    // Reads what the whole state holds, and writes.
    try CustodyTPM(tpm, made.keys, made.approved).extendAnchor(digest([1]))
    tpm.close()
    #expect(try made.folder.names() == ["lock", "state"])
  }

  static let damages: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
    ("empty", { _ in [] }),
    ("the header alone", { Array($0.prefix(32)) }),
    ("cut short", { Array($0.dropLast()) }),
    ("one byte more", { $0 + [0] }),
    ("another format", { [$0[0] ^ 1] + $0.dropFirst() }),
    ("another length", { changed($0, at: 31) }),
    ("another checksum", { changed($0, at: 16) }),
    ("a bit in the middle", { changed($0, at: $0.count / 2) }),
    ("a bit at the end", { changed($0, at: $0.count - 1) }),
    ("whole, but not libtpms's", { _ in framed([UInt8](repeating: 0x5A, count: 2000)) }),
    ("whole, but libtpms's cut short", { framed(Array($0.dropFirst(32).dropLast(40))) }),
  ]

  @Test(arguments: damages.indices) func aDamagedStateIsSaid(_ index: Int) throws {
    let (name, damage) = Self.damages[index]
    let made = try Made()
    let damaged = damage(try made.folder.read("state"))
    try made.folder.write("state", damaged)
    let error = #expect(throws: TPMError.self) { try made.open() }
    #expect(error?.kind == .stateDamaged, "\(name)")
    #expect(error?.message.contains("is damaged") == true)
    #expect(try made.folder.read("state") == damaged, "\(name)")
    // And the process is none the worse for it.
    #expect(try Made().open().random(8).count == 8)
  }

  @Test func aLinkIsNoState() throws {
    let made = try Made()
    rename(made.folder.path("state"), made.folder.path("elsewhere"))
    symlink(made.folder.path("elsewhere"), made.folder.path("state"))
    let error = #expect(throws: TPMError.self) { try made.open() }
    #expect(error?.kind == .stateUnwritable)
  }

  /// A disk that takes nothing any more: the TPM goes into failure mode, and the operator hears of the disk.
  @Test func anUnwritableStateIsSaid() throws {
    let folder = try TemporaryFolder()
    let place = folder.path("tpm")
    mkdir(place, 0o700)
    let tpm = try TPM.make(.software(stateDirectory: place))
    for name in ["state", "lock"] { unlink(place + "/" + name) }
    rmdir(place)
    let error = refusal { _ = try Provisioning.provision(tpm, authority: nil, pin: nil) }
    #expect(error?.kind == .stateUnwritable)
    #expect(error?.message.contains("cannot write its state") == true)
  }

  // MARK: The lock

  /// Another process that holds the lock as a software TPM does.
  private func holder(_ folder: TemporaryFolder) throws -> Companion {
    let lock = folder.path("lock")
    let holder = try Companion(["sh", "-c", "exec 9<>\(lock); flock 9; echo $$ >&9; exec sleep 60"])
    try Companion.wait(for: "the lock") {
      try folder.read("lock") == Array("\(holder.process)\n".utf8)
    }
    return holder
  }

  @Test func anotherProcessIsWaitedForAndNamed() throws {
    let made = try Made()
    try made.folder.write("lock", [])
    let other = try holder(made.folder)
    let clock = ContinuousClock()
    // Other tests of this process may have the turn for a while; then it is this process that is named.
    for _ in 0..<100 {
      let start = clock.now
      let error = #expect(throws: TPMError.self) { try made.open(waiting: .milliseconds(150)) }
      #expect(error?.kind == .locked)
      #expect(clock.now - start >= .milliseconds(150))
      if error?.message.contains("process \(getpid())") == true { continue }
      #expect(error?.message.contains("process \(other.process)") == true)
      return
    }
    Issue.record("never had the turn")
  }

  /// A pipe stands for a file on a full disk: it can be locked and takes no bytes at a place.
  @Test func aLockThatTakesNoNumberStillLocks() throws {
    let made = try Made()
    let lock = made.folder.path("lock")
    unlink(lock)
    try #require(mkfifo(lock, 0o600) == 0)
    let first = try made.open()
    #expect(try first.random(8).count == 8)
    let pipe = open(lock, O_RDWR | O_CLOEXEC)
    defer { close(pipe) }
    #expect(flock(pipe, LOCK_EX | LOCK_NB) == -1)
    first.close()
    #expect(flock(pipe, LOCK_EX | LOCK_NB) == 0)
  }

  @Test func theLockPassesOnWhenTheHolderDies() throws {
    let made = try Made()
    try made.folder.write("lock", [])
    let other = try holder(made.folder)
    kill(other.process, SIGKILL)
    #expect(try made.open(waiting: .seconds(30)).random(8).count == 8)
  }

  @Test func aSecondOpenerInThisProcessIsRefusedToo() throws {
    let made = try Made()
    let first = try made.open()
    let error = #expect(throws: TPMError.self) { try made.open(waiting: .milliseconds(50)) }
    #expect(error?.kind == .locked)
    #expect(error?.message.contains("process \(getpid())") == true)
    first.close()
    #expect(try made.open().random(8).count == 8)
  }
}

private func changed(_ bytes: [UInt8], at index: Int) -> [UInt8] {
  var bytes = bytes
  bytes[index] ^= 1
  return bytes
}

/// A state file around any bytes: magic, FNV-1a, length.
private func framed(_ blob: [UInt8]) -> [UInt8] {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in blob { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  func big(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }
  return Array("assay-tpm-state1".utf8) + big(hash) + big(UInt64(blob.count)) + blob
}
