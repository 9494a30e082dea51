import ArgumentParser
import Findings
import LogSnapshot
import OCIImage
import Octets
import Policy
import Reasons
import Report
import Roles

/// Which policy decides, and what it is told about the import.
struct PolicyOptions: ParsableArguments {
  @Option(help: .init("A policy document (docs/policy.md) in place of who must have signed.", valueName: "FILE"))
  var policy: String?

  @OptionGroup var said: OccasionOptions
}

/// What an evaluation is told that no evidence says.
struct OccasionOptions: ParsableArguments {
  @Option(
    help: .init(
      "Witnesses whose cosignatures count (C2SP tlog-policy), for authorities that need some; default: the installed ones.",
      valueName: "FILE"))
  var witnessPolicy: String?

  @Option(help: .init("Where the image is to run, as the policy names it.", valueName: "NAME"))
  var environment: String?

  @Option(help: .init("Whose import it is.", valueName: "NAME"))
  var team: String?

  @Option(help: .init("Who exported the image.", valueName: "NAME"))
  var exporter: String?

  @Option(help: .init("What it came on.", valueName: "NAME"))
  var medium: String?

  @Option(
    name: .customLong("as"),
    help: .init("The name under which the image will be used, in place of those in the archive.", valueName: "REF"))
  var name: String?

  func occasion(now: UnixTime, under trust: TrustInForce) -> Occasion {
    Occasion(
      name: name, environment: environment, team: team, exporter: exporter, medium: medium, now: now,
      ages: trust.policyAges)
  }

  /// Mistakes that need no file and no store to be told.
  func verifyWords() throws {
    for (option, text) in [
      ("--environment", environment), ("--team", team), ("--exporter", exporter), ("--medium", medium), ("--as", name),
    ] {
      guard let text else { continue }
      guard !text.isEmpty, text.utf8.count <= 512, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
        throw UsageMistake("\(option) takes one line of 1 to 512 bytes.")
      }
    }
  }

  /// One name names one image.
  func verifyMeant(_ images: [Image], _ selection: Selection, in archive: String) throws {
    guard name != nil else { return }
    let count = try selection.parts(of: images).count
    guard count <= 1 else {
      throw UsageMistake("--as names one image, and \(archive) holds \(count): choose one with --image.")
    }
  }

  func givenWitnesses() throws -> (policy: TLogPolicy, bytes: [UInt8])? {
    guard let witnessPolicy else { return nil }
    let bytes = try InputFile.read(witnessPolicy, upTo: TLogPolicy.mostBytes)
    do throws(Failure) {
      return (try TLogPolicy(parsing: bytes, named: witnessPolicy), bytes)
    } catch {
      throw UsageMistake("--witness-policy: \(Voice.sentence(error))")
    }
  }
}

extension PolicyOptions {
  /// The document in a file. The operator's own: what is wrong with it is a mistake in the command.
  static func read(_ path: String) throws -> Policy {
    let bytes = try InputFile.read(path, upTo: Policy.mostDocumentBytes)
    do throws(Failure) {
      return try Policy(document: bytes, named: path)
    } catch {
      throw UsageMistake("\(Voice.sentence(error))\n       All that is to be said about it: assay policy check \(path)")
    }
  }
}

/// The policy that a command asks for, read before anything else is opened.
struct PolicyDemand {
  enum Wish {
    /// The site's own.
    case installed
    case file(Policy, name: String)
    case options(Policy, SignerDemand)
  }

  let wish: Wish
  private let given: GivenTrust
  /// Options that would decide in place of the site's policy.
  private let deciding: [String]
  private let signer: SignerOptions

  /// - Parameters:
  ///   - demand: out of the options of who must have signed; nil where there are none.
  ///   - others: options that a policy takes the place of, as they were given.
  init(
    _ options: PolicyOptions, _ signer: SignerOptions, kinds: [EvidenceDemand.Kind], allowsForeignLayers: Bool,
    others: [String]
  ) throws {
    try options.said.verifyWords()
    self.signer = signer
    let demand = try signer.demand()
    let one = signer.signerOptions + others
    var given: GivenTrust
    if let path = options.policy {
      guard one.isEmpty else {
        throw UsageMistake("With --policy the policy says what is required; leave \(one.joined(separator: ", ")) out.")
      }
      wish = .file(try PolicyOptions.read(path), name: path)
      given = try signer.givenForPolicy()
    } else if let demand {
      wish = .options(
        try Policy(oneOff: kinds, by: demand.rule, allowsForeignLayers: allowsForeignLayers), demand)
      given = demand.given
    } else {
      wish = .installed
      given = GivenTrust()
    }
    given.witnessPolicy = try options.said.givenWitnesses()
    self.given = given
    deciding =
      one + (options.policy == nil ? [] : ["--policy"])
      + (options.said.witnessPolicy == nil ? [] : ["--witness-policy"])
      + (signer.trustedRoot.isEmpty ? [] : ["--trusted-root"]) + (signer.instance == nil ? [] : ["--instance"])
  }

  /// - Parameter example: an archive, for the words of a mistake.
  func policy(under trust: TrustInForce, now: UnixTime, example: String) throws -> PolicyInForce {
    if let (name, policy) = trust.policy {
      guard deciding.isEmpty else {
        throw UsageMistake(
          "This site’s policy decides: “\(printable(policy.name))” (\(name)). Leave \(deciding.joined(separator: ", ")) out.\n"
            + "       To try another policy without a verdict: assay policy explain FILE \(example)")
      }
      return try PolicyInForce(policy, from: .installed(name), under: trust, now: now)
    }
    switch wish {
    case .installed: throw Self.nothingAsked(example)
    case .file(let policy, let name):
      return try PolicyInForce(
        policy, from: .file(InputFile.name(of: name)), with: given, under: trust,
        now: now)
    case .options(let policy, let demand):
      try signer.verify(demand, under: trust)
      return try PolicyInForce(policy, from: .commandLine, with: given, under: trust, now: now)
    }
  }

  static func nothingAsked(_ example: String) -> UsageMistake {
    UsageMistake(
      "Say who must have signed: --key, or --certificate-identity with --certificate-oidc-issuer; or give a --policy.\n"
        + "       To see what an archive holds without judging it: assay inspect \(example)")
  }
}
