package import OCIImage
import Octets

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
      let host = Array(rest[..<slash])
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
  }

  /// Whether a layout's name is a tag alone, as OCI layouts have them: it says nothing of the repository.
  static func isBareTag(_ name: String) -> Bool { !name.utf8.contains { "/:@".utf8.contains($0) } }

  /// Whether a name is the end of this full one, as containerd and BuildKit write it beside that: `TAG`, `TAG@DIGEST` or
  /// `@DIGEST` (containerd reference/reference.go, `Object`).
  static func isObject(_ name: String, of full: String) -> Bool {
    let object = name.utf8
    guard !object.contains(UInt8(ascii: "/")), !object.prefix(while: { $0 != UInt8(ascii: "@") }).contains(0x3a) else {
      return false
    }
    return full.hasBytes(atItsEnd: object.first == UInt8(ascii: "@") ? name : ":" + name)
  }
}

extension Image {
  /// The names that rules are chosen by, where the operator gives none: those of the archive. What stands beside a full name
  /// counts where it says more than that does: other tools go by it.
  package var namesThatCount: [String] {
    if names.isEmpty { return tags }
    return names
      + tags.filter { tag in
        !ImageReference.isBareTag(tag) && !names.contains { ImageReference.isObject(tag, of: $0) }
      }
  }
}

extension String {
  fileprivate func hasBytes(atItsEnd end: String) -> Bool { utf8.suffix(end.utf8.count).elementsEqual(end.utf8) }
}
