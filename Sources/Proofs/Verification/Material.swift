import Cryptography
import OCIImage
import Reasons
import SigstoreBundle
import TransparencyLog

/// What came along to verify a signature with. Read when it is needed: under a bare key nothing of it is consulted.
enum Material: Sendable {
  case bundle(SigstoreBundle)
  case annotations(CosignAnnotations)

  /// Whatever the evidence calls its key.
  var keyHint: [UInt8] {
    guard case .bundle(let bundle) = self, case .publicKey(let hint) = bundle.material else { return [] }
    return hint
  }

  /// The signing certificate and what came with it; nil where there is none.
  func certificates() throws(Failure) -> (leaf: Certificate, carried: [Certificate])? {
    var certificates: [Certificate] = []
    switch self {
    case .bundle(let bundle):
      guard case .certificates(let ders) = bundle.material else { return nil }
      for der in ders {
        do { certificates.append(try Certificate(der: der)) } catch { throw Self.failure(error) }
      }
    case .annotations(let annotations):
      guard let pem = annotations.certificate, !pem.isEmpty else { return nil }
      do {
        certificates = try Certificate.chain(pem: Array(pem.utf8))
        certificates += try Certificate.chain(pem: Array((annotations.chain ?? "").utf8))
      } catch {
        throw Self.failure(error)
      }
      // cosign always wrote the whole chain. The root is no evidence there: it is left out, and never believed.
      if certificates.count > 1, let last = certificates.last, last.isSelfIssued { certificates.removeLast() }
    }
    guard let leaf = certificates.first else {
      throw Failure(.certificateMalformed, "certificate", "no certificate where one should be")
    }
    return (leaf, Array(certificates.dropFirst()))
  }

  func logEntries() throws(Failure) -> [LoggedEntry] {
    switch self {
    case .bundle(let bundle): return bundle.logEntries
    case .annotations(let annotations):
      guard let text = annotations.rekorBundle, !text.isEmpty else { return [] }
      return [try LoggedEntry(cosignAnnotation: Array(text.utf8))]
    }
  }

  var requirement: LogVerifier.Requirement {
    guard case .bundle(let bundle) = self, bundle.version > .v0_1 else { return .promise }
    return .inclusion
  }

  /// RFC 3161, DER.
  func timestamps() throws(Failure) -> [[UInt8]] {
    switch self {
    case .bundle(let bundle): return bundle.timestamps
    case .annotations(let annotations):
      guard let text = annotations.timestamp, !text.isEmpty else { return [] }
      return [try CosignAnnotation.timestamp(Array(text.utf8))]
    }
  }

  private static func failure(_ error: CryptographyError) -> Failure {
    if case .unsupported(let detail) = error {
      return Failure(.signatureAlgorithmUnsupported, "certificate", detail)
    }
    return Failure(.certificateMalformed, "certificate", "\(error)")
  }
}
