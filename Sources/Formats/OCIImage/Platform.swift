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
    try node.verifyFields(.platform)
    os = try node.optional("os")?.plainText() ?? ""
    architecture = try node.optional("architecture")?.plainText() ?? ""
    variant = try node.optional("variant")?.plainText().nonEmpty
    osVersion = try node.optional("os.version")?.plainText().nonEmpty
  }

  /// What a configuration says that its image runs on (image-spec 1.1 config.md); nil where it says nothing, as artifacts'
  /// do.
  static func configured(_ node: JSONNode) throws(Failure) -> Platform? {
    guard case .object = node.value else { return nil }
    return try Platform(node).stated
  }

  /// Nil where it names no system, or no processor: a machine takes that for its own (containerd platforms, `Normalize`;
  /// Docker and podman warn at the most).
  var stated: Platform? { os.isEmpty || architecture.isEmpty ? nil : self }

  package init(os: String, architecture: String, variant: String?, osVersion: String?) {
    self.os = os
    self.architecture = architecture
    self.variant = variant
    self.osVersion = osVersion
  }

  /// Reads `OS[(OS.VERSION)]/ARCH[/VARIANT]`, as containerd writes it. Nil where the text is none.
  package init?(_ text: String) {
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), !parts.contains("") else { return nil }
    let system = parts[0].split(separator: "(", omittingEmptySubsequences: false).map(String.init)
    let version = system.count == 2 && system[1].last == ")" ? String(system[1].dropLast()) : nil
    guard system.count == 1 || version?.isEmpty == false, !system[0].isEmpty else { return nil }
    guard !(system[0] + (version ?? "") + parts.dropFirst().joined()).contains(where: { $0 == "(" || $0 == ")" }) else {
      return nil
    }
    os = system[0]
    osVersion = version
    architecture = parts[1]
    variant = parts.count == 3 ? parts[2] : nil
  }

  /// Whether an image for `self` is what was asked for: what the question leaves open matches anything.
  package func satisfies(_ wanted: Platform) -> Bool {
    let (own, other) = (normal, wanted.normal)
    return own.os == other.os && own.architecture == other.architecture
      && (other.variant == nil || other.variant == own.effectiveVariant)
      && (other.osVersion == nil || other.osVersion == own.osVersion)
  }

  /// As containerd takes it: other words for the same system, processor or variant (platforms/database.go).
  private var normal: Platform {
    let system = os.lowered
    let (processor, variant): (String, String?) =
      switch architecture.lowered {
      case "i386": ("386", nil)
      case "x86_64", "x86-64": ("amd64", self.variant)
      case "aarch64": ("arm64", self.variant)
      case "armhf": ("arm", "v7")
      case "armel": ("arm", "v6")
      case let other: (other, self.variant)
      }
    var known = variant?.lowered
    switch (processor, known) {
    case ("arm", "5"), ("arm", "6"), ("arm", "7"), ("arm", "8"): known = "v" + (known ?? "")
    case ("arm64", "8"), ("arm64", "8.0"), ("arm64", "v8.0"): known = "v8"
    case ("arm64", "9"), ("arm64", "9.0"), ("arm64", "v9.0"): known = "v9"
    default: break
    }
    return Platform(
      os: system == "macos" ? "darwin" : system, architecture: processor, variant: known, osVersion: osVersion)
  }

  /// The variant that is meant where none is written.
  private var effectiveVariant: String? {
    switch (architecture, variant) {
    case ("arm64", nil): "v8"
    case ("arm", nil): "v7"
    case ("amd64", nil): "v1"
    default: variant
    }
  }

  /// BuildKit lists its attestation manifests under this platform.
  var isUnknown: Bool { os == "unknown" && architecture == "unknown" }

  package var description: String {
    let version = osVersion.map { "(\(printable($0)))" } ?? ""
    let suffix = variant.map { "/\(printable($0))" } ?? ""
    return "\(printable(os))\(version)/\(printable(architecture))\(suffix)"
  }
}

extension String {
  var nonEmpty: String? { isEmpty ? nil : self }

  fileprivate var lowered: String { utf8.contains { (0x41...0x5a).contains($0) } ? lowercased() : self }
}
