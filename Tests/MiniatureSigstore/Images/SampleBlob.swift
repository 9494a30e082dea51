/// Bytes with a media type and a digest.
package struct SampleBlob: Sendable {
  package var mediaType: String
  package var bytes: [UInt8]
  /// `sha256:<hex>` or `sha512:<hex>`.
  package let digest: String

  package init(_ mediaType: String, _ bytes: [UInt8], hash: SampleHash = .sha256) {
    self.mediaType = mediaType
    self.bytes = bytes
    self.digest = digestText(bytes, hash)
  }

  package var hex: String { String(digest.drop { $0 != ":" }.dropFirst()) }
  /// `blobs/sha256/<hex>`
  package var path: String { "blobs/" + digest.replacingColon }

  package func descriptor(_ more: (String, JSONText?)...) -> JSONText {
    var members: [(String, JSONText)] = [
      ("mediaType", .string(mediaType)), ("digest", .string(digest)), ("size", .number(Int64(bytes.count))),
    ]
    for member in more {
      if let value = member.1 { members.append((member.0, value)) }
    }
    return .object(members)
  }

  /// The empty descriptor's blob, image-spec manifest.md.
  package static let empty = SampleBlob("application/vnd.oci.empty.v1+json", Array("{}".utf8))
}

extension String {
  fileprivate var replacingColon: String { String(map { $0 == ":" ? "/" : $0 }) }
}

/// Media types of OCI and Docker.
package enum SampleMediaType {
  package static let index = "application/vnd.oci.image.index.v1+json"
  package static let manifest = "application/vnd.oci.image.manifest.v1+json"
  package static let config = "application/vnd.oci.image.config.v1+json"
  package static let layer = "application/vnd.oci.image.layer.v1.tar+gzip"
  package static let zstdLayer = "application/vnd.oci.image.layer.v1.tar+zstd"
  package static let foreignLayer = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
  package static let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"
  package static let simpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json"
  package static let envelope = "application/vnd.dsse.envelope.v1+json"
  package static let statement = "application/vnd.in-toto+json"
}
