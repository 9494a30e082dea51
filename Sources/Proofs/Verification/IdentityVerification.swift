import Cryptography
import Findings
import LogSnapshot
import Octets
import Reasons
import SigningIdentity
import TransparencyLog
import TrustRoot
import TrustedTime

/// Verification under a certificate, in the order of the Sigstore client specification.
struct IdentityVerification: Sendable {
  private let trustRoot: TrustRoot
  private let now: UnixTime
  private let revocations: Revocations
  private let logs: EntryVerification
  private let timestamps: TimestampVerifier
  private let identities: IdentityVerifier

  init(
    trustRoot: TrustRoot, now: UnixTime, revocations: Revocations, entries: (any EntrySource)?,
    witnesses: [TLogPolicy.Witness]
  ) {
    self.trustRoot = trustRoot
    self.now = now
    self.revocations = revocations
    logs = EntryVerification(trustRoot: trustRoot, source: entries, witnesses: witnesses)
    timestamps = TimestampVerifier(trustRoot: trustRoot)
    identities = IdentityVerifier(trustRoot: trustRoot)
  }

  func prove(_ claim: SignatureClaim) throws(Failure) -> Proven {
    // 1. Evidence. EvidenceReader read the form, SignatureVerifier compared the subject.
    var checks = [Step.form.passed(), Step.subject.passed()]
    guard let (leaf, carried) = try claim.material.certificates() else {
      throw Failure(.signatureMaterialMismatch, "signature", "it was made with a bare key, and names no identity")
    }
    checks.append(Step.material.passed("certificate"))

    // 2. Log entry.
    let entries = try logs.verify(claim, leaf, &checks)

    // 3. Time.
    let established = try verifyTimes(claim, entries, &checks)
    let times = established.map(\.time)

    // 4 and 5. Chain at each of these times, certificate log and revocation lists.
    let (identity, identityChecks) = try identities.verify(leaf, carried: carried, at: times)
    checks += identityChecks
    checks.append(try revocations.verify(identity, at: established))

    // 6. Binding.
    for entry in entries {
      try entry.verifyBinding(to: claim.logged, signature: claim.signature, certificate: leaf.der)
    }
    if !entries.isEmpty {
      checks += [Step.entryDigest.passed(), Step.entrySignature.passed(), Step.entryKey.passed()]
    }

    // 7. Signature.
    let key: PublicKey
    do { key = try leaf.publicKey } catch {
      throw Failure(.signatureAlgorithmUnsupported, "certificate", "its key: \(error)")
    }
    try claim.verifySignature(under: key)
    checks.append(Step.signature.passed("under the certificate’s key"))
    return Proven(
      signer: .certificate(identity.facts), times: established, log: entries.map { logs.facts($0) }, checks: checks,
      statement: claim.statement)
  }

  // MARK: Time

  private func verifyTimes(
    _ claim: SignatureClaim, _ entries: [VerifiedEntry], _ checks: inout [Check]
  ) throws(Failure) -> [EstablishedTime] {
    var times: [EstablishedTime] = []
    for entry in entries {
      guard let time = entry.integratedTime else { continue }
      times.append(EstablishedTime(time, .signedEntryTimestamp(log: entry.log.name)))
    }
    checks.append(
      times.isEmpty
        ? Step.signedEntryTimestamp.notApplicable("none verified") : Step.signedEntryTimestamp.passed())
    var stamped: [VerifiedTimestamp] = []
    var passedOver: Failure?
    for timestamp in try claim.material.timestamps() {
      do {
        let verified = try timestamps.verify(timestamp, over: claim.timestamped)
        stamped.append(verified)
        if !times.contains(verified.time) { times.append(verified.time) }
      } catch {
        guard error.reason == .timestampAuthorityUnknown else { throw error }
        passedOver = passedOver ?? error
      }
    }
    checks.append(stamped.isEmpty ? Step.timestamp.notApplicable("none verified") : Step.timestamp.passed())
    guard !times.isEmpty else {
      throw passedOver ?? Failure(.timeMissing, "signature", "no trusted source says when it was made")
    }
    checks.append(Step.established.passed(times.map(\.time.description).joined(separator: ", ")))
    for time in times where time.time > now {
      throw Failure(.timeInFuture, "signature", "made at \(time.time), and this machine’s clock says \(now)")
    }
    checks.append(Step.clock.passed())
    for entry in entries { try entry.verifyKeyValidity(at: times.map(\.time)) }
    if !entries.isEmpty { checks.append(Step.logKeyValidity.passed()) }
    checks.append(try revocations.verify(stamped))
    return times
  }
}
