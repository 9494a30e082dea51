import ArgumentParser
import Cryptography
import Findings
import Octets
import Patterns
import Policy
import Reasons
import Roles
import TrustRoot

/// Who must have signed: the options that `verify` and `verify-bundle` share, named as cosign names them.
struct SignerOptions: ParsableArguments {
  @Option(
    name: .customLong("key"),
    help: .init("Public key (PEM). Several are alternatives.", valueName: "PEM"))
  var keys: [String] = []

  @Option(help: .init("The signer's identity: an email address or URI, exactly.", valueName: "S"))
  var certificateIdentity: String?

  @Option(help: .init("A pattern (RE2) that the whole identity must match.", valueName: "R"))
  var certificateIdentityRegexp: String?

  @Option(help: .init("Who vouched for the identity, exactly.", valueName: "S"))
  var certificateOidcIssuer: String?

  @Option(help: .init("A pattern (RE2) that the whole issuer must match.", valueName: "R"))
  var certificateOidcIssuerRegexp: String?

  @Option(
    help: .init(
      "Sigstore trusted_root.json to check identities against; default: the installed one.", valueName: "FILE"))
  var trustedRoot: String?

  @Option(help: .init("Of several installed trust roots, the one of this name (assay trust list).", valueName: "NAME"))
  var instance: String?

  /// The rule, and what to prove evidence against; nil where no option was given at all.
  /// - Parameter trust: what trust bundles brought.
  func demand(now: UnixTime, trust: TrustInForce = .none) throws -> SignerDemand? {
    let identity = try Self.rule(
      certificateIdentity, certificateIdentityRegexp, "--certificate-identity", "--certificate-identity-regexp")
    let issuer = try Self.rule(
      certificateOidcIssuer, certificateOidcIssuerRegexp, "--certificate-oidc-issuer",
      "--certificate-oidc-issuer-regexp")
    switch (keys.isEmpty, identity, issuer) {
    case (true, nil, nil): return nil
    case (false, nil, nil):
      guard trustedRoot == nil else {
        throw UsageMistake("With --key nothing else is consulted; leave --trusted-root out.")
      }
      let keys = try keys.map(Self.key)
      return SignerDemand(
        rule: .keys(
          KeySet(ClaimedDigest(keys[0].fingerprint), keys.dropFirst().map { ClaimedDigest($0.fingerprint) })),
        anchor: .keys(keys), keys: keys)
    case (false, _, _):
      throw UsageMistake("Give either --key or an identity. “Both of them” is a policy, not an option.")
    case (true, nil, .some):
      throw UsageMistake("An issuer alone names nobody: add --certificate-identity or --certificate-identity-regexp.")
    case (true, .some, nil):
      throw UsageMistake(
        "An identity means nothing without who vouched for it: add --certificate-oidc-issuer or "
          + "--certificate-oidc-issuer-regexp.")
    case (true, let identity?, let issuer?):
      let rule = SignerRule.keyless(IdentityRule(identity: TextRules(identity), issuer: TextRules(issuer)))
      if let trustedRoot {
        guard instance == nil else { throw UsageMistake("Give either --trusted-root or --instance.") }
        let (root, bytes) = try Self.trustRoot(trustedRoot)
        return SignerDemand(
          rule: rule,
          anchor: .trustRoot(
            root, named: trustedRoot.split(separator: "/").last.map(String.init) ?? trustedRoot, now: now,
            revocations: trust.revocations(under: root), witnesses: trust.witnesses), trustRoot: bytes)
      }
      guard let chosen = try choose(trust.roots) else { return SignerDemand(rule: rule, anchor: nil) }
      // It verified when it was taken in; what no longer reads is the program's trouble, not the image's.
      let root = try TrustRoot(parsing: chosen.bytes, named: chosen.name)
      return SignerDemand(
        rule: rule,
        anchor: .trustRoot(
          root, named: chosen.name, now: now, revocations: trust.revocations(under: root), entries: trust.entries,
          witnesses: trust.witnesses),
        trustRoot: chosen.bytes,
        installed: .init(name: chosen.name, tooOld: trust.tooOld, until: trust.until))
    }
  }

