package import Reasons
import StrictJSON

/// The annotations of cosign's old format that hold documents of their own. (`dev.sigstore.cosign/bundle` becomes a
/// `LoggedEntry`.)
package enum CosignAnnotation {
  /// `dev.sigstore.cosign/rfc3161timestamp`: `{"SignedRFC3161Timestamp": Base64}`; the DER within.
  package static func timestamp(_ text: [UInt8]) throws(Failure) -> [UInt8] {
    let document = try JSONNode(
      parsing: text, named: "annotation dev.sigstore.cosign/rfc3161timestamp", malformed: .bundleMalformed)
    return try document.required("SignedRFC3161Timestamp").base64()
  }
}
