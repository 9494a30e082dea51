import Octets
package import Reasons
import StrictJSON

/// An image manifest or an image index, as its bytes say; never as a descriptor says.
package enum Manifest: Sendable {
  case image(ImageManifest)
  case index(ImageIndex)

  /// A document with the members of both kinds means one image to one reader and another to the next
  /// (CVE-2021-41190), so it is refused.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    let node = try JSONNode(parsing: bytes, named: subject, malformed: .imageManifestMalformed)
    try node.verifyFields(.manifest)
    let isIndex = try node.optional("manifests") != nil
    let (layers, config) = (try node.optional("layers"), try node.optional("config"))
    let isImage = layers != nil || config != nil
    guard !(isIndex && isImage) else {
      throw node.failure("has `manifests` and `layers`: it would be an index to one reader and an image to another")
    }
    guard isIndex || isImage else { throw node.failure("has neither `manifests` nor `layers`") }
    guard try node.optional("fsLayers") == nil, try node.optional("history") == nil else {
      throw node.failure("has members of Docker's image manifest schema 1, which would be another image")
    }
    guard try node.optional("rootfs") == nil else {
      throw node.failure("has `rootfs`: it would be a configuration to another reader, and another image")
    }
    self = isIndex ? .index(try ImageIndex(node)) : .image(try ImageManifest(node))
    if let mediaType = try node.optional("mediaType")?.plainText(), contradicts(mediaType) {
      throw node.failure("mediaType “\(mediaType)” contradicts its members")
    }
  }

  /// Whether a media type, its own or that of a descriptor, would make another reader take it for another kind.
  /// Docker's manifest says itself that it is one (schema 2), and its kin go by other rules.
  func contradicts(_ mediaType: String) -> Bool {
    switch self {
    case .image(let image):
      MediaType.isIndex(mediaType)
        || mediaType == MediaType.dockerManifest && image.mediaType != MediaType.dockerManifest
    case .index: MediaType.isManifest(mediaType)
    }
  }

  package var subject: Descriptor? {
    switch self {
    case .image(let image): image.subject
    case .index(let index): index.subject
    }
  }
}

/// image-spec 1.1 manifest.md; Docker schema 2 has the same members.
package struct ImageManifest: Sendable {
  package let config: Descriptor?
  package let layers: [Descriptor]
  package let subject: Descriptor?
  package let artifactType: String?
  package let annotations: [Descriptor.Annotation]
  package let mediaType: String

  init(_ node: JSONNode) throws(Failure) {
    config = try node.optional("config").map { (value) throws(Failure) in try Descriptor(value) }
    layers = try node.descriptors("layers", atMost: Limits.layers)
    subject = try node.optional("subject").map { (value) throws(Failure) in try Descriptor(value) }
    artifactType = try node.optional("artifactType")?.plainText()
    mediaType = try node.optional("mediaType")?.plainText() ?? ""
    annotations = try Descriptor.annotations(node)
  }

  /// Every blob that the manifest needs, config first.
  package var blobs: [Descriptor] { (config.map { [$0] } ?? []) + layers }
}

/// image-spec 1.1 image-index.md.
package struct ImageIndex: Sendable {
  package let manifests: [Descriptor]
  package let subject: Descriptor?

  init(_ node: JSONNode) throws(Failure) {
    manifests = try node.descriptors("manifests", atMost: Limits.descriptors)
    subject = try node.optional("subject").map { (value) throws(Failure) in try Descriptor(value) }
  }
}

extension JSONNode {
  fileprivate func descriptors(_ key: String, atMost count: Int) throws(Failure) -> [Descriptor] {
    var list: [Descriptor] = []
    for node in try optional(key)?.elements(atMost: count) ?? [] { list.append(try Descriptor(node)) }
    return list
  }
}
