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
    let hasManifests = try node.optional("manifests") != nil
    let (layers, config) = (try node.optional("layers"), try node.optional("config"))
    let hasLayers = layers != nil || config != nil
    switch (hasManifests, hasLayers) {
    case (true, true):
      throw node.failure("has `manifests` and `layers`: it would be an index to one reader and an image to another")
    case (true, false): self = .index(try ImageIndex(node))
    case (false, true): self = .image(try ImageManifest(node))
    case (false, false): throw node.failure("has neither `manifests` nor `layers`")
    }
    if let mediaType = try node.optional("mediaType")?.string() {
      let namesIndex = mediaType == MediaType.ociIndex || mediaType == MediaType.dockerList
      let namesImage = mediaType == MediaType.ociManifest || mediaType == MediaType.dockerManifest
      guard !(namesIndex && hasLayers), !(namesImage && hasManifests) else {
        throw node.failure("mediaType “\(printable(mediaType))” contradicts its members")
      }
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

  init(_ node: JSONNode) throws(Failure) {
    config = try node.optional("config").map { (value) throws(Failure) in try Descriptor(value) }
    layers = try node.descriptors("layers", atMost: Limits.layers)
    subject = try node.optional("subject").map { (value) throws(Failure) in try Descriptor(value) }
    artifactType = try node.optional("artifactType")?.string()
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