  /// The only one installed, or the one that was named.
  private func choose(_ installed: [(name: String, bytes: [UInt8])]) throws -> (name: String, bytes: [UInt8])? {
    guard let instance else {
      guard installed.count <= 1 else {
        throw UsageMistake(
          "Several trust roots are installed: name one with --instance: \(installed.map(\.name).joined(separator: ", "))"
        )
      }
      return installed.first
    }
    guard let chosen = installed.first(where: { $0.name.utf8.elementsEqual(instance.utf8) }) else {
      if installed.isEmpty { return nil }
      throw UsageMistake("No trust root of the name “\(instance)” is installed: assay trust list.")
    }
    return chosen
  }

  /// The trust root in a file, and the file's bytes.
  static func trustRoot(_ path: String) throws -> (TrustRoot, [UInt8]) {
    let bytes = try InputFile.read(path, upTo: TrustRoot.byteLimit)
    do throws(Failure) {
      return (try TrustRoot(parsing: bytes, named: path), bytes)
    } catch {
      // The operator's own file: a mistake in the command, not a verdict on an image.
      throw UsageMistake("--trusted-root: \(Voice.sentence(error))")
    }
  }

  private static func rule(
    _ exact: String?, _ pattern: String?, _ exactName: String, _ patternName: String
  ) throws -> TextRule? {
    switch (exact, pattern) {
    case (nil, nil): return nil
    case (.some, .some): throw UsageMistake("Give either \(exactName) or \(patternName).")
    case (let exact?, nil):
      guard !exact.isEmpty else { throw UsageMistake("\(exactName) is empty.") }
      return .exactly(exact)
    case (nil, let expression?):
      do {
        let pattern = try Pattern(expression)
        if pattern.isOpenEnded {
          Voice.warn(
            "\(patternName) must match the whole text. For “begins with”, end the pattern with `.*`; "
              + "otherwise with `$`.")
        }
        return .matching(pattern)
      } catch {
        throw UsageMistake("\(patternName): \(error)")
      }
    }
  }

  static func key(_ path: String) throws -> PublicKey {
    let bytes = try InputFile.read(path, upTo: InputFile.keyLimit)
    do {
      return try PublicKey(pem: bytes)
    } catch {
      throw UsageMistake("\(path) is no public key in PEM form that Assay verifies with: \(error)")
    }
  }
}

/// What the signer options ask for.
struct SignerDemand {
  let rule: SignerRule
  /// Nil where an identity is required and no trust root was given.
  let anchor: Prover.Anchor?
  /// The keys that the rule names.
  let keys: [PublicKey]
  /// The trust root's bytes.
  let trustRoot: [UInt8]?
  /// Asked for with every image, and so made once.
  let trustRootDigest: ComputedDigest?
  /// Nil for a file that the operator named.
  let installed: Installed?

  /// A trust root that a trust bundle brought.
  struct Installed {
    let name: String
    /// The site's limit was passed: nothing is decided by it.
    let tooOld: Failure?
    /// When the first of the site's limits passes.
    let until: UnixTime?
  }

  init(
    rule: SignerRule, anchor: Prover.Anchor?, keys: [PublicKey] = [], trustRoot: [UInt8]? = nil,
    installed: Installed? = nil
  ) {
    self.rule = rule
    self.anchor = anchor
    self.keys = keys
    self.trustRoot = trustRoot
    trustRootDigest = trustRoot.map { digest($0) }
    self.installed = installed
  }

  /// What keeps the demand from being met, whatever is carried.
  var undecidable: Failure? {
    anchor == nil
      ? Failure(.trustRootMissing, "trust root", "an identity needs an installed trust root, or --trusted-root FILE")
      : installed?.tooOld
  }

  /// What the one authority that is asked for stands on.
  var standing: AuthorityStanding {
    undecidable.map { AuthorityStanding(nil, lacking: $0) } ?? AuthorityStanding(anchor?.name)
  }
}
