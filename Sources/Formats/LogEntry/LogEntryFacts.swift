package import Octets

// What an entry is found by.

extension LogEntryBody {
  /// Digests of what an entry says was signed. None for a body that Assay does not read.
  package static func signedDigests(_ body: [UInt8]) -> [ClaimedDigest] {
    (try? LogEntryBody(parsing: body))?.digests ?? []
  }

  /// Of an artifact, of a payload, of an envelope's exact bytes.
  package var digests: [ClaimedDigest] {
    switch content {
    case .artifact(let digest, _), .payload(let digest, _): [digest]
    case .envelopeBytes(let digest, let payload, _): [digest] + (payload.map { [$0] } ?? [])
    }
  }

  package var verifiers: [LoggedVerifier] {
    switch content {
    case .artifact(_, let signed): [signed.verifier]
    case .payload(_, let signed): signed.map(\.verifier)
    case .envelopeBytes(_, _, let verifier): [verifier]
    }
  }
}
