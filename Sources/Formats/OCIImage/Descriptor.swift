import Cryptography
package import Octets
import Reasons
import StrictJSON

/// An OCI content descriptor (image-spec 1.1 descriptor.md), or Docker's older equal.
package struct Descriptor: Hashable, Sendable {
  /// Printable ASCII; empty where it is absent.
  package let mediaType: String
  package let digest: ClaimedDigest
  /// Size of the target in bytes.
  package let size: UInt64
  package let annotations: [Annotation]
  package let platform: Platform?
  /// Where else the target may be had: the mark of a foreign layer.
  package let urls: Int
  package let artifactType: String?

  package struct Annotation: Hashable, Sendable {
    package let key: [UInt8]
    package let value: String
  }

  /// - Parameter node: the JSON object. Unknown fields are ignored, as the specification asks.
  init(_ node: JSONNode) throws(Failure) {
    try node.verifyFields(.descriptor)
    mediaType = try node.optional("mediaType")?.plainText() ?? ""
    digest = try node.required("digest").digest()
    let length = try node.required("size").integer()
    guard length >= 0 else { throw node.failure("size is negative") }
    size = UInt64(length)
    annotations = try Self.annotations(node)
    platform = try node.optional("platform").map { (value) throws(Failure) in try Platform(value) }
    urls = try node.optional("urls")?.elements(atMost: Limits.urls).count ?? 0
    artifactType = try node.optional("artifactType")?.plainText()
    if let embedded = try node.optional("data") { try verifyEmbedded(embedded) }
  }

  /// `data` is the target itself. We never use it, but whoever does must find the same bytes there.
  private func verifyEmbedded(_ node: JSONNode) throws(Failure) {
    let data = try node.base64()
    guard UInt64(data.count) == size else {
      throw node.failure("\(data.count) bytes, and the descriptor says \(size)", .blobSizeMismatch)
    }
    guard digest == Cryptography.digest(data, digest.algorithm) else {
      throw node.failure("the embedded bytes are not those of \(digest)", .blobDigestMismatch)
    }
  }

  static func annotations(_ node: JSONNode) throws(Failure) -> [Annotation] {
    guard let node = try node.optional("annotations") else { return [] }
    let members = try node.members()
    guard members.count <= Limits.annotations else {
      throw node.failure("\(members.count) annotations; at most \(Limits.annotations) are read", .jsonLimitExceeded)
    }
    var list: [Annotation] = []
    for (key, value) in members { list.append(Annotation(key: key, value: try value.string())) }
    return list
  }

  package func annotation(_ key: String) -> String? { annotations.value(key) }

  /// Whether it is of a type that may be left out.
  package var isForeign: Bool { MediaType.isForeign(mediaType) }
}

extension String {
  /// A full name by the place where it stands, as Docker and containerd complete it: `alpine` alone would be a layout's tag.
  var withTag: String {
    !isEmpty && CompletedName.isBareTag(self) ? self + ":latest" : self
  }
}

extension [Descriptor.Annotation] {
  func value(_ key: String) -> String? { first { $0.key.elementsEqual(key.utf8) }?.value }
}

extension JSONNode {
  /// A string that is a digest.
  func digest() throws(Failure) -> ClaimedDigest {
    let text = try bytes()
    do throws(Failure) {
      return try ClaimedDigest(text, in: "", malformed: .imageManifestMalformed)
    } catch {
      throw failure(error.detail, error.reason)
    }
  }
}
