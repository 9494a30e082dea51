import Octets
import Reasons

/// A name as Docker and containerd complete it, so that `alpine` and `docker.io/library/alpine:latest` are one.
/// Compared by bytes, but for the host, of which letter case and the usual port say nothing.
package struct CompletedName: Hashable, Sendable {
  private let bytes: [UInt8]

  package init(_ name: String) {
    var rest = Array(name.utf8)[...]
    if let slash = rest.firstIndex(of: UInt8(ascii: "/")) { rest = Self.host(rest[..<slash])[...] + rest[slash...] }
    for prefix in ["index.docker.io/", "docker.io/"] where rest.starts(with: prefix.utf8) {
      rest = rest.dropFirst(prefix.utf8.count)
      break
    }
    let library = rest.dropFirst("library/".utf8.count)
    if rest.starts(with: "library/".utf8), !library.contains(UInt8(ascii: "/")) { rest = library }
    let last = rest.lastIndex(of: UInt8(ascii: "/")) ?? rest.startIndex
    let isWhole = rest[last...].contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }
    bytes = Array(rest) + (isWhole ? [] : Array(":latest".utf8))
  }

  /// Whether a layout's name is a tag alone, as OCI layouts have them: it says nothing of the repository.
  package static func isBareTag(_ name: String) -> Bool { !name.utf8.contains { "/:@".utf8.contains($0) } }

  /// A host as it is reached: in lower case, and without the port that is meant anyway.
  package static func host(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let lower = text.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    return lower.suffix(4).elementsEqual(":443".utf8) ? lower.dropLast(4) : lower
  }

  /// Whether every tool reads a full name alike: a host, perhaps with its port, segments, a tag, a digest. containerd takes
  /// dots and empty segments away, ends a repository at its first colon, and reads what looks like a URL as one.
  package static func isUnmistakable(_ name: String) -> Bool {
    var rest = Array(name.utf8)[...]
    if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
      let digest = Array(rest[(at + 1)...])
      guard (try? ClaimedDigest(digest, in: "", malformed: .imageManifestMalformed)) != nil else { return false }
      rest = rest[..<at]
      // A layout may name a digest alone.
      if rest.isEmpty { return true }
    }
    var segments = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if segments.count > 1 {
      var host = segments.removeFirst()
      if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
        guard host[(colon + 1)...].allSatisfy({ (0x30...0x39).contains($0) }), colon + 1 < host.endIndex else {
          return false
        }
        host = host[..<colon]
      }
      guard isSegment(host) else { return false }
    }
    if let colon = segments[segments.count - 1].firstIndex(of: UInt8(ascii: ":")) {
      let last = segments.removeLast()
      guard isSegment(last[(colon + 1)...]) else { return false }
      segments.append(last[..<colon])
    }
    return segments.allSatisfy(isSegment)
  }

  private static func isSegment(_ text: ArraySlice<UInt8>) -> Bool {
    !text.isEmpty && !text.allSatisfy { $0 == UInt8(ascii: ".") }
      && text.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || "._-+".utf8.contains(byte)
      }
  }
}
