import FoundationEssentials

/// A trusted_root.json for tests.
package struct TrustRootSketch {
  package struct Authority {
    package var name: String
    /// DER, leaf or lowest CA first, anchor last.
    package var chain: [[UInt8]]
    /// RFC 3339.
    package var start = "2026-01-01T00:00:00Z"
    package var end: String?

    package init(_ name: String, _ chain: [[UInt8]]) {
      self.name = name
      self.chain = chain
    }
  }

  package struct Log {
    package var spki: [UInt8]
    package var details = "PKIX_ECDSA_P256_SHA_256"
    package var identifier: [UInt8]
    package var start = "2026-01-01T00:00:00Z"
    package var end: String?

    /// - Parameter identifier: SHA-256 of `spki`.
    package init(spki: [UInt8], identifier: [UInt8]) {
      self.spki = spki
      self.identifier = identifier
    }
  }

  package var certificateAuthorities: [Authority] = []
  package var timestampAuthorities: [Authority] = []
  package var certificateLogs: [Log] = []
  package var transparencyLogs: [Log] = []

  package init() {}

  package var json: [UInt8] {
    func base64(_ bytes: [UInt8]) -> String { "\"" + Data(bytes).base64EncodedString() + "\"" }
    func window(_ start: String, _ end: String?) -> String {
      "{\"start\":\"\(start)\"" + (end.map { ",\"end\":\"\($0)\"" } ?? "") + "}"
    }
    func list(_ authorities: [Authority]) -> String {
      authorities.map { authority in
        let chain = authority.chain.map { "{\"rawBytes\":\(base64($0))}" }.joined(separator: ",")
        return "{\"subject\":{\"commonName\":\"\(authority.name)\"},\"certChain\":{\"certificates\":[\(chain)]},"
          + "\"validFor\":\(window(authority.start, authority.end))}"
      }.joined(separator: ",")
    }
    func list(_ logs: [Log]) -> String {
      logs.map { log in
        "{\"baseUrl\":\"https://log.example\",\"hashAlgorithm\":\"SHA2_256\",\"publicKey\":{\"rawBytes\":"
          + "\(base64(log.spki)),\"keyDetails\":\"\(log.details)\",\"validFor\":\(window(log.start, log.end))},"
          + "\"logId\":{\"keyId\":\(base64(log.identifier))}}"
      }.joined(separator: ",")
    }
    let text =
      "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\",\"tlogs\":["
      + list(transparencyLogs) + "],\"certificateAuthorities\":[" + list(certificateAuthorities) + "],\"ctlogs\":["
      + list(certificateLogs) + "],\"timestampAuthorities\":[" + list(timestampAuthorities) + "]}"
    return Array(text.utf8)
  }
}
