#if DEBUG
  import Cryptography
  import Glibc
  import TPM
  import TestSupport
  import Testing

  /// What stays in this process's memory of secrets that it has let go. With swtpm, because a software TPM in this
  /// process knows them itself.
  @Suite(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) struct MemoryTests {
    @Test func secretsLeaveNothingBehind() throws {
      let bench = try Bench(.swtpm)
      let tpm = try TPM.open(bench.driver)
      let typed: SecretBytes? = secret("482913")
      let made = try Provisioning.provision(tpm, authority: nil, pin: typed)
      let keys = made.keys
      let custody = try CustodyTPM(tpm, keys, try #require(made.approved))
      let memory = try Memory(needles: 4)
      do {
        memory.remember(try #require(keys.pin).auth(of: secret("482913")), at: 3)
        #expect(try memory.places(of: 3) == [], "provisioning")
        _ = try custody.signReport(digest([1]), pin: typed)
        #expect(try memory.places(of: 3) == [], "signing")
        memory.remember(try custody.unsealStoreKey(), at: 3)
        #expect(try memory.places(of: 3) == [], "sealing")
      }
      do {
        let secrets = EscrowSecrets.random()
        memory.remember(secrets.owner, at: 0)
        memory.remember(secrets.endorsement, at: 1)
        memory.remember(secrets.lockout, at: 2)
        func expectOnlyTheirOwn(_ after: String) throws {
          // Each is seen where it is kept, so that the search is one.
          for needle in 0..<3 { #expect(try memory.places(of: needle).count == 1, "\(needle) after \(after)") }
        }
        try expectOnlyTheirOwn("nothing")
        try Provisioning.takeOwnership(tpm, of: keys, secrets)
        try expectOnlyTheirOwn("taking ownership")
        try custody.resetLockout(secrets.lockout)
        try expectOnlyTheirOwn("resetting the lockout")
        try Provisioning.retire(tpm, keys, secrets)
        try expectOnlyTheirOwn("retiring")
      }
      for needle in 0..<3 { #expect(try memory.places(of: needle) == [], "\(needle)") }
    }
  }

  /// The writable memory of this process, but for a place of its own that holds what is searched for.
  private final class Memory {
    private static let chunk = 1 << 20
    private static let size = 32
    private let own: UnsafeMutableRawPointer
    private let length: Int

    init(needles: Int) throws {
      length = Self.chunk + needles * Self.size
      // Shared, so that the kernel joins it to no other mapping.
      own = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
      guard own != MAP_FAILED else { throw SetupError(description: "no memory") }
    }

    deinit { munmap(own, length) }

    private func needle(_ number: Int) -> UnsafeMutableRawPointer { own + Self.chunk + number * Self.size }

    func remember(_ secret: borrowing SecretBytes, at number: Int) {
      secret.withBytes { bytes, count in needle(number).copyMemory(from: bytes, byteCount: min(count, Self.size)) }
    }

    /// Where it stands, as the kernel names the mapping.
    func places(of number: Int) throws -> [String] {
      let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
      guard memory >= 0 else { throw SetupError(description: "no /proc/self/mem") }
      defer { close(memory) }
      var found: [String] = []
      for mapping in try mappings() where mapping.start != UInt(bitPattern: own) {
        var place = mapping.start
        while place < mapping.end {
          let count = pread(memory, own, min(Self.chunk, Int(mapping.end - place)), off_t(place))
          // Gone since.
          guard count > 0 else { break }
          if let offset = offset(of: number, within: count) {
            found.append("\(mapping.name) \(String(place + UInt(offset), radix: 16))")
          }
          guard count > Self.size, place + UInt(count) < mapping.end else { break }
          place += UInt(count - Self.size)
        }
      }
      return found
    }

    private func offset(of number: Int, within count: Int) -> Int? {
      let first = Int32(needle(number).load(as: UInt8.self))
      var offset = 0
      while count - offset >= Self.size, let hit = memchr(own + offset, first, count - offset - Self.size + 1) {
        if memcmp(hit, needle(number), Self.size) == 0 { return hit - own }
        offset = hit - own + 1
      }
      return nil
    }

    private func mappings() throws -> [(start: UInt, end: UInt, name: String)] {
      try readFile("/proc/self/maps").split(separator: 0x0A).compactMap { line in
        let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard fields[1].hasPrefix("rw"), ends.count == 2 else { return nil }
        return (ends[0], ends[1], fields.count > 5 ? String(fields[5]) : "anonymous")
      }
    }
  }
#endif
