/// Types of the trust root's document.
package enum TrustedRootVersion: String, Sendable, CaseIterable {
  case legacy = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
  case v01 = "application/vnd.dev.sigstore.trustedroot.v0.1+json"
  case v02 = "application/vnd.dev.sigstore.trustedroot.v0.2+json"
}

/// The windows that a trust root gives, Unix seconds; nil: as long as the services exist, without an end.
package struct TrustedRootWindows: Sendable {
  package struct Window: Sendable {
    package var start: Int64?
    package var end: Int64?

    package init(start: Int64?, end: Int64? = nil) {
      self.start = start
      self.end = end
    }
  }

  package var authority: Window?
  package var certificateLog: Window?
  package var logs: Window?
  package var timestampAuthority: Window?

  package init() {}
}

/// The services of a trust root.
package enum TrustedRootPart: Sendable, CaseIterable {
  case fulcio, siteAuthority, certificateLog, logs, timestampAuthorities
}

extension MiniatureSigstore {
  /// `trusted_root.json`, describing every service of this world.
  package func trustedRoot(
    _ version: TrustedRootVersion = .legacy, windows: TrustedRootWindows = TrustedRootWindows(),
    leavingOut absent: Set<TrustedRootPart> = [], spoil: Spoil? = nil
  ) -> [UInt8] {
    trustedRootJSON(version, windows: windows, leavingOut: absent, spoil: spoil).pretty()
  }

  /// The same as a document, for tests that change it further.
  package func trustedRootJSON(
    _ version: TrustedRootVersion = .legacy, windows: TrustedRootWindows = TrustedRootWindows(),
    leavingOut absent: Set<TrustedRootPart> = [], spoil: Spoil? = nil
  ) -> JSONText {
    let windows = spoiled(windows, by: spoil)
    let absent = absent.union(spoil?.absentPart.map { [$0] } ?? [])
    let mediaType = spoil == .rootMediaTypeUnknown ? "application/vnd.dev.sigstore.trustedroot.v9+json" : nil
    func list(_ part: TrustedRootPart, _ instances: [JSONText]) -> [JSONText] {
      absent.contains(part) ? [] : instances
    }
    let authorities = window(windows.authority)
    return [
      "mediaType": .string(mediaType ?? version.rawValue),
      "tlogs": .array(list(.logs, logs(version, window(windows.logs)))),
      "certificateAuthorities": .array(
        list(.fulcio, [instance(fulcio(under: spoil), "https://fulcio.miniature.example", authorities, version)])
          + list(.siteAuthority, [instance(site, "https://ca.acme.example", authorities, version)])),
      "ctlogs": .array(
        list(
          .certificateLog,
          [
            log(
              certificateLog.url, certificateLog.key, certificateLog.key.keyID, window(windows.certificateLog),
              version)
          ])),
      "timestampAuthorities": .array(
        list(
          .timestampAuthorities,
          [timestampAuthority(under: spoil), secondTimestampAuthority].map {
            instance($0.authority, $0.uri, chain: $0.chain, window(windows.timestampAuthority), version)
          })),
    ]
  }

  private func spoiled(_ windows: TrustedRootWindows, by spoil: Spoil?) -> TrustedRootWindows {
    // A window that ended half a year before now, or begins tomorrow.
    let ended = TrustedRootWindows.Window(start: since, end: now - 180 * 86400)
    let notBegun = TrustedRootWindows.Window(start: now + 86400)
    var windows = windows
    switch spoil {
    case .rootAuthorityEnded: windows.authority = ended
    case .rootAuthorityNotBegun: windows.authority = notBegun
    case .rootCertificateLogEnded: windows.certificateLog = ended
    case .rootLogEnded: windows.logs = ended
    case .rootLogNotBegun: windows.logs = notBegun
    case .rootLogWithoutStart: windows.logs = .init(start: nil)
    case .rootTimestampAuthorityEnded: windows.timestampAuthority = ended
    case .rootTimestampAuthorityNotBegun: windows.timestampAuthority = notBegun
    default: break
    }
    return windows
  }

  private func window(_ window: TrustedRootWindows.Window?) -> JSONText {
    let window = window ?? .init(start: since)
    return .present(
      ("start", window.start.map { .string(iso8601($0)) }), ("end", window.end.map { .string(iso8601($0)) }))
  }

  private func logs(_ version: TrustedRootVersion, _ window: JSONText) -> [JSONText] {
    [log(rekorV1.url, rekorV1.key, rekorV1.key.keyID, window, version)]
      + [rekorV2, rekorV2ECDSA, rekorV2Witnessed].map {
        log($0.url, $0.signer.key, $0.signer.fullKeyID, window, version)
      }
  }

  private func log(
    _ url: String, _ key: SampleKey, _ id: [UInt8], _ window: JSONText, _ version: TrustedRootVersion
  ) -> JSONText {
    .present(
      ("baseUrl", .string(url)), ("hashAlgorithm", "SHA2_256"),
      (
        "publicKey",
        ["rawBytes": .base64(key.spki), "keyDetails": .string(key.sigstoreDetails()), "validFor": window]
      ),
      ("logId", ["keyId": .base64(id)]),
      ("checkpointKeyId", version == .v02 ? ["keyId": .base64(Array(id.prefix(4)))] : nil),
      ("operator", version == .v02 ? "miniature.example" : nil))
  }

  private func instance(
    _ authority: SampleAuthority, _ uri: String, chain: [[UInt8]]? = nil, _ window: JSONText,
    _ version: TrustedRootVersion
  ) -> JSONText {
    .present(
      (
        "subject",
        [
          "organization": .string(authority.organization),
          "commonName": .string(authority.rootName.commonName ?? ""),
        ]
      ), ("uri", .string(uri)),
      ("certChain", ["certificates": .array((chain ?? authority.chain).map { ["rawBytes": .base64($0)] })]),
      ("validFor", window), ("operator", version == .v02 ? .string(authority.organization) : nil))
  }
}

extension Spoil {
  fileprivate var absentPart: TrustedRootPart? {
    switch self {
    case .rootWithoutAuthority: .fulcio
    case .rootWithoutCertificateLog: .certificateLog
    case .rootWithoutLog: .logs
    case .rootWithoutTimestampAuthority: .timestampAuthorities
    default: nil
    }
  }
}
