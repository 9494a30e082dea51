import Octets
import Reasons
import StrictJSON

/// The member names of one kind of object.
///
/// The tools that import images are written in Go, whose JSON reader takes a name in any letter case, and of several
/// the last. `{"manifests": […], "Manifests": […]}` would show us one list and containerd another, so a name that Go
/// would take for a known one, and that is not it byte for byte, is refused. (Annotations are maps: there case counts.)
struct FieldNames: Sendable {
  private let exact: Set<[UInt8]>
  private let folded: Set<[UInt8]>

  init(_ names: String...) {
    exact = Set(names.map { Array($0.utf8) })
    folded = Set(exact.map(Self.fold))
  }

  static let manifest = FieldNames(
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations",
    "fsLayers", "history", "rootfs")
  static let descriptor = FieldNames(
    "mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType")
  static let platform = FieldNames("architecture", "os", "os.version", "os.features", "variant")
  static let configuration = FieldNames(
    "architecture", "os", "os.version", "os.features", "variant", "rootfs", "layers", "manifests")
  static let rootFileSystem = FieldNames("type", "diff_ids")
  static let dockerEntry = FieldNames("Config", "RepoTags", "Layers", "Parent", "LayerSources")
  /// No members, but files at the top of an archive, which a medium without letter case gives under other names.
  static let topFiles = FieldNames("index.json", "oci-layout", "manifest.json", "repositories")
  static let layoutMarker = FieldNames("imageLayoutVersion")

  func isLookalike(_ name: [UInt8]) -> Bool { !exact.contains(name) && folded.contains(Self.fold(name)) }

  /// Simple case folding as far as it reaches ASCII letters: A–Z, U+017F (ſ, folds to s), U+212A (Kelvin sign, to k).
  private static func fold(_ name: [UInt8]) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(name.count)
    var rest = name[...]
    while let byte = rest.first {
      if rest.starts(with: [0xc5, 0xbf]) {
        folded.append(UInt8(ascii: "s"))
        rest = rest.dropFirst(2)
      } else if rest.starts(with: [0xe2, 0x84, 0xaa]) {
        folded.append(UInt8(ascii: "k"))
        rest = rest.dropFirst(3)
      } else {
        folded.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
        rest = rest.dropFirst()
      }
    }
    return folded
  }
}

extension JSONNode {
  /// Refuses names that another reader would take for one of `names`.
  func verifyFields(_ names: FieldNames) throws(Failure) {
    guard case .object(let object) = value else { return }
    for member in object.members where names.isLookalike(member.key) {
      throw failure("“\(printable(member.key, limit: 40))” would be another field to readers that ignore letter case")
    }
  }

  /// A string of printable ASCII: media types and platforms are nothing else, and String compares ASCII byte by byte.
  func plainText() throws(Failure) -> String {
    let text = try bytes()
    guard text.allSatisfy({ (0x20...0x7e).contains($0) }) else { throw failure("no plain ASCII text") }
    return String(decoding: text, as: UTF8.self)
  }
}
