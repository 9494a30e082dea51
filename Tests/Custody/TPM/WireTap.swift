#if DEBUG
  import Glibc
  import Synchronization
  import TPM
  import TestSupport

  /// Stands between this program and a swtpm: records every byte of both directions, and can answer in the TPM's stead.
  final class WireTap: Sendable {
    private struct State {
      var bytes: [UInt8] = []
      var commands: [UInt32] = []
      var answer: @Sendable (_ command: UInt32, _ count: Int) -> UInt32? = { _, _ in nil }
      var alter: @Sendable (_ command: UInt32, _ response: [UInt8]) -> [UInt8] = { $1 }
    }

    let swtpm: SwTPM
    private let state = Mutex(State())
    private let listeners: [Int32]

    init() throws {
      swtpm = try SwTPM()
      var listeners: [Int32] = []
      for name in ["t", "t.ctrl"] { listeners.append(try Self.listen(at: swtpm.folder.path(name))) }
      self.listeners = listeners
      for (listener, name) in zip(listeners, ["s", "s.ctrl"]) {
        let target = swtpm.folder.path(name)
        let isData = name == "s"
        try startThread { [weak self] in
          while case let client = accept(listener, nil, nil), client >= 0 {
            guard let server = try? Self.connect(to: target) else {
              close(client)
              continue
            }
            Self.relay(client, server) { command in
              isData ? self?.observed(command) ?? nil : nil
            } alter: { command, response in
              isData ? self?.state.withLock { $0.alter }(command, response) ?? response : response
            } seen: { bytes in
              if isData { self?.state.withLock { $0.bytes += bytes } }
            }
            close(client)
            close(server)
          }
        }
      }
    }

    deinit { for listener in listeners { shutdown(listener, Int32(SHUT_RDWR)) } }

    var driver: TPMDriver {
      get throws { try TPMDriver(parsing: "swtpm:path=\(swtpm.folder.path("t"))", stateDirectory: "") }
    }

    /// Everything that went over the wire.
    var recorded: [UInt8] { state.withLock { $0.bytes } }
    /// TPM_CC of the commands, in order.
    var commands: [UInt32] { state.withLock { $0.commands } }

    func forget() { state.withLock { ($0.bytes, $0.commands) = ([], []) } }

    /// - Parameter answer: gives a response code in the TPM's stead, which then never sees the command; nil lets it by.
    ///   The count is that of all commands before.
    func answering(_ answer: @escaping @Sendable (_ command: UInt32, _ count: Int) -> UInt32?) {
      state.withLock { $0.answer = answer }
    }

    /// - Parameter alter: changes a response of the TPM's, header included, and keeps its length.
    func altering(_ alter: @escaping @Sendable (_ command: UInt32, _ response: [UInt8]) -> [UInt8]) {
      state.withLock { $0.alter = alter }
    }

    func carries(_ secret: [UInt8]) -> Bool {
      let bytes = recorded
      guard secret.count >= 4, bytes.count >= secret.count else { return false }
      return bytes.indices.dropLast(secret.count - 1).contains {
        bytes[$0] == secret[0] && bytes[$0..<$0 + secret.count].elementsEqual(secret)
      }
    }

    private func observed(_ command: UInt32) -> UInt32? {
      state.withLock { state in
        defer { state.commands.append(command) }
        return state.answer(command, state.commands.count)
      }
    }

    // MARK: Sockets

    private static func address(_ path: String) -> sockaddr_un {
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
      return address
    }

    private static func on(
      _ path: String, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      var address = address(path)
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      guard result == 0 else { throw SetupError(description: "socket \(path): error \(errno)") }
      return descriptor
    }

    private static func listen(at path: String) throws -> Int32 {
      let listener = try on(path, bind)
      guard Glibc.listen(listener, 4) == 0 else { throw SetupError(description: "cannot listen") }
      return listener
    }

    private static func connect(to path: String) throws -> Int32 { try on(path, Glibc.connect) }

    /// Passes bytes on until either side ends. A command is judged by its header (TPM 2.0 Part 1 §18.4); tpm2-tss sends
    /// it in one piece.
    private static func relay(
      _ client: Int32, _ server: Int32, judge: (UInt32) -> UInt32?, alter: (UInt32, [UInt8]) -> [UInt8],
      seen: ([UInt8]) -> Void
    ) {
      var command: UInt32 = 0
      while true {
        var ends = [
          pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&ends, 2, -1) > 0 else { return }
        for (index, other) in [server, client].enumerated() where ends[index].revents != 0 {
          var buffer = [UInt8](repeating: 0, count: 8192)
          let count = read(ends[index].fd, &buffer, buffer.count)
          guard count > 0 else { return }
          var bytes = Array(buffer.prefix(count))
          seen(bytes)
          if index == 0, count >= 10 { command = bytes[6..<10].reduce(0) { $0 << 8 | UInt32($1) } }
          if index == 1 { bytes = alter(command, bytes) }
          if index == 0, count >= 10, let code = judge(command) {
            let response: [UInt8] =
              [0x80, 0x01, 0, 0, 0, 10] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: code >> (8 * $0)) }
            guard write(client, response, response.count) == response.count else { return }
          } else {
            guard write(other, bytes, bytes.count) == bytes.count else { return }
          }
        }
      }
    }
  }

  private func startThread(_ body: @escaping @Sendable () -> Void) throws {
    final class Box { let body: () -> Void; init(_ body: @escaping () -> Void) { self.body = body } }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { pointer in
        Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
        return nil
      }, box)
    guard code == 0 else { throw SetupError(description: "no thread") }
    pthread_detach(thread)
  }
#endif
