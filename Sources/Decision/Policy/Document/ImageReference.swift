package import OCIImage
import Octets
import Reasons

/// An image's name in its parts, as Docker and containerd complete it: `alpine` is `docker.io/library/alpine:latest`.
/// Text of the archive: nobody signed it.
package struct ImageReference: Hashable, Sendable {
  /// The host, and its port where there is one.
  package let registry: [UInt8]
  /// The whole name with the registry, without tag and digest.
  package let repository: [UInt8]
  /// Nil where the name has a digest only.
  package let tag: [UInt8]?

  package init(_ name: String) {
    var rest = Array(name.utf8)[...]
    let hasDigest = rest.contains(UInt8(ascii: "@"))
    if let at = rest.firstIndex(of: UInt8(ascii: "@")) { rest = rest[..<at] }
    let last = rest.lastIndex(of: UInt8(ascii: "/")) ?? rest.startIndex
    if let colon = rest[last...].firstIndex(of: UInt8(ascii: ":")) {
      tag = Array(rest[(colon + 1)...])
      rest = rest[..<colon]
    } else {
      tag = hasDigest ? nil : Array("latest".utf8)
    }
    let docker = Array("docker.io".utf8)
    if let slash = rest.firstIndex(of: UInt8(ascii: "/")), Self.isHost(rest[..<slash]) {
      let host = CompletedName.host(rest[..<slash])
      registry = host == Array("index.docker.io".utf8) ? docker : host
      rest = rest[(slash + 1)...]
    } else {
      registry = docker
    }
    let isOfficial = registry == docker && !rest.contains(UInt8(ascii: "/"))
    repository = registry + [UInt8(ascii: "/")] + (isOfficial ? Array("library/".utf8) : []) + rest
  }

  /// What containerd takes for a host in front of the first slash.
  private static func isHost(_ text: ArraySlice<UInt8>) -> Bool {
    text.contains(UInt8(ascii: ".")) || text.contains(UInt8(ascii: ":")) || text.elementsEqual("localhost".utf8)
      || text.contains { (0x41...0x5a).contains($0) }
  }

  /// The digest that a name ends with; nil where there is none.
  static func digest(in name: String) -> ClaimedDigest? {
    let bytes = Array(name.utf8)
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    return try? ClaimedDigest(Array(bytes[(at + 1)...]), in: "", malformed: .imageManifestMalformed)
  }

  /// The ends of a full name, as containerd and BuildKit write them beside it: `TAG` or `TAG@DIGEST`, and `@DIGEST`
  /// (containerd reference/reference.go, `Object`).
  static func objects(of full: String) -> [ArraySlice<UInt8>] {
    let bytes = Array(full.utf8)
    let at = bytes.firstIndex(of: UInt8(ascii: "@")) ?? bytes.endIndex
    let last = bytes[..<at].lastIndex(of: UInt8(ascii: "/")) ?? bytes.startIndex
    let colon = bytes[last..<at].lastIndex(of: UInt8(ascii: ":"))
    return (colon.map { [bytes[($0 + 1)...]] } ?? []) + (at == bytes.endIndex ? [] : [bytes[at...]])
  }
}

extension Image {
  /// The names that rules are chosen by, where the operator gives none: those of the archive. What stands beside a full name
  /// counts where it says more than that does: other tools go by it.
  package var namesThatCount: [String] {
    if names.isEmpty || tags.isEmpty { return names + tags }
    let ends = Set(names.flatMap(ImageReference.objects))
    return names + tags.filter { !CompletedName.isBareTag($0) && !ends.contains(Array($0.utf8)[...]) }
  }
}
