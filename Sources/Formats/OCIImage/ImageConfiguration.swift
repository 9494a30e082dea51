package import Octets
package import Reasons
import StrictJSON

/// What an image's own configuration says (image-spec 1.1 config.md), for images that go by it: those of a docker-archive.
package struct ImageConfiguration {
  /// Layers as they are unpacked, `rootfs.diff_ids`.
  package let contents: [ClaimedDigest]
  let platform: Platform?

  /// - Throws: also for what is a manifest as well: one digest must not be one image to whoever reads a manifest, and another
  ///   one to whoever reads a configuration. (`Manifest` refuses `rootfs`.)
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    let node = try JSONNode(parsing: bytes, named: subject, malformed: .imageManifestMalformed)
    try node.verifyFields(.configuration)
    for key in ["layers", "manifests"] where try node.optional(key) != nil {
      throw node.failure("“\(key)” stands in manifests, and in no configuration")
    }
    if let config = try node.optional("config"), case .object = config.value {
      try config.verifyFields(.descriptor)
      guard try config.optional("digest") == nil else {
        throw config.failure("it is a descriptor, as in manifests, and in no configuration")
      }
    }
    let root = try node.required("rootfs")
    try root.verifyFields(.rootFileSystem)
    var contents: [ClaimedDigest] = []
    for identifier in try root.optional("diff_ids")?.elements(atMost: Limits.layers) ?? [] {
      contents.append(try identifier.digest())
    }
    self.contents = contents
    platform = try Platform.configured(node)
  }
}
