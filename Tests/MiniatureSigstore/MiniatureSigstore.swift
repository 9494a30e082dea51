import Synchronization

/// A small Sigstore: a Fulcio-like authority with its certificate log, transparency logs of both generations,
/// timestamp authorities, and the trust root that describes them. It issues in the real formats, and can make any one
/// thing wrong (`Spoil`).
///
/// ```
/// let world = MiniatureSigstore(seed: 1)
/// let request = SigningRequest(.message(artifact), as: .certificate(.maintainer), log: .v2)
/// let bundle = world.issue(request).bundle()
/// let root = world.trustedRoot()
/// let bad = world.issue(request.spoiled(.checkpointByStranger)).bundle()
/// ```
package final class MiniatureSigstore: Sendable {
  /// Unix seconds. Everything was set up a year before, and signatures are made a minute before.
  package let now: Int64
  package let seed: UInt64
  /// Since when the services exist: certificates and the trust root's windows begin then.
  package var since: Int64 { now - 365 * 86400 }

  package let fulcio: SampleAuthority
  /// An organisation's own authority, beside Fulcio in the trust root.
  package let site: SampleAuthority
  package let certificateLog: CertificateLog
  package let rekorV1: RekorV1
  package let rekorV2: RekorV2
  package let rekorV2ECDSA: RekorV2
  package let rekorV2Witnessed: RekorV2
  package let timestampAuthority: TimestampAuthority
  package let secondTimestampAuthority: TimestampAuthority
  package let witnesses: [NoteSigner]

  /// Not in any trust root.
  let strangerKey = SampleKey(.p256)
  let strangerCertificateLog = CertificateLog("https://ctfe.elsewhere.example")
  let strangerRekorV1 = RekorV1("rekor.elsewhere.example", fillers: 3)
  let strangerRekorV2 = RekorV2("log.rekor.elsewhere.example", key: SampleKey(.ed25519), fillers: 3)
  let strangerTimestampAuthority: TimestampAuthority

  /// Flawed services, made when first asked for: the trust root must describe the very one that issued.
  private let flawed = Mutex<(authorities: [Spoil: SampleAuthority], timestamps: [Spoil: TimestampAuthority])>(
    ([:], [:]))

  package init(seed: UInt64 = 1, now: Int64 = currentTime()) {
    self.seed = seed
    self.now = now
    let since = now - 365 * 86400
    let fillers = 5 + Int(seed % 7)
    fulcio = SampleAuthority(
      "miniature.example", common: "miniature", key: .p384, for: CertificateExtension.codeSigning, since: since)
    site = SampleAuthority(
      "Acme", common: "Acme Signing", key: .p256, for: CertificateExtension.codeSigning, since: since)
    certificateLog = CertificateLog("https://ctfe.miniature.example/2026")
    rekorV1 = RekorV1("rekor.miniature.example", fillers: fillers)
    rekorV2 = RekorV2("log2026-1.rekor.miniature.example", key: SampleKey(.ed25519), fillers: fillers + 1)
    rekorV2ECDSA = RekorV2("log2026-2.rekor.miniature.example", key: SampleKey(.p256), fillers: fillers + 2)
    witnesses = ["witness.one.example", "witness.two.example/second"].map { NoteSigner($0, SampleKey(.ed25519)) }
    rekorV2Witnessed = RekorV2(
      "log2026-3.rekor.miniature.example", key: SampleKey(.ed25519), witnesses: witnesses, fillers: fillers + 3)
    timestampAuthority = TimestampAuthority(
      "https://timestamp.miniature.example/api/v1/timestamp", organization: "miniature.example", key: .p384,
      since: since)
    secondTimestampAuthority = TimestampAuthority(
      "https://tsa.second.example", organization: "second.example", key: .p256, since: since)
    strangerTimestampAuthority = TimestampAuthority(
      "https://tsa.elsewhere.example", organization: "elsewhere.example", key: .p256, since: since)
  }

  /// The Fulcio that issues under this fault.
  func fulcio(under spoil: Spoil?) -> SampleAuthority {
    let flaw: SampleAuthority.Flaw? =
      switch spoil {
      case .intermediateExpired: .expired
      case .intermediateNotAnAuthority: .notAnAuthority
      case .intermediateOtherPurpose: .withoutPurpose
      case .intermediateByAnotherRoot: .byAnotherRoot
      default: nil
      }
    guard let spoil, let flaw else { return fulcio }
    return flawed.withLock { flawed in
      if let made = flawed.authorities[spoil] { return made }
      let made = SampleAuthority(
        fulcio.organization, common: "miniature", key: .p384, for: CertificateExtension.codeSigning, since: since,
        sharingRootOf: fulcio, flaw: flaw, flawedAt: now - 86400)
      flawed.authorities[spoil] = made
      return made
    }
  }

  /// The timestamp authority that signs under this fault.
  func timestampAuthority(under spoil: Spoil?) -> TimestampAuthority {
    let flaw: TimestampAuthority.Flaw? =
      switch spoil {
      case .timestampPurposeNotCritical: .purposeNotCritical
      case .timestampOtherPurpose: .otherPurpose
      case .timestampAuthorityExpired: .expired
      default: nil
      }
    guard let spoil, let flaw else { return timestampAuthority }
    return flawed.withLock { flawed in
      if let made = flawed.timestamps[spoil] { return made }
      let made = TimestampAuthority(
        timestampAuthority, flaw: flaw, since: since,
        until: flaw == .expired ? now - 86400 : since + 5 * 365 * 86400)
      flawed.timestamps[spoil] = made
      return made
    }
  }
}
