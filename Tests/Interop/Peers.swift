import FoundationEssentials
import TestSupport

/// A program of other people's that `fetch-peers` has fetched, beside cosign.
enum Peer: String, Sendable, CaseIterable {
  case crane, oras, skopeo

  private var path: String { ".build/peers/bin/\(rawValue)" }

  /// It is there and starts.
  var isPresent: Bool { (try? TestSupport.run([path, "--help"]))?.status == 0 }

  static let absence = "needs crane, oras and skopeo: run Tests/Interop/fetch-peers"

  static let areAllPresent = allCases.allSatisfy(\.isPresent)

  func command(_ arguments: [String]) -> [String] {
    [path] + (self == .skopeo ? ["--insecure-policy"] : []) + arguments
  }

  /// Runs it where only loopback answers. Throws unless it ends with 0; returns what it wrote.
  @discardableResult
  func run(_ arguments: [String], home: TemporaryFolder) throws -> String {
    String(decoding: try runChecked(command(arguments), environment: Isolation.environment(home)), as: UTF8.self)
  }
}

/// How peers are kept off the network: what they do here they do offline.
enum Isolation {
  /// Starts a program where there is no network at all, not even loopback; empty where the kernel does not let us.
  static let alone: [String] =
    [["unshare", "--user", "--map-root-user", "--net"], ["unshare", "--net"]]
    .first { (try? run($0 + ["true"]))?.status == 0 } ?? []

  /// No settings of the user's, and a proxy where nobody listens for all but loopback.
  static func environment(_ home: TemporaryFolder) -> [String: String] {
    let nobody = "http://127.0.0.1:1"
    return [
      "HOME": home.path, "HTTP_PROXY": nobody, "HTTPS_PROXY": nobody, "NO_PROXY": "127.0.0.1", "COSIGN_PASSWORD": "",
    ]
  }
}

/// A registry on loopback, in memory, for as long as the value lives: `crane registry serve`.
final class Registry: Sendable {
  /// Settings of the programs that talk to it.
  let home: TemporaryFolder
  /// `127.0.0.1:port`
  let host: String
  private let companion: Companion

  init() throws {
    let home = try TemporaryFolder()
    let log = home.path("registry.log")
    companion = try Companion(Peer.crane.command(["registry", "serve", "--address", "127.0.0.1:0"]), log: log)
    var port: Substring = ""
    try Companion.wait(for: "the registry") {
      // “… serving on port 35113”
      let lines = (try? readFile(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      guard let place = lines.firstRange(of: "serving on port "), let end = lines.lastIndex(of: "\n") else {
        return false
      }
      port = lines[place.upperBound..<end].prefix { $0.isNumber }
      return !port.isEmpty
    }
    host = "127.0.0.1:\(port)"
    self.home = home
    try home.write("registries.d/here.yaml", Array("docker:\n  \(host):\n    use-sigstore-attachments: true\n".utf8))
  }

  /// Takes an image in as `name`, `host/repository:tag`, out of a layout that names it by the same tag.
  func push(_ layout: String, to name: String) throws {
    let tag = name[name.index(after: name.lastIndex(of: ":")!)...]
    try Peer.skopeo.run(
      ["copy", "--quiet", "--all", "--dest-tls-verify=false", "oci:\(layout):\(tag)", "docker://\(name)"], home: home)
  }
}
