import Octets

/// A package URL (package-url/purl-spec): `pkg:deb/debian/openssl@3.0.1?arch=amd64`, decoded, so that spellings compare.
package struct PackageURL: Hashable, Sendable {
  /// Type, namespace and name, with `/` between; the type in lower case.
  package let package: [UInt8]
  package let version: [UInt8]?
  package let qualifiers: [[UInt8]: [UInt8]]
  package let subpath: [UInt8]?

  /// Nil where the text is none.
  package init?(_ text: [UInt8]) {
    guard text.count > 4, text[..<4].map({ $0 | 0x20 }).elementsEqual("pkg:".utf8) else { return nil }
    var rest = text[4...].drop { $0 == UInt8(ascii: "/") }
    var (subpath, qualifiers): ([UInt8]?, [[UInt8]: [UInt8]]) = (nil, [:])
    if let mark = rest.lastIndex(of: UInt8(ascii: "#")) {
      guard let decoded = PercentDecoding.decode(rest[(mark + 1)...]) else { return nil }
      (subpath, rest) = (decoded.isEmpty ? nil : decoded, rest[..<mark])
    }
    if let mark = rest.lastIndex(of: UInt8(ascii: "?")) {
      for pair in rest[(mark + 1)...].split(separator: UInt8(ascii: "&")) {
        let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let value = PercentDecoding.decode(parts[1]) else { return nil }
        if !value.isEmpty { qualifiers[Self.lowered(parts[0])] = value }
      }
      rest = rest[..<mark]
    }
    // An `@` in an earlier segment, or as a segment's first letter, belongs to the name: `@angular/core`.
    let segment = rest.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? rest.startIndex
    var version: [UInt8]?
    if let mark = rest[segment...].lastIndex(of: UInt8(ascii: "@")), mark > segment {
      guard let decoded = PercentDecoding.decode(rest[(mark + 1)...]) else { return nil }
      (version, rest) = (decoded.isEmpty ? nil : decoded, rest[..<mark])
    }
    var segments: [[UInt8]] = []
    for part in rest.split(separator: UInt8(ascii: "/")) {
      guard let decoded = PercentDecoding.decode(part) else { return nil }
      segments.append(segments.isEmpty ? Self.lowered(decoded) : decoded)
    }
    guard segments.count >= 2 else { return nil }
    package = Array(segments.joined(separator: [UInt8(ascii: "/")]))
    (self.version, self.qualifiers, self.subpath) = (version, qualifiers, subpath)
  }

  /// The digest of the image that this names (purl-spec, types `oci`): `pkg:oci/name@sha256:…`.
  package var imageDigest: [UInt8]? { package.starts(with: "oci/".utf8) ? version : nil }

  /// Whether what this says of a package is said of `other`: all that stands in this one stands in the other.
  package func covers(_ other: PackageURL) -> Bool {
    package == other.package && (version == nil || version == other.version)
      && (subpath == nil || subpath == other.subpath)
      && qualifiers.allSatisfy { other.qualifiers[$0.key] == $0.value }
  }

  private static func lowered(_ text: some Collection<UInt8>) -> [UInt8] {
    text.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
  }
}
