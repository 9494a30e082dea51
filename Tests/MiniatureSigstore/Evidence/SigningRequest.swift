/// What is to be signed, by whom, and what is to stand beside the signature.
package struct SigningRequest: Sendable {
  package enum Content: Sendable {
    /// The artifact's bytes, signed as they are.
    case message([UInt8])
    /// A DSSE envelope over an in-toto statement.
    case statement(SampleStatement)
    /// A DSSE envelope over anything.
    case envelope(payload: [UInt8], type: String)
  }

  package enum Material: Sendable {
    /// A fresh key under a ten-minute Fulcio certificate.
    case certificate(SampleIdentity, key: KeyAlgorithm = .p256)
    /// A fresh key under a certificate of the site's own authority, without Fulcio's extensions and without SCT.
    case siteCertificate(SampleIdentity)
    case key(SampleKey)
  }

  package enum Log: Hashable, Sendable {
    case none
    /// Rekor v1; nil picks hashedrekord for messages and dsse for envelopes.
    case v1(EntryKind? = nil)
    /// Rekor v2 with an Ed25519 key.
    case v2
    /// Rekor v2 with a P-256 key.
    case v2ecdsa
    /// Rekor v2 whose checkpoint is cosigned by two witnesses.
    case v2witnessed
  }

  package struct Timestamp: Hashable, Sendable {
    package var embedsCertificate: Bool
    /// Puts certificates that have nothing to do with it into the token.
    package var injectsStrangers: Bool
    /// The second authority signs.
    package var isSecondAuthority: Bool
    package var hash: SampleHash

    package init(
      embedsCertificate: Bool = true, injectsStrangers: Bool = false, isSecondAuthority: Bool = false,
      hash: SampleHash = .sha256
    ) {
      self.embedsCertificate = embedsCertificate
      self.injectsStrangers = injectsStrangers
      self.isSecondAuthority = isSecondAuthority
      self.hash = hash
    }

    package static let embedded = Timestamp()
    package static let bare = Timestamp(embedsCertificate: false)
    package static let injected = Timestamp(injectsStrangers: true)
    package static let second = Timestamp(isSecondAuthority: true)
  }

  package var content: Content
  package var material: Material
  package var log: Log
  package var timestamps: [Timestamp]
  /// nil: as the key usually signs (Ed25519 messages by Ed25519ph, envelopes by plain Ed25519).
  package var method: SignatureMethod?
  /// Unix seconds; nil is a minute before the world's now. The certificate begins ten seconds earlier.
  package var time: Int64?
  /// Extensions inside the SCT, up to 65,535 bytes.
  package var certificateTimestampExtensions: [UInt8]
  package var spoil: Spoil?

  /// Without a word about the rest: keyless, in Rekor v1, no timestamp. Rekor v2 brings one timestamp, without which
  /// nothing says when.
  package init(
    _ content: Content, as material: Material = .certificate(.releaseWorkflow), log: Log? = nil,
    timestamps: [Timestamp]? = nil, spoil: Spoil? = nil
  ) {
    var usualLog = Log.v1()
    if case .key = material { usualLog = .none }
    if case .siteCertificate = material { usualLog = .none }
    self.content = content
    self.material = material
    self.log = log ?? usualLog
    self.spoil = spoil
    certificateTimestampExtensions = []
    switch self.log {
    case .v2, .v2ecdsa, .v2witnessed: self.timestamps = timestamps ?? [.embedded]
    case .v1: self.timestamps = timestamps ?? []
    case .none:
      if case .key = material {
        self.timestamps = timestamps ?? []
      } else {
        self.timestamps = timestamps ?? [.embedded]
      }
    }
  }

  /// The same with one thing wrong.
  package func spoiled(_ spoil: Spoil?) -> SigningRequest {
    var copy = self
    copy.spoil = spoil
    return copy
  }
}
