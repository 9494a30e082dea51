import ArgumentParser
import Cryptography
import Dossier
import Findings
import MediaReader
import OCIImage
import Octets
import Policy
import Readings
import Report
import Roles
import Store
import Terminal

/// What the operator brings along for the authorities of a policy that is only tried.
struct GivenTrustOptions: ParsableArguments {
  @Option(
    help: .init(
      "Sigstore trusted_root.json: FILE, or NAME=FILE for the root that an authority names; repeatable. Default: the "
        + "installed ones, and those kept with a verdict.", valueName: "FILE"))
  var trustedRoot: [String] = []

  @Option(
    name: .customLong("key"), help: .init("A public key (PEM) that the policy names by digest.", valueName: "PEM"))
  var keys: [String] = []

  func given() throws -> GivenTrust {
    var given = GivenTrust()
    given.roots = try SignerOptions.givenRoots(trustedRoot)
    given.keys = try keys.map(SignerOptions.key)
    return given
  }
}

/// What a policy that is only tried is tried against.
struct TrialOptions: ParsableArguments {
  @OptionGroup var brought: GivenTrustOptions
  @OptionGroup var state: StateOptions
  @OptionGroup(title: "Confinement") var confinement: ConfinementOptions

  /// - Parameters:
  ///   - files: that are read later.
  ///   - output: a file that is written later.
  func ground(
    _ said: OccasionOptions, by crew: Crew, reading files: [String] = [], writing output: String? = nil
  ) throws -> TrialGround {
    var given = try brought.given()
    given.witnessPolicy = try said.givenWitnesses()
    let store = try state.openIfPresent()
    try crew.confineKeeper(of: store, reportingTo: output.map(InputFile.folder(of:)), reading: files)
    let keeper = Keeper(try store?.running())
    let now = keeper.effectiveTime(clock: UnixTime(wallClockSeconds()))
    return TrialGround(given: given, trust: try keeper.trust(now: now), now: now)
  }
}

/// What there is to prove against, and the effective time.
struct TrialGround {
  let given: GivenTrust
  let trust: TrustInForce
  let now: UnixTime

  func inForce(_ policy: Policy, named path: String) throws -> PolicyInForce {
    let inForce = try PolicyInForce(
      policy, from: .file(InputFile.name(of: path)), with: given, under: trust, now: now)
    for key in given.keys where !inForce.keys.contains(key) {
      Voice.warn("the policy names no key \(ClaimedDigest(key.fingerprint)), which --key gives")
    }
    for root in given.roots where !inForce.trustRoots.contains(where: { $0.bytes == root.bytes }) {
      Voice.warn("no authority of the policy stands on the trust root \(root.name ?? root.file)")
    }
    return inForce
  }
}

extension PolicyInForce {
  /// All that this policy asks about an archive.
  /// - Throws: why there is nothing to ask about: the archive cannot be read.
  func facts(of archive: String, with loose: [Evidence], by crew: Crew) throws -> SavedFacts {
    let source = MediaSource(argument: archive)
    let progress = Progress.onScreen(archive)
    defer { progress?.end() }
    let prover = try ConfinedProver(request, entries: entries, about: source.description, of: crew)
    let reading = try crew.read(source) { done, total in progress?.update(done, total) }
    return SavedFacts(
      images: reading.archive.images, archiveFailures: reading.failures,
      findings: try prover.prove(reading.archive.evidence + loose), documents: reading.archive.documents)
  }
}
