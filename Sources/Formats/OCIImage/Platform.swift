import Octets
import Reasons
import StrictJSON

/// Operating system and processor that an image is for (image-spec 1.1 image-index.md).
package struct Platform: Hashable, Sendable, CustomStringConvertible {
  package let os: String
  package let architecture: String
  package let variant: String?
  package let osVersion: String?

  init(_ node: JSONNode) throws(Failure) {
    os = try node.optional("os")?.string() ?? ""
    architecture = try node.optional("architecture")?.string() ?? ""
    variant = try node.optional("variant")?.string()
    osVersion = try node.optional("os.version")?.string()
  }

  /// Reads `OS[(OS.VERSION)]/ARCH[/VARIANT]`, as containerd writes it. Nil where the text is none.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), !parts.contains("") else { return nil }
    if let open = parts[0].firstIndex(of: "(") {
      guard parts[0].hasSuffix(")"), open != parts[0].startIndex else { return nil }
      os = String(parts[0][..<open])
      osVersion = String(parts[0][parts[0].index(after: open)...].dropLast())
    } else {
      os = parts[0]
      osVersion = nil
    }
    architecture = parts[1]
    variant = parts.count == 3 ? parts[2] : nil
  }

  /// Whether an image for `self` is what was asked for: what the question leaves open matches anything.
  package func satisfies(_ wanted: Platform) -> Bool {
    os == wanted.os && architecture == wanted.architecture
      && (wanted.variant == nil || wanted.variant == variant)
      && (wanted.osVersion == nil || wanted.osVersion == osVersion)
  }

  /// BuildKit lists its attestation manifests under this platform.
  var isUnknown: Bool { os == "unknown" && architecture == "unknown" }

  package var description: String {
    let version = osVersion.map { "(\(printable($0)))" } ?? ""
    let suffix = variant.map { "/\(printable($0))" } ?? ""
    return "\(printable(os))\(version)/\(printable(architecture))\(suffix)"
  }
}
