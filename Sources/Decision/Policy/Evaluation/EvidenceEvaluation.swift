import Findings
import OCIImage
import Octets
import Reasons

extension PartEvaluation {
  /// How a demand for evidence came out. Every piece is weighed under each anchor that one of the authorities has: it does
  /// where it does under one of them, and otherwise what speaks least against it counts. Of pieces that do not do, the
  /// worst says why: evidence of the right kind was there.
  func outcome(of demand: EvidenceDemand, _ requirement: Requirement) -> Outcome {
    guard let covering = covering(demand.covers) else {
      return Outcome(requirement, .admit, notes: ["asked of each platform’s manifest"])
    }
    var weighing = Weighing()
    for position in matter.findings.concerning(covering) {
      let finding = matter.findings.findings[position]
      let authorities = demand.by.filter { matter.standings[$0].anchor == finding.anchor }
      guard !authorities.isEmpty, finding.kind.map(demand.kind.includes) ?? true else { continue }
      weighing.add(finding, position, weigh(finding, demand, authorities, covering))
    }
    weighing.endPiece()
    let found =
      demand.count == 1 ? min(1, weighing.met.count) : Voices(weighing.met.map(\.position), policy, matter).count
    let satisfying = weighing.met.map(\.position)
    guard found < demand.count else {
      let ends = weighing.met.map(\.until)
      // One is enough where one is asked for: the last to end.
      let until =
        demand.count == 1
        ? (ends.contains(nil) ? nil : ends.compactMap { $0 }.max()) : ends.reduce(nil) { earlier($0, $1) }
      return Outcome(
        requirement, .admit, satisfiedBy: satisfying, warnings: weighing.failures, notes: weighing.met.flatMap(\.notes),
        until: until)
    }
    let lacking = Set(demand.by.compactMap { matter.standings[$0].lacking })
      .sorted { $0.description < $1.description }
    if satisfying.isEmpty, lacking.isEmpty, !weighing.failures.isEmpty {
      let reasons = weighing.failures.sorted { Verdict([$0]) > Verdict([$1]) }
      return Outcome(requirement, Verdict(reasons), reasons: reasons)
    }
    // Nothing is wrong with what would do: it is not there, or not known here.
    let reasons = satisfying.isEmpty && !lacking.isEmpty ? lacking : lacking + [missing(demand, found: found)]
    return Outcome(
      requirement, .incomplete, satisfiedBy: satisfying, reasons: reasons, warnings: weighing.failures,
      notes: weighing.met.flatMap(\.notes))
  }

  /// The digests on which evidence may stand; nil where this part is not asked.
  private func covering(_ coverage: EvidenceDemand.Coverage?) -> Set<ClaimedDigest>? {
    switch coverage {
    case nil: Set(part.coveringDigests)
    case .index: [image.digest]
    case .everyPlatform: part.isForMachines || !image.hasPlatforms ? [part.digest] : nil
    }
  }

  private func weigh(
    _ finding: Finding, _ demand: EvidenceDemand, _ authorities: [Int], _ covering: Set<ClaimedDigest>
  ) -> Weighed {
    let proven: Proven
    switch finding.outcome {
    case .failure(let failure): return .unmet(failure.within(finding.carrier))
    case .success(let found): proven = found
    }
    guard finding.kind != nil, !covering.isDisjoint(with: finding.subjects) else {
      return .unmet(Failure(.signatureSubjectMismatch, finding.carrier, "what was signed names another digest"))
    }
    if let failure = objection(to: proven, authorities) ?? matter.denials.objection(to: proven) {
      return .unmet(failure.within(finding.carrier))
    }
    var until: UnixTime?
    if let limit = demand.maxAge {
      // The earliest: an old signature that was stamped again is old.
      guard let time = proven.times.map(\.time).min() else {
        return .unmet(
          Failure(.evidenceAgeUnknown, finding.carrier, "no trusted source says since when it exists"))
      }
      let end = UnixTime(time.seconds.addingReportingOverflow(limit.seconds).partialValue)
      guard now < end else {
        return .unmet(Failure(.evidenceTooOld, finding.carrier, "of \(time), and at most \(limit.wording) are allowed"))
      }
      until = end
    }
    return .met(notes: [], until: until)
  }

  /// Why none of these authorities stands behind it; nil where one does.
  private func objection(to proven: Proven, _ authorities: [Int]) -> Failure? {
    var objections: [Failure] = []
    for position in authorities {
      let authority = policy.authorities[position]
      if let failure = authority.signer.objection(to: proven.signer) {
        objections.append(failure)
      } else if let failure = authority.needs.objection(to: proven) {
        // The signer is the right one: what it lacks is the answer.
        objections.insert(failure, at: 0)
      } else {
        return nil
      }
    }
    guard let first = objections.first, objections.count > 1, first.reason == objections[1].reason else {
      return objections.first
    }
    let names = authorities.map { policy.authorities[$0].name }.joined(separator: ", ")
    return Failure(first.reason, first.subject, "\(proven.signer.wording) is none of \(names)")
  }

  private func missing(_ demand: EvidenceDemand, found: Int) -> Failure {
    let names = demand.by.map { policy.authorities[$0].name }.joined(separator: " or ")
    let whose = policy.authorities.count == 1 ? "" : "of \(names)"
    let words = demand.count == 1 ? whose : "\(demand.count) distinct signers are required \(whose), \(found) found"
    return switch demand.kind {
    case .signature: Failure(.signatureMissing, "image", words)
    case .attestation(let types):
      Failure(.attestationMissing, types.map { printable($0) }.joined(separator: " or "), words)
    }
  }
}

/// What one finding is worth to a demand.
private enum Weighed {
  case met(notes: [String], until: UnixTime?)
  case unmet(Failure)
}

/// Findings one after another, those of one piece of evidence together.
private struct Weighing {
  var met: [(position: Int, notes: [String], until: UnixTime?)] = []
  var failures: [Failure] = []

  private var evidence: Finding?
  private var isMet = false
  /// Of the piece at hand, under each anchor.
  private var unmet: [(anchor: Finding.Anchor, failures: [Failure])] = []

  mutating func add(_ finding: Finding, _ position: Int, _ weighed: Weighed) {
    if let evidence, evidence.evidence != finding.evidence || evidence.carrier != finding.carrier { endPiece() }
    evidence = finding
    switch weighed {
    case .met(let notes, let until):
      met.append((position, notes, until))
      isMet = true
    case .unmet(let failure):
      if unmet.last?.anchor == finding.anchor {
        unmet[unmet.count - 1].failures.append(failure)
      } else {
        unmet.append((finding.anchor, [failure]))
      }
    }
  }

  /// A piece that does under one anchor need not do under another; what is wrong with it under the same is worth a word.
  mutating func endPiece() {
    if let best = unmet.min(by: { Verdict($0.failures) < Verdict($1.failures) }), !isMet || unmet.count == 1 {
      failures += best.failures
    }
    (evidence, isMet, unmet) = (nil, false, [])
  }
}

extension EvidenceDemand.Kind {
  func includes(_ kind: EvidenceKind) -> Bool {
    switch (self, kind) {
    case (.signature, .signature): true
    case (.attestation(let types), .attestation(let type)): types.contains { $0.utf8.elementsEqual(type.utf8) }
    case (.signature, .attestation), (.attestation, .signature): false
    }
  }
}
