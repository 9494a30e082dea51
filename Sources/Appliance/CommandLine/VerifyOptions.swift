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
      "Sigstore trusted_root.json to check identities against; default: the installed one. With --policy also NAME=FILE, "
        + "for the root that an authority names; repeatable.", valueName: "FILE"))
  var trustedRoot: [String] = []

  @Option(help: .init("Of several installed trust roots, the one of this name (assay trust list).", valueName: "NAME"))
  var instance: String?

  /// Options that say who must have signed, as they were given.
  var signerOptions: [String] {
    (keys.isEmpty ? [] : ["--key"]) + (certificateIdentity == nil ? [] : ["--certificate-identity"])
      + (certificateIdentityRegexp == nil ? [] : ["--certificate-identity-regexp"])
      + (certificateOidcIssuer == nil ? [] : ["--certificate-oidc-issuer"])
      + (certificateOidcIssuerRegexp == nil ? [] : ["--certificate-oidc-issuer-regexp"])
  }

  /// Who must have signed, and what was named to prove it with; nil where no option says who.
  func demand() throws -> SignerDemand? {
    let identity = try Self.rule(
      certificateIdentity, certificateIdentityRegexp, "--certificate-identity", "--certificate-identity-regexp")
    let issuer = try Self.rule(
      certificateOidcIssuer, certificateOidcIssuerRegexp, "--certificate-oidc-issuer",
      "--certificate-oidc-issuer-regexp")
    var given = GivenTrust()
    switch (keys.isEmpty, identity, issuer) {
    case (true, nil, nil): return nil
    case (false, nil, nil):
      guard trustedRoot.isEmpty else {
        throw UsageMistake("With --key nothing else is consulted; leave --trusted-root out.")
      }
      given.keys = try keys.map(Self.key)
      let names = given.keys.map { ClaimedDigest($0.fingerprint) }
      return SignerDemand(rule: .keys(KeySet(names[0], Array(names.dropFirst()))), given: given)
    case (false, _, _):
      throw UsageMistake("Give either --key or an identity. “Both of them” is a policy: --policy.")
    case (true, nil, .some):
      throw UsageMistake("An issuer alone names nobody: add --certificate-identity or --certificate-identity-regexp.")
    case (true, .some, nil):
      throw UsageMistake(
        "An identity means nothing without who vouched for it: add --certificate-oidc-issuer or "
          + "--certificate-oidc-issuer-regexp.")
    case (true, let identity?, let issuer?):
      guard trustedRoot.count <= 1 else { throw UsageMistake("One --trusted-root; several are for a --policy.") }
      guard trustedRoot.isEmpty || instance == nil else {
        throw UsageMistake("Give either --trusted-root or --instance.")
      }
      given.instance = instance
      given.roots = try trustedRoot.map { try Self.given($0, name: nil) }
      return SignerDemand(
        rule: .keyless(IdentityRule(identity: TextRules(identity), issuer: TextRules(issuer))), given: given)
    }
  }

  /// What was named for the authorities of a policy: roots by their names, and one for those that name none.
  func givenForPolicy() throws -> GivenTrust {
    var given = GivenTrust()
    given.instance = instance
    given.roots = try Self.givenRoots(trustedRoot)
    return given
  }

  /// FILE, or NAME=FILE, of each name one.
  static func givenRoots(_ texts: [String]) throws -> [GivenTrust.Root] {
    var roots: [GivenTrust.Root] = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = parts.count == 2 ? parts[0] : nil
      guard name?.isEmpty != true else { throw UsageMistake("--trusted-root \(text): NAME=FILE is wanted.") }
      guard !roots.contains(where: { $0.name == name }) else {
        throw UsageMistake("--trusted-root: \(name.map { "“\($0)” twice" } ?? "two without a name").")
      }
      roots.append(try given(parts.last ?? text, name: name))
    }
    return roots
  }

  /// Mistakes that show only beside what is installed.
  func verify(_ demand: SignerDemand, under trust: TrustInForce) throws {
    guard case .keyless = demand.rule, demand.given.roots.isEmpty else { return }
    let names = trust.roots.map(\.name).joined(separator: ", ")
    if let instance {
      guard trust.roots.isEmpty || trust.root(named: instance) != nil else {
        throw UsageMistake("No trust root of the name “\(instance)” is installed: assay trust list.")
      }
    } else if trust.roots.count > 1 {
      throw UsageMistake("Several trust roots are installed: name one with --instance: \(names)")
    }
  }

  private static func given(_ path: String, name: String?) throws -> GivenTrust.Root {
    let (root, bytes) = try trustRoot(path)
    return GivenTrust.Root(
      name: name, file: InputFile.name(of: path), root: root, bytes: bytes)
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
  let given: GivenTrust
}
