extension MiniatureSigstore {
  /// Signs, logs and timestamps as the request says.
  package func issue(_ request: SigningRequest) -> Issued {
    let spoil = request.spoil
    var time = request.time ?? now - 60
    switch spoil {
    case .timeInFuture: time += 86400
    // So that an hour after the certificate is still past.
    case .promisedTimeAfterCertificate, .timestampAfterCertificate: time -= 7200
    default: break
    }
    var issued = sign(request, from: time - 10)
    issued.timestamps = timestamps(request, over: issued.signature, of: issued, at: time)
    if let envelope = issued.envelope {
      issued.envelopeTimestamps = timestamps(request, over: envelope.json.bytes, of: issued, at: time)
    }
    if let entry = entry(request, for: issued, at: time + 1) { issued.entries = [entry] }
    return issued
  }

  // MARK: Signature and material

  private func sign(_ request: SigningRequest, from start: Int64) -> Issued {
    let spoil = request.spoil
    var envelope = self.envelope(request)
    var message: [UInt8] = envelope?.payload ?? []
    if case .message(let bytes) = request.content { message = bytes }

    var issued: Issued
    switch request.material {
    case .key(let key): issued = unsigned(message, by: key)
    case .certificate(let identity, let algorithm):
      let authority = fulcio(under: spoil)
      let leaf = authority.leaf(
        for: identity, key: SampleKey(algorithm), from: start, log: certificateLog,
        strangerLog: strangerCertificateLog, timestampExtensions: request.certificateTimestampExtensions, spoil: spoil)
      issued = unsigned(message, by: leaf.key, leaf, authority)
    case .siteCertificate(let identity):
      let leaf = site.siteLeaf(for: identity, key: SampleKey(.p256), from: start)
      issued = unsigned(message, by: leaf.key, leaf, site)
    }
    issued.method = request.method ?? method(of: issued.key, isEnvelope: envelope != nil)
    let signer = spoil == .signatureByStranger ? SampleKey(issued.key.algorithm) : issued.key
    // What is signed is of another type than what is shown.
    if spoil == .payloadTypeEdited { envelope?.payloadType += "; version=0" }
    issued.signature = signer.sign(envelope?.preAuthenticationEncoding ?? message, issued.method)
    if spoil == .signatureFlipped { issued.signature[issued.signature.count - 1] ^= 1 }

    switch spoil {
    case .payloadEdited: envelope?.payload.append(UInt8(ascii: "\n"))
    case .payloadTypeEdited: envelope?.payloadType = SampleStatement.payloadType
    default: break
    }
    envelope?.signatures = [issued.signature]
    switch spoil {
    case .envelopeTwoSignatures:
      let second = signer.sign(envelope?.preAuthenticationEncoding ?? [], issued.method)
      envelope?.signatures.append(second)
    case .envelopeWithoutSignature: envelope?.signatures = []
    default: break
    }
    issued.envelope = envelope
    if let envelope { issued.message = envelope.payload }
    if case .statement(let statement) = request.content { issued.predicateType = statement.predicateType }
    issued.spoil = spoil
    return issued
  }

  private func unsigned(
    _ message: [UInt8], by key: SampleKey, _ certificate: LeafCertificate? = nil, _ authority: SampleAuthority? = nil
  ) -> Issued {
    Issued(
      message: message, signature: [], method: key.usualMethod, key: key, certificate: certificate,
      intermediates: authority.map { [$0.chain[0]] } ?? [], root: authority?.chain[1], entries: [], timestamps: [])
  }

  /// cosign prehashes what an Ed25519 key signs, except in envelopes.
  private func method(of key: SampleKey, isEnvelope: Bool) -> SignatureMethod {
    key.algorithm == .ed25519 && !isEnvelope ? .ed25519ph : key.usualMethod
  }

  private func envelope(_ request: SigningRequest) -> Issued.Envelope? {
    switch request.content {
    case .message: return nil
    case .envelope(let payload, let type):
      return Issued.Envelope(payload: payload, payloadType: type, signatures: [])
    case .statement(var statement):
      if request.spoil == .statementAboutAnother {
        statement.subjects = [.init(digests: [("sha256", hexText(sha256(Array("another".utf8))))])]
      }
      let type =
        request.spoil == .payloadTypeForeign ? "application/vnd.miniature.note" : SampleStatement.payloadType
      return Issued.Envelope(payload: statement.bytes, payloadType: type, signatures: [])
    }
  }

