import Cryptography
import MediumRecord
import MiniatureSigstore
import OCIImage
import Octets
import Quarantine
import Reasons
import TestSupport

/// An OCI layout that is made up blob by blob: for what no tool writes.
struct LayoutSketch {
  static let manifestType = "application/vnd.oci.image.manifest.v1+json"
  static let indexType = "application/vnd.oci.image.index.v1+json"

  struct Blob {
    let digest: ClaimedDigest
    let size: Int

    /// A descriptor of it.
    func described(as type: String = "x/y", size: Int? = nil, _ annotations: [String: String] = [:]) -> String {
      let notes = annotations.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
      return "{\"mediaType\":\"\(type)\",\"digest\":\"\(digest)\",\"size\":\(size ?? self.size)"
        + (notes.isEmpty ? "}" : ",\"annotations\":{\(notes)}}")
    }
  }

  private var blobs: [MediumEntry] = []
  private var listed: [String] = []

  mutating func blob(_ bytes: [UInt8]) -> Blob {
    let digest = ClaimedDigest(Cryptography.digest(bytes))
    blobs.append(MediumEntry("blobs/sha256/\(digest.hex)", bytes))
    return Blob(digest: digest, size: bytes.count)
  }

  mutating func blob(_ text: String) -> Blob { blob(Array(text.utf8)) }

  /// - Parameter more: further members.
  mutating func manifest(layers: [String], _ more: String = "") -> Blob {
    blob("{\"schemaVersion\":2,\"layers\":[\(layers.joined(separator: ","))]\(more.isEmpty ? "" : "," + more)}")
  }

  mutating func index(of children: [String], _ more: String = "") -> Blob {
    blob("{\"schemaVersion\":2,\"manifests\":[\(children.joined(separator: ","))]\(more.isEmpty ? "" : "," + more)}")
  }

  /// An image with one layer.
  mutating func image(_ name: String = "image") -> Blob {
    let layer = blob("layer of \(name)")
    return manifest(layers: [layer.described(as: "application/vnd.oci.image.layer.v1.tar")])
  }

  /// Several images, listed.
  mutating func images(_ count: Int) -> [Blob] {
    (0..<count).map { number in
      let image = image("\(number)")
      list(image, as: "v\(number)")
      return image
    }
  }

  /// Something that says that it hangs on another.
  mutating func attachment(to subject: Blob, padding: Int = 0) -> Blob {
    let document = blob("{\"of\":\"\(subject.digest)\"}")
    return manifest(
      layers: [document.described()],
      "\"config\":{\"mediaType\":\"a/b\",\"digest\":\"\(document.digest)\",\"size\":\(document.size)},"
        + "\"subject\":\(subject.described())" + String(repeating: " ", count: padding))
  }

  /// Lists a descriptor in the layout's index.
  mutating func list(_ descriptor: String) { listed.append(descriptor) }

  mutating func list(_ blob: Blob, as name: String) {
    list(blob.described(as: Self.manifestType, ["org.opencontainers.image.ref.name": name]))
  }

  var entries: [MediumEntry] {
    [
      MediumEntry("oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)),
      MediumEntry(
        "index.json", Array("{\"schemaVersion\":2,\"manifests\":[\(listed.joined(separator: ","))]}".utf8)),
    ] + blobs
  }

  /// Leaves a copy of it on its way into a quarantine.
  /// - Returns: the medium's id.
  func left(in rig: QuarantineRig) throws -> String {
    let path = rig.folder.path("left")
    try Packing.tar.write(entries, to: path, style: .plain)
    return try rig.leave(path).id
  }

  /// Takes it into a quarantine.
  /// - Returns: the medium's id.
  func taken(by rig: QuarantineRig) throws -> String {
    let path = rig.folder.path("sketch")
    try Packing.tar.write(entries, to: path, style: .plain)
    return try rig.take(path).record.id
  }
}

extension QuarantineRig {
  /// Why an image is not let out, and by which digest; nil where it would be.
  func refusal(
    _ image: ClaimedDigest, in shape: ImageArchive.Shape = .ociLayout, of id: String,
    without absent: Set<ClaimedDigest> = []
  ) throws -> Failure? {
    do { _ = try quarantine.rehash(image, in: shape, of: id, without: absent) } catch QuarantineError.input(let failure)
    {
      return failure
    }
    return nil
  }
}
