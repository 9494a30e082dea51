import Glibc
import TestSupport

/// What a role has in a probe, and what lies beside it.
struct RoleBench {
  /// How an attempt ends.
  enum End: Int32, CustomStringConvertible {
    case done = 0
    /// EPERM, EBADF, EAGAIN, ENOMEM, EACCES, EMFILE as the kernel gives them.
    case notPermitted = 1
    case notOpen = 9
    case noMoreProcesses = 11
    case noMemory = 12
    case denied = 13
    case tooManyOpen = 24
    /// EFBIG: more than a file may have.
    case tooLarge = 27
    /// The probe itself, started anew: it wants arguments.
    case executed = 64
    /// The probe could not confine itself.
    case notConfined = 68
    /// ESOCKTNOSUPPORT: seccomp's answer for sockets of other types.
    case noSuchSocket = 94
    /// Killed by seccomp.
    case killed = 159

    var description: String { "\(rawValue)" }

    /// The same on a kernel that knows no Landlock.
    var withoutLandlock: End { self == .denied ? .done : self }
  }

  enum Kernel: String {
    case usual
    case withoutLandlock = "without-landlock"
    case withoutSeccomp = "without-seccomp"
    case lettingAllThrough = "letting-all-through"
  }

  /// What an act is tried on.
  enum Target {
    /// In the folder that the role has, or beside it. Where an act takes two names, the other one is new in the folder.
    case inside, outside
    /// Of the folder; of what is beside it.
    case folder, home
    /// Beside it, on a way through it.
    case climbing
    /// Not there yet: beside the folder, and in it.
    case new, newInside
    /// From in the folder to beside it.
    case leaving
    /// What is copied from, and what was copied before.
    case medium, newOnMedium, contents, newInContents
    /// A socket in the folder that somebody listens at, and one that has no file.
    case socket, abstractSocket
  }

  private let home = try! TemporaryFolder()
  private let folder: String

  init() throws {
    folder = try home.makeFolder("folder")
    for name in ["folder/inside", "outside", "medium/inside", "contents/inside"] {
      try home.write(name, Array("inside".utf8))
    }
  }

  /// - Parameter command: what starts the probe, where that matters.
  func end(
    of act: String, as role: String, on target: Target = .inside, kernel: Kernel = .usual, by command: [String] = []
  ) throws -> Int32 {
    var other = folder + "/other"
    var listener: Listener?
    defer { withExtendedLifetime(listener) {} }
    let path: String
    switch target {
    case .inside: path = folder + "/inside"
    case .outside: path = home.path("outside")
    case .folder: path = folder
    case .home: path = home.path
    case .climbing: path = folder + "/../outside"
    case .new: path = home.path("new")
    case .newInside: path = folder + "/new"
    case .leaving: (path, other) = (folder + "/inside", home.path("other"))
    case .medium: path = home.path("medium/inside")
    case .newOnMedium: path = home.path("medium/new")
    case .contents: path = home.path("contents/inside")
    case .newInContents: path = home.path("contents/new")
    case .socket:
      path = folder + "/socket"
      listener = try Listener(at: path)
    case .abstractSocket:
      // A new one each time: a program that another test is starting has this process's sockets until it is executed, and
      // so long the name is taken.
      (path, other) = (folder, "@assay-\(UInt64.random(in: .min ... .max))-\(home.path.suffix(36))")
      listener = try Listener(at: other)
    }
    return try run(command + [Products.path("role-probe"), role, kernel.rawValue, act, path, other, folder]).status
  }

  /// The version of Landlock that a role says.
  func landlock(of role: String, kernel: Kernel = .usual) throws -> Int32 {
    try end(of: "say-landlock", as: role, kernel: kernel) - 100
  }
}

/// A socket that somebody listens at; `@name` is one without a file.
private final class Listener {
  private let descriptor: Int32

  init(at path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.prefix($0.count - 1)) }
    let head = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
    // A file's name ends with NUL.
    let length = socklen_t(head + name.count + (name.first == 0 ? 0 : 1))
    let bound = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0, listen(descriptor, 4) == 0 else {
      throw RunError(description: "\(path): no socket, errno \(errno)")
    }
  }

  deinit { close(descriptor) }
}
