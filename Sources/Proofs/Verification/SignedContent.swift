import Cryptography
import Envelope
import Octets
import Reasons
import TransparencyLog

/// Step 7.1, for each of the things that a signature can be made over.
extension SignatureClaim {
  /// - Throws: `signature.invalid`; `signature.algorithm-unsupported` where the key's usual way of signing could not be
  ///   tried, and none of the others verifies.
  func verifySignature(under key: PublicKey) throws(Failure) {
    var untried: String?
    for (order, scheme) in key.kind.schemes.enumerated() {
      do {
        try verifySignature(under: key, scheme)
        return
      } catch .unsupported(let detail) {
        if order == 0 { untried = detail }
      } catch {
        continue
      }
    }
    if let untried { throw Failure(.signatureAlgorithmUnsupported, "signature", untried) }
    throw Failure(.signatureInvalid, "signature", "it does not verify over these bytes")
  }

  private func verifySignature(under key: PublicKey, _ scheme: SignatureScheme) throws(CryptographyError) {
    switch content {
    case .payload(let bytes): try key.verify(signature, over: bytes, scheme)
    case .envelope(let envelope, _): try key.verify(signature, over: envelope.preAuthenticationEncoding, scheme)
    case .artifact(let artifact):
      if let bytes = artifact?.bytes { return try key.verify(signature, over: bytes, scheme) }
      guard let hash = scheme.hashed else {
        throw .unsupported("Ed25519 signs the artifact itself, and only its digest is at hand")
      }
      guard let digest = artifact?.digest(hash) else {
        throw .unsupported("the artifact’s \(hash.rawValue) digest is not known")
      }
      try key.verify(signature, digest: hash, digest.bytes, scheme)
    }
  }

  /// What timestamps are over: the signature; where a bare envelope was carried, all of its bytes, which hold every
  /// signature (cosign `VerifyRFC3161Timestamp`).
  var timestamped: [UInt8] {
    if case .envelope(_, let exactBytes?) = content { exactBytes } else { signature }
  }

  /// The content as log entries name it.
  var logged: LoggedContent {
    switch content {
    case .payload(let bytes): .bytes(bytes)
    case .envelope(let envelope, let exactBytes): .envelope(envelope, exactBytes: exactBytes)
    case .artifact(let artifact):
      if let bytes = artifact?.bytes { .bytes(bytes) } else { .artifact(artifact?.known ?? []) }
    }
  }
}

extension PublicKey.Kind {
  /// How such keys sign in practice, the usual way first. cosign long signed with SHA-256 whatever the curve; nothing
  /// that is signed says which, and none is weaker than the key's owner chose.
  fileprivate var schemes: [SignatureScheme] {
    switch self {
    case .ecdsa(.p256): [.ecdsa(.sha256)]
    case .ecdsa(.p384): [.ecdsa(.sha384), .ecdsa(.sha256)]
    case .ecdsa(.p521): [.ecdsa(.sha512), .ecdsa(.sha256)]
    case .rsa:
      [
        .rsaPKCS1(.sha256), .rsaPSS(.sha256), .rsaPKCS1(.sha384), .rsaPSS(.sha384), .rsaPKCS1(.sha512),
        .rsaPSS(.sha512),
      ]
    case .ed25519: [.ed25519, .ed25519ph]
    }
  }
}

extension SignatureScheme {
  fileprivate var hashed: HashAlgorithm? {
    switch self {
    case .ecdsa(let hash), .rsaPKCS1(let hash), .rsaPSS(let hash): hash
    case .ed25519ph: .sha512
    case .ed25519: nil
    }
  }
}
