import Cryptography
import Octets
import Policy
import PolicyConversion
import Reasons
import StrictJSON
import StrictYAML
import TrustRoot

/// A trust root says the same in another spelling of the same values, and its bounds are kept.
enum TrustRootInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let root = try reading(bytes, { bytes throws(Failure) in try TrustRoot(parsing: bytes, named: "i") }) else {
      return false
    }
    try hold(bytes.count <= TrustRoot.byteLimit, "\(bytes.count) bytes were taken")
    for authority in root.certificateAuthorities + root.timestampAuthorities {
      try hold((1...TrustedAuthority.chainLimit).contains(authority.chain.count), "a chain out of bounds")
      try hold(authority.leaf.map { !$0.isAuthority } ?? true, "an authority as the one who signs times")
      for certificate in authority.chain { _ = try DERInvariant.checkCertificate(certificate.der) }
    }
    try hold(root.certificateAuthorities.allSatisfy { $0.leaf == nil }, "a leaf in a certificate authority")
    for log in root.transparencyLogs + root.certificateLogs {
      try hold(log.checkpointKeyID.count == 4 && !log.logID.isEmpty, "a log without an ID")
      try DERInvariant.checkKey(log.key.spki)
    }
    let value = try readingBack(bytes, "a trust root as JSON") { bytes throws(Failure) in
      try JSONNode(parsing: bytes, named: "i", malformed: .trustRootMalformed).value
    }
    let again = try readingBack(value.serialized(), "a trust root") { bytes throws(Failure) in
      try TrustRoot(parsing: bytes, named: "i")
    }
    try hold(told(again) == told(root), "another spelling is another trust root")
    return true
  }

  private static func told(_ root: TrustRoot) -> [[String]] {
    func logs(_ logs: [TrustedLog]) -> [String] {
      logs.map {
        "\($0.baseURL) \($0.key.spki) \($0.scheme) \($0.logID) \($0.checkpointKeyID) \($0.operator ?? "") \($0.validity)"
      }
    }
    func authorities(_ all: [TrustedAuthority]) -> [String] {
      all.map { "\($0.subject) \($0.uri) \($0.operator ?? "") \($0.chain.map(\.der)) \($0.validity)" }
    }
    let unsupported = (root.unsupportedLogs + root.unsupportedCertificateLogs).map {
      "\($0.name) \($0.logID) \($0.checkpointKeyID) \($0.keyDetails)"
    }
    return [
      logs(root.transparencyLogs), logs(root.certificateLogs), authorities(root.certificateAuthorities),
      authorities(root.timestampAuthorities), unsupported,
    ]
  }
}

/// What another tool's policy becomes is a policy, whatever the source says, and the same for the same values. The source is
/// taken for one of each language.
enum ConversionInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard
      let document = try reading(
        bytes,
        { bytes throws(Failure) in
          try YAMLDocument(parsing: bytes, named: "source", malformed: .policyMalformed)
        })
    else { return false }
    let value = document.root.value
    var isTaken = false
    for source in PolicySource.allCases {
      let converted: ConvertedPolicy
      do throws(Failure) { converted = try convert(document.root, source) } catch { continue }
      isTaken = true
      let read = try readingBack(converted.yaml, "a converted policy") { bytes throws(Failure) in
        try Policy(try YAMLDocument(parsing: bytes, named: "converted", malformed: .policyMalformed).root)
      }
      try hold(!read.canonical.isEmpty, "a policy without a form")
      for missing in converted.notExpressed {
        try hold(!missing.wording.utf8.contains { $0 < 0x20 || $0 == 0x7f }, "words that are no line")
      }
      guard let node = try? JSONNode(parsing: value.serialized(), named: "source", malformed: .policyMalformed) else {
        // Numbers and depths that YAML has and JSON's bounds have not.
        continue
      }
      let again = try readingBack([], "the source as JSON") { _ throws(Failure) in try convert(node, source) }
      try hold(again.yaml == converted.yaml, "the same values become another policy")
    }
    return isTaken
  }

  private static func convert(_ node: JSONNode, _ source: PolicySource) throws(Failure) -> ConvertedPolicy {
    try ConvertedPolicy(node, from: source, named: "source") { path in
      path.hasSuffix("pub") ? Array(key.utf8) : nil
    }
  }

  private static let key = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    -----END PUBLIC KEY-----

    """
}
