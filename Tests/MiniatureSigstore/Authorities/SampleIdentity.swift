/// A subject alternative name, RFC 5280 §4.2.1.6.
package enum SampleName: Hashable, Sendable {
  case email(String)
  case uri(String)
  case dns(String)
  /// Fulcio's OtherName for user names: 1.3.6.1.4.1.57264.1.7 with a UTF8String.
  case fulcioUser(String)

  var der: [UInt8] {
    switch self {
    case .email(let text): DER.contextPrimitive(1, Array(text.utf8))
    case .dns(let text): DER.contextPrimitive(2, Array(text.utf8))
    case .uri(let text): DER.contextPrimitive(6, Array(text.utf8))
    case .fulcioUser(let text):
      DER.context(0, DER.oid("1.3.6.1.4.1.57264.1.7") + DER.context(0, DER.utf8String(text)))
    }
  }

  package var text: String {
    switch self {
    case .email(let text), .uri(let text), .dns(let text), .fulcioUser(let text): text
    }
  }
}

/// Whom a Fulcio certificate names.
package struct SampleIdentity: Hashable, Sendable {
  package var name: SampleName
  /// The OIDC issuer: written both raw (1.1) and as UTF8String (1.8).
  package var issuer: String
  /// Fulcio's other extensions by number: 2–6 go out raw, 9–24 as DER UTF8String.
  package var claims: [Int: String]

  package init(_ name: SampleName, issuer: String, claims: [Int: String] = [:]) {
    self.name = name
    self.issuer = issuer
    self.claims = claims
  }

  /// A release workflow, with every claim that a hosted builder makes.
  package static let releaseWorkflow: SampleIdentity = {
    let repository = "https://git.miniature.example/acme/app"
    let workflow = repository + "/.workflows/release.yml@refs/tags/v1.0.0"
    let commit = "5f1c0a9e3b7d4286af0c5b9e8d7f6a5b4c3d2e1f"
    return SampleIdentity(
      .uri(workflow), issuer: "https://token.actions.miniature.example",
      claims: [
        2: "push", 3: commit, 4: "Release", 5: "acme/app", 6: "refs/tags/v1.0.0",
        9: workflow, 10: commit, 11: "hosted", 12: repository, 13: commit, 14: "refs/tags/v1.0.0",
        15: "1000001", 16: "https://git.miniature.example/acme", 17: "2000002", 18: workflow, 19: commit,
        20: "push", 21: repository + "/actions/runs/42/attempts/1", 22: "public", 23: "production",
        24: "repo:acme/app:ref:refs/tags/v1.0.0",
      ])
  }()

  /// A person with a mail address.
  package static let maintainer = SampleIdentity(
    .email("maintainer@miniature.example"), issuer: "https://accounts.miniature.example")

  /// Somebody else from the same issuer.
  package static let stranger = SampleIdentity(
    .email("stranger@elsewhere.example"), issuer: "https://accounts.miniature.example")

  var extensions: [CertificateExtension] {
    let arc = "1.3.6.1.4.1.57264.1."
    func raw(_ number: Int, _ text: String) -> CertificateExtension {
      CertificateExtension(oid: arc + String(number), critical: false, value: Array(text.utf8))
    }
    func typed(_ number: Int, _ text: String) -> CertificateExtension {
      CertificateExtension(oid: arc + String(number), critical: false, value: DER.utf8String(text))
    }
    let numbers = claims.keys.sorted()
    return [raw(1, issuer)] + numbers.filter { $0 < 8 }.map { raw($0, claims[$0]!) } + [typed(8, issuer)]
      + numbers.filter { $0 > 8 }.map { typed($0, claims[$0]!) }
  }
}
