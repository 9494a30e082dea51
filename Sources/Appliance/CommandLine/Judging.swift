import ArgumentParser
import OCIImage
import Octets
import Policy
import Reasons
import Report
import Roles
import Store

/// Who must have signed what, as `verify` and `import` ask alike.
struct DemandOptions: ParsableArguments {
  @OptionGroup(title: "Who must have signed")
  var signer: SignerOptions

  @OptionGroup(title: "By a policy")
  var policy: PolicyOptions

  @Option(
    name: .customLong("require"),
    help: .init(
      "`signature` (the default) or `attestation=PREDICATE-TYPE`. Several: all of them.", valueName: "WHAT"))
  var requirements: [String] = []

  @Flag(help: "Admit images whose foreign (nondistributable) layers were not carried. Recorded in the report.")
  var allowForeignLayers = false

  var said: OccasionOptions { policy.said }

  func demand() throws -> PolicyDemand {
    try PolicyDemand(
      policy, signer, kinds: kinds(), allowsForeignLayers: allowForeignLayers,
      others: (requirements.isEmpty ? [] : ["--require"]) + (allowForeignLayers ? ["--allow-foreign-layers"] : []))
  }

  private func kinds() throws -> [EvidenceDemand.Kind] {
    if requirements.isEmpty { return [.signature] }
    return try requirements.map { text in
      guard let kind = EvidenceDemand.Kind(option: text) else {
        throw UsageMistake("--require takes `signature` or `attestation=PREDICATE-TYPE`, not “\(text)”.")
      }
      return kind
    }
  }
}

/// What judging archives takes beside them, once the store is at work.
struct Sitting {
  let inForce: PolicyInForce
  let trust: TrustInForce
  let keeper: Keeper
  let said: OccasionOptions
  let occasion: Occasion
  /// The machine's clock: a claim.
  let clock: UnixTime
  private let warned = BundleWarnings()

  var isBySoftwareTPM: Bool { if case .store(_, _, true, _, _) = keeper.verifier { true } else { false } }

  /// - Parameters:
  ///   - custodian: nil without a store.
  ///   - example: an archive, for the words of a mistake.
  ///   - keeper: asks for the PIN, where one is wanted: when everything else is known to be there.
  init(
    _ custodian: Custodian?, asked demand: PolicyDemand, said: OccasionOptions, clock: UnixTime, example: String,
    keeper: (Custodian?) throws -> Keeper
  ) throws {
    let asking = Keeper(custodian)
    let now = asking.effectiveTime(clock: clock)
    trust = try asking.trust(now: now)
    inForce = try demand.policy(under: trust, now: now, example: example)
    self.keeper = try keeper(custodian)
    self.said = said
    self.clock = clock
    for age in trust.ages where inForce.restsOnBundle && age.standing == .ageing {
      Voice.warn("ageing: \(age.words)")
    }
    occasion = said.occasion(now: now, under: trust)
  }

  /// - Parameters:
  ///   - loose: evidence that lies beside the archive; where it could not be read, nothing is judged.
  ///   - report: the folder for reports; nil where none are wanted.
  func judge(
    _ archive: String, _ selection: Selection = Selection(.all, platform: nil),
    beside loose: Result<[Evidence], Failure>,
    isFresh: Bool, by crew: Crew, reportingTo report: String?
  ) throws -> ArchiveResult {
    var result = try VerificationRun(
      archive: archive, inForce: inForce, said: said, occasion: occasion, selection: selection, beside: loose,
      keeper: keeper, trust: trust, clock: clock, isFresh: isFresh, crew: crew, warned: warned
    ).run()
    result.isBySoftwareTPM = isBySoftwareTPM
    try write(result, into: report)
    return result
  }

  func write(_ result: ArchiveResult, into report: String?) throws {
    guard let report else { return }
    for (image, issued) in try result.reports(keeper) { try OutputFolder.write(issued, for: image, into: report) }
  }
}
