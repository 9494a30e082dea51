import Attestation
import Cryptography
import TPM
import TestSupport

/// A TPM with a store's keys in it.
struct Appliance {
  let bench: Bench
  let site: Site?
  let provisioned: Provisioned
  let tpm: TPM

  var keys: ProvisionedKeys { provisioned.keys }

  /// - Parameters:
  ///   - authority: a site's, or nil for a throw-away key.
  ///   - pin: of the report key.
  init(_ kind: Kind = .software, authority site: Site? = nil, pin: String? = nil) throws {
    let bench = try Bench(kind)
    try self.init(bench, try TPM.make(bench.driver), authority: site, pin: pin)
  }

  init(_ bench: Bench, _ tpm: TPM, authority site: Site? = nil, pin: String? = nil) throws {
    self.bench = bench
    self.site = site
    self.tpm = tpm
    let authority = try site.map { try PolicyAuthority(try PublicKey(spki: $0.key.spki)) }
    let typed: SecretBytes? = pin.map { secret($0) }
    provisioned = try Provisioning.provision(tpm, authority: authority, pin: typed)
  }

  /// With what provisioning approved, or with the site's approval of the machine as it is, good for its version alone.
  func custody(pcrs: PCRSelection = .measured) throws -> CustodyTPM {
    try CustodyTPM(tpm, keys, try provisioned.approved ?? approval(pcrs: pcrs))
  }

  func approval(pcrs: PCRSelection = .measured) throws -> ApprovedPolicy {
    let request = try Provisioning.policyRequest(tpm, keys, pcrs: pcrs)
    return try site!.approve(try request.policy(until: request.version))
  }

  func expectNothingLoaded(_ after: String) throws {
    let (objects, sessions) = (try tpm.transientObjects(), try tpm.loadedSessions())
    guard objects == 0, sessions == 0 else {
      throw SetupError(description: "\(objects) objects and \(sessions) sessions loaded after \(after)")
    }
  }
}

/// A site's policy authority, off the machine.
struct Site {
  let key: SigningKey

  init() throws { key = try SigningKey() }

  func approve(_ policy: RuntimePolicy) throws -> ApprovedPolicy {
    ApprovedPolicy(policy: policy, signature: try key.sign(policy.statement))
  }

  func withdraw(_ version: UInt64, counterName: [UInt8]) throws -> Withdrawal {
    Withdrawal(
      version: version, signature: try key.sign(Withdrawal.statement(version: version, counterName: counterName)))
  }
}

extension ProvisionedKeys {
  /// The same keys, some of them others, as if read from a disk.
  func with(
    authority: PolicyAuthority? = nil, storageRoot: PersistentKey? = nil, attestation: PersistentKey? = nil,
    policyVersion: NVIndex? = nil, anchor: NVIndex? = nil, commit: CreatedObject? = nil, report: CreatedObject? = nil,
    pin: PINSalt?? = nil, storeKey: CreatedObject? = nil
  ) throws -> ProvisionedKeys {
    try ProvisionedKeys(
      authority: authority ?? self.authority, storageRoot: storageRoot ?? self.storageRoot,
      attestation: attestation ?? self.attestation, endorsement: endorsement,
      policyVersion: policyVersion ?? self.policyVersion, anchor: anchor ?? self.anchor,
      commit: commit ?? self.commit.object, report: report ?? self.report.object, pin: pin ?? self.pin,
      storeKey: storeKey ?? self.storeKey)
  }
}

extension CreatedObject {
  /// The same object with another public area.
  func with(_ publicArea: [UInt8]) -> CreatedObject {
    CreatedObject(
      publicArea: publicArea, privateBlob: privateBlob, creationData: creationData, creationTicket: creationTicket)
  }
}

extension PCRSelection {
  /// Secure Boot and the unified kernel image.
  static let measured = PCRSelection([7, 11])!
}

func secret(_ text: String) -> SecretBytes {
  var bytes = Array(text.utf8)
  return SecretBytes(wiping: &bytes)
}

/// What a failing operation said.
func refusal(_ body: () throws -> Void) -> TPMError? {
  do {
    try body()
    return nil
  } catch {
    return error as? TPMError
  }
}

/// A test's own surroundings that do not work.
struct SetupError: Error, CustomStringConvertible { let description: String }
