/// A name as Docker and containerd complete it, so that `alpine` and `docker.io/library/alpine:latest` are one.
/// Compared by bytes, but for the host, of which letter case and the usual port say nothing.
package struct CompletedName: Hashable, Sendable {
  private let bytes: [UInt8]

  package init(_ name: String) {
    var rest = Array(name.utf8)[...]
    if let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
      let host = rest[..<slash].map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
      rest = (host.suffix(4).elementsEqual(":443".utf8) ? host.dropLast(4) : host[...]) + rest[slash...]
    }
    for prefix in ["index.docker.io/", "docker.io/"] where rest.starts(with: prefix.utf8) {
      rest = rest.dropFirst(prefix.utf8.count)
      break
    }
    if rest.starts(with: "library/".utf8) { rest = rest.dropFirst("library/".utf8.count) }
    let last = rest.lastIndex(of: UInt8(ascii: "/")) ?? rest.startIndex
    let isWhole = rest[last...].contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }
    bytes = Array(rest) + (isWhole ? [] : Array(":latest".utf8))
  }
}
