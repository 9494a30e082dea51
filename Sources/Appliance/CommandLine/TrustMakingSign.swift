import ArgumentParser
import BundleMaking
import Cryptography
import Octets
import PKCS11

/// `assay trust sign`
struct TrustSign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Show what waits, sign it, or take signatures that were made elsewhere.",
    discussion: """
      assay trust sign site                                   what waits, what is new in it, who signed
      assay trust sign site --key a.pem                       signs every draft in which the key has a place
      assay trust sign site --detached out                    the bytes to be signed elsewhere, and a LISTING
      assay trust sign site --attach trust trust.sig --public hsm.pub
      assay trust sign site --pkcs11 'pkcs11:token=desk;object=bundles'    with a key on a card or in an HSM
      assay trust sign site --merge other                     takes over what was signed in another copy of the folder

      The words of the site's first root stand there each time: they are the same in every copy, for ever. A \
      signature that is attached is verified first. It may be bytes, hexadecimal or Base64; for P-256 (ECDSA, \
      SHA-256) DER or the two numbers, as PKCS #11 has them. With OpenSSL, an Ed25519 key signs a draft so:

        openssl pkeyutl -sign -rawin -inkey a.pem -in out/trust-2.tosign -out trust.sig

      and a P-256 key so:

        openssl dgst -sha256 -sign p.pem -out trust.sig out/trust-2.tosign
      """)

  @OptionGroup var options: TrustMakingOptions
  @Option(help: .init("A private key: Ed25519 or P-256, PKCS #8.", valueName: "PEM")) var key: [String] = []
  @Option(help: .init("Write the drafts' bytes into this new folder.", valueName: "OUT")) var detached: String?
  @Option(
    parsing: .upToNextOption,
    help: .init("Take a signature back: the role, and the signature's file.", valueName: "ROLE SIGNATURE"))
  var attach: [String] = []
  @Option(
    help: .init("Take over the signatures of another copy of the folder, with the same drafts.", valueName: "DIR"))
  var merge: String?
  @OptionGroup var token: TokenOptions
  @Option(name: .customLong("public"), help: .init("Whose signature it is.", valueName: "PUB")) var publicKey: String?

  /// Bytes of a signature's file.
  static let signatureLimit = 4096

  func run() throws {
    let ways = [!key.isEmpty, token.uri != nil, detached != nil, !attach.isEmpty, merge != nil]
    guard ways.filter({ $0 }).count <= 1 else {
      throw UsageMistake("--key, --pkcs11, --detached, --attach and --merge are one at a time.")
    }
    try token.verify()
    guard attach.isEmpty == (publicKey == nil) else { throw UsageMistake("--attach and --public go together.") }
    try options.run { site in
      try site.verifyDraftedFiles()
      var said = [TrustMaking.fingerprint(site)]
      if detached == nil, publicKey == nil { said.insert(try TrustMaking.drafts(site), at: 0) }
      if let detached { said.append(try write(site, to: detached)) }
      if let publicKey { said.append(try take(publicKey, into: &site)) }
      if let merge { said.append(try take(over: merge, into: &site)) }
      if let uri = token.uri { said.append(try sign(&site, by: uri)) }
      for path in key { said.append(try sign(&site, with: path)) }
      return said.joined(separator: "\n")
    }
  }

  private func sign(_ site: inout Site, with path: String) throws -> String {
    let key = try KeyFile.read(path)
    return Self.lines(try SiteKey(key.publicKey), try site.sign(with: key))
  }

  private func sign(_ site: inout Site, by uri: String) throws -> String {
    // Before anybody is asked for a PIN.
    try site.verifySomethingWaits()
    let session = try token.open(uri)
    let (key, outcomes) = try site.sign { message throws(MakingError) in
      do throws(PKCS11Error) { return try session.sign(message) } catch { throw .failed("\(error)") }
    }
    return "The token’s key \(session.keyName) is \(key.id).\n" + Self.lines(key, outcomes)
  }

  private static func lines(_ key: SiteKey, _ outcomes: [SigningOutcome]) -> String {
    outcomes.map { outcome in
      let done =
        switch outcome.kind {
        case .signed: "signed"
        case .signedBefore: "had signed"
        case .noPlace: "has no place in"
        }
      return "\(key.id) \(done) \(outcome.role) \(outcome.version)"
    }.joined(separator: "\n")
  }

  private func write(_ site: Site, to out: String) throws -> String {
    let list = try site.writeDetached(to: out)
    return "Wrote \(list.count) drafts into \(printable(out, limit: 4096)), with a LISTING. A signature comes back by\n"
      + "  assay trust sign \(printable(site.folder, limit: 4096)) --attach ROLE SIGNATURE --public PUB"
  }

  private func take(over other: String, into site: inout Site) throws -> String {
    try site.merge(other).map { merged in
      let done = merged.kind == .taken ? "taken over" : "left, for it does not verify"
      return "\(merged.key)’s signature of \(merged.role) \(merged.version): \(done)"
    }.joined(separator: "\n")
  }

  private func take(_ publicKey: String, into site: inout Site) throws -> String {
    guard attach.count == 2, let role = SiteRole(rawValue: attach[0]) else {
      throw UsageMistake("--attach takes a role and a file, as in: --attach trust trust.sig --public hsm.pub")
    }
    let key = try SignerOptions.key(publicKey)
    try site.attach(try InputFile.read(attach[1], upTo: Self.signatureLimit), of: key, to: role)
    return "\(try SiteKey(key).id) signed \(role), and the signature verifies."
  }
}