  // MARK: Time

  private func timestamps(
    _ request: SigningRequest, over bytes: [UInt8], of issued: Issued, at time: Int64
  ) -> [[UInt8]] {
    let spoil = request.spoil
    if spoil == .timestampMissing { return [] }
    return request.timestamps.enumerated().map { index, wanted in
      let spoil = index == 0 ? spoil : nil
      var authority = wanted.isSecondAuthority ? secondTimestampAuthority : timestampAuthority(under: spoil)
      if spoil == .timestampOfStrangerAuthority { authority = strangerTimestampAuthority }
      var style = TimestampAuthority.Style(
        time: spoil == .timestampAfterCertificate ? afterCertificate(issued) : time, hash: wanted.hash,
        embedsCertificate: wanted.embedsCertificate, spoil: spoil)
      if wanted.injectsStrangers {
        style.injected = [strangerTimestampAuthority.leaf] + strangerTimestampAuthority.authority.chain
      }
      return authority.response(over: bytes, style)
    }
  }

  private func afterCertificate(_ issued: Issued) -> Int64 { (issued.certificate?.notAfter ?? now) + 3600 }

  // MARK: Log

  private func entry(_ request: SigningRequest, for issued: Issued, at time: Int64) -> IssuedEntry? {
    let spoil = request.spoil
    if request.log == .none || spoil == .entryMissing { return nil }
    let loggable = loggable(issued, spoil: spoil)
    let isStranger = spoil == .entryOfStrangerLog
    switch request.log {
    case .none: return nil
    case .v1(let wanted):
      let kind = wanted ?? (issued.envelope == nil ? .hashedrekord001 : .dsse001)
      let body = loggable.body(kind)
      return (isStranger ? strangerRekorV1 : rekorV1).log(
        spoil?.alteredBody(body) ?? body, kind: spoil == .entryKindUnknown ? "unheardof" : kind.kind,
        version: spoil == .entryVersionUnknown ? "9.9.9" : kind.version,
        at: promisedTime(issued, time, spoil), stranger: strangerKey, spoil: spoil)
    case .v2, .v2ecdsa, .v2witnessed:
      let log = request.log == .v2 ? rekorV2 : request.log == .v2ecdsa ? rekorV2ECDSA : rekorV2Witnessed
      var entry = (isStranger ? strangerRekorV2 : log).log(
        spoil?.alteredBody(loggable.bodyV2) ?? loggable.bodyV2, at: time, stranger: strangerKey, spoil: spoil)
      if spoil == .entryKindUnknown { entry.kind = "unheardof" }
      if spoil == .entryVersionUnknown { entry.version = "9.9.9" }
      return entry
    }
  }

  private func promisedTime(_ issued: Issued, _ time: Int64, _ spoil: Spoil?) -> Int64 {
    switch spoil {
    case .promisedTimeAfterCertificate: afterCertificate(issued)
    case .promisedTimeBeforeCertificate: (issued.certificate?.notBefore ?? time) - 3600
    default: time
    }
  }

  /// What the log is told; under some faults that is about something else.
  private func loggable(_ issued: Issued, spoil: Spoil?) -> Loggable {
    var loggable = Loggable(
      signature: issued.signature, signedBytes: issued.envelope?.preAuthenticationEncoding ?? issued.message,
      method: issued.method, key: issued.key, certificate: issued.certificate?.der,
      envelope: issued.envelope.map {
        .init(payload: $0.payload, payloadType: $0.payloadType, bytes: $0.json.bytes)
      })
    switch spoil {
    case .entryOtherDigest:
      loggable.signedBytes.append(0)
      loggable.envelope?.payload.append(0)
      loggable.envelope?.bytes.append(0)
    case .entryOtherSignature: loggable.signature = issued.key.sign(Array("another".utf8), issued.method)
    case .entryOtherVerifier:
      loggable.key = SampleKey(issued.key.algorithm)
      if let certificate = issued.certificate {
        loggable.certificate =
          fulcio.leaf(
            for: .stranger, key: loggable.key, from: certificate.notBefore, log: certificateLog,
            strangerLog: strangerCertificateLog, timestampExtensions: [], spoil: nil
          ).der
      }
    default: break
    }
    return loggable
  }
}
