package import Octets
package import Reasons
import StrictJSON

/// The payload that cosign signs for an image in its older format (cosign specs/SIGNATURE_SPEC.md, Simple Signing).
///
///     {"critical": {"identity": {"docker-reference": "…"}, "image": {"docker-manifest-digest": "sha256:…"},
///      "type": "cosign container image signature"}, "optional": {…}}
package struct SimpleSigning: Sendable {
  /// `critical.type`: a payload for another purpose, such as `atomic container signature`, is none for an image here.
  package static let type = Array("cosign container image signature".utf8)

  /// The image that the signature is about.
  package let manifestDigest: ClaimedDigest
  /// The name under which it was signed; cosign ignores it. Empty where there is none.
  package let dockerReference: [UInt8]

  /// Reads a payload; unknown fields and `optional` are ignored.
  /// - Throws: `statement.malformed`, `blob.digest-unsupported`, or what `JSON(parsing:)` throws.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    let node = try JSONNode(parsing: bytes, named: "simple-signing payload", malformed: .statementMalformed)
    let critical = try node.required("critical")
    let type = try critical.required("type")
    let typeBytes = try type.bytes()
    guard typeBytes == Self.type else {
      throw type.failure("“\(printable(typeBytes, limit: 80))” is no type that Assay reads")
    }
    let digest = try critical.required("image").required("docker-manifest-digest")
    manifestDigest = try ClaimedDigest(
      try digest.bytes(), in: "simple-signing payload: \(digest.path)", malformed: .statementMalformed)
    dockerReference = try critical.optional("identity")?.optional("docker-reference")?.bytes() ?? []
  }
}
