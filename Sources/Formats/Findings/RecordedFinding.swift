import Reasons

extension Finding {
  /// Of a thing that is named in a report, beside its text; a digest takes less.
  private static let line = 110

  /// Bytes that a report takes for it, roughly: all its texts, and a line for each thing. Of a statement nothing stands
  /// there.
  package var recordedBytes: Int {
    func bytes(_ texts: [String]) -> Int { texts.reduce(0) { $0 + Self.line + $1.utf8.count } }
    var sum = Self.line * (3 + subjects.count) + carrier.utf8.count
    if case .attestation(let predicateType) = kind { sum += predicateType.utf8.count }
    if case .trustRoot(let name) = anchor { sum += name.utf8.count }
    switch outcome {
    case .failure(let failure): sum += bytes([failure.subject, failure.detail])
    case .success(let proven):
      sum += bytes(proven.checks.flatMap { [$0.name, $0.detail] })
      sum += bytes(
        proven.times.map { time in
          switch time.source {
          case .signedEntryTimestamp(let log): log
          case .timestampAuthority(let name): name
          }
        })
      sum += bytes(proven.log.flatMap { [$0.log, $0.entryKind] + $0.witnesses + $0.proofs.map(\.rawValue) })
      if case .certificate(let facts) = proven.signer {
        sum += bytes(facts.identities + facts.certificateTimestamps + [facts.issuer ?? "", facts.authority])
        sum += bytes(facts.extensions.flatMap { [$0.name, $0.value] })
      }
    }
    return sum
  }
}
