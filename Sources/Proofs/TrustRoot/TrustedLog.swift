package import Cryptography
package import Octets
import Reasons
import StrictJSON

/// A transparency log or certificate log of the trust root (`dev.sigstore.trustroot.v1.TransparencyLogInstance`).
package struct TrustedLog: Sendable {
  /// Host of the base URL: `rekor.sigstore.dev`.
  package let name: String
  package let baseURL: String
  package let key: PublicKey
  /// How the log signs, by the trust root's key details.
  package let scheme: SignatureScheme
  /// `logId.keyId`: SHA-256 of the key's SubjectPublicKeyInfo for Rekor v1 and certificate logs (RFC 6962 §3.2), the
  /// untruncated C2SP key ID for Rekor v2.
  package let logID: [UInt8]
  /// The four bytes that stand before a signature of this key in a signed note (C2SP signed-note); from
  /// `checkpointKeyId` where the trust root has it, otherwise the first four of `logID`.
  package let checkpointKeyID: [UInt8]
  /// Names under which the log may sign notes: the base URL's host, with port and path where it has them.
  package let checkpointNames: [[UInt8]]
  /// Who runs it; thresholds count operators once. Absent before v0.2.
  package let `operator`: String?
  /// When the key may be relied on; both ends included.
  package let validity: Validity
}

/// A log that the trust root names with a key of a kind that Assay does not read.
package struct UnsupportedLog: Sendable {
  package let name: String
  package let logID: [UInt8]
  package let checkpointKeyID: [UInt8]
  /// The key's kind in the trust root's own words, for people.
  package let keyDetails: String
}

extension TrustedLog {
  enum Parsed {
    case readable(TrustedLog)
    case unsupported(UnsupportedLog)
  }

  /// - Throws: `trust-root.malformed`, also for a key that is not of the kind that its details state.
  static func parse(_ node: JSONNode) throws(Failure) -> Parsed {
    let baseURL = try node.required("baseUrl").string()
    let names = hostNames(baseURL)
    let name = names.first ?? baseURL
    let publicKey = try node.required("publicKey")
    let validity = try Validity(parsing: try publicKey.required("validFor"))
    let rawBytes = try publicKey.required("rawBytes")
    let details = try publicKey.required("keyDetails").string()
    let key = try KeyDetails.key(named: details, rawBytes)
    let stated = try identifier(node, "logId")
    guard let logID = stated ?? key?.key.fingerprint.bytes else { throw node.failure("a log without logId") }
    let checkpointKeyID = Array((try identifier(node, "checkpointKeyId") ?? logID).prefix(4))
    guard let key else {
      return .unsupported(
        UnsupportedLog(name: name, logID: logID, checkpointKeyID: checkpointKeyID, keyDetails: details))
    }
    return .readable(
      TrustedLog(
        name: name, baseURL: baseURL, key: key.key, scheme: key.scheme, logID: logID,
        checkpointKeyID: checkpointKeyID, checkpointNames: names.map { Array($0.utf8) },
        operator: try node.optional("operator")?.string(), validity: validity))
  }

  /// A `LogId`: at least the four bytes that a note's signature line carries.
  private static func identifier(_ node: JSONNode, _ key: String) throws(Failure) -> [UInt8]? {
    guard let field = try node.optional(key)?.optional("keyId") else { return nil }
    let bytes = try field.base64()
    guard (4...64).contains(bytes.count) else { throw field.failure("a log ID of \(bytes.count) bytes") }
    return bytes
  }

  /// `https://log.example:8000/a/` → `log.example`, `log.example:8000`, `log.example:8000/a`, without repetition.
  private static func hostNames(_ url: String) -> [String] {
    var rest = Array(url.utf8)[...]
    if let slashes = rest.indices.first(where: { rest[$0...].starts(with: "://".utf8) }) {
      rest = rest[(slashes + 3)...]
    }
    while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
    let authority = rest.prefix { $0 != UInt8(ascii: "/") }
    let host = authority.prefix { $0 != UInt8(ascii: ":") }
    var names: [String] = []
    for name in [host, authority, rest].map({ String(decoding: $0, as: UTF8.self) })
    where !name.isEmpty && !names.contains(name) {
      names.append(name)
    }
    return names
  }
}
