import Findings
import OCIImage
import Octets
import OpenVEX
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
    // Put together once for all pieces, and only where one gets so far.
    var questions: [Question]?
    for position in matter.findings.concerning(covering) {
      let finding = matter.findings.findings[position]
      let authorities = demand.by.filter { matter.standings[$0].anchor == finding.anchor }
      guard !authorities.isEmpty, finding.kind.map(demand.kind.includes) ?? true else { continue }
      weighing.add(finding, weigh(position, demand, authorities, covering, &questions))
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
        allowances: weighing.met.flatMap(\.allowances).unique, until: until)
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
    case .everyPlatform:
      switch part.role {
      case .index where image.hasPlatforms: nil
      case .index, .platform, .absent: [part.digest]
      // It is no platform's, and must not enter unasked: anybody can put one beside the platforms of another index.
      case .attestationManifest: Set(part.coveringDigests)
      }
    }
  }

  /// In short words: they are repeated with each part that the evidence is about, and its names are whatever the archive says.
  private func unmet(_ failure: Failure, by finding: Finding) -> Weighed {
    var failure = failure
    failure.subject = printable(failure.subject)
    return .unmet(failure.within(printable(finding.carrier)))
  }

  private func weigh(
    _ position: Int, _ demand: EvidenceDemand, _ authorities: [Int], _ covering: Set<ClaimedDigest>,
    _ questions: inout [Question]?
  ) -> Weighed {
    let finding = matter.findings.findings[position]
    let proven: Proven
    switch finding.outcome {
    case .failure(let failure): return unmet(failure, by: finding)
    case .success(let found): proven = found
    }
    guard finding.kind != nil, !covering.isDisjoint(with: finding.subjects) else {
      return unmet(Failure(.signatureSubjectMismatch, "", "what was signed names another digest"), by: finding)
    }
    if let failure = objection(to: proven, authorities) ?? matter.denials.objection(to: proven) {
      return unmet(failure, by: finding)
    }
    var until: UnixTime?
    if let limit = demand.maxAge {
      // The earliest: an old signature that was stamped again is old, while whoever carries it brings the old time.
      guard let time = proven.times.map(\.time).min() else {
        return unmet(Failure(.evidenceAgeUnknown, "", "no trusted source says since when it exists"), by: finding)
      }
      let end = limit.end(after: time)
      guard now < end else {
        return unmet(
          Failure(.evidenceTooOld, "", "of \(time), and at most \(limit.wording) are allowed"), by: finding)
      }
      until = end
    }
    guard demand.kind != .signature else { return .met(Met(position, until: until)) }
    // Only now that the attestation's own signature holds is it asked what it says.
    guard let contents = matter.contents[position] else {
      return unmet(Failure(.predicateMalformed, "", "no statement"), by: finding)
    }
    // A type that is not what it says is no evidence of that type; one that is not understood is, where nothing is asked.
    if let failure = contents.failure, failure.reason.effect == .refuse || !demand.contents.isEmpty {
      return unmet(failure, by: finding)
    }
    var met = Met(position, until: until)
    let asked = questions ?? demand.contents.map { question($0, covering) }
    questions = asked
    for question in asked {
      let (outcome, allowances) = question.judge(contents)
      // The worst of what speaks against it says why.
      if let failure = outcome.failures.max(by: { Verdict([$0]) < Verdict([$1]) }) {
        return unmet(failure, by: finding)
      }
      met.notes += outcome.notes
      met.allowances += allowances
      met.until = earlier(met.until, outcome.until)
    }
    for waiver in met.allowances { met.until = earlier(met.until, waiver.expires) }
    return .met(met)
  }

  // MARK: Contents

  private func question(_ rule: ContentRule, _ covering: Set<ClaimedDigest>) -> Question {
    let vex = rule.vexAuthorities.isEmpty ? [] : vex(of: rule.vexAuthorities, covering)
    let plain = ContentCircumstances(now: now, digests: part.coveringDigests, vex: vex)
    var names: Set<String> = []
    var used: [Waiver] = []
    if case .vulnerabilities = rule {
      for waiver in waivers {
        guard case .vulnerabilities(let waived) = waiver.subject else { continue }
        used.append(waiver)
        names.formUnion(waived)
      }
    }
    return Question(rule: rule, plain: plain, lenient: used.isEmpty ? nil : plain.waiving(names), waivers: used)
  }

  /// What these authorities say of vulnerabilities in this image.
  private func vex(of names: [String], _ covering: Set<ClaimedDigest>) -> [OpenVEX] {
    let named = policy.authorities.indices.filter { position in
      names.contains { $0.utf8.elementsEqual(policy.authorities[position].name.utf8) }
    }
    return matter.findings.concerning(covering).compactMap { position in
      let finding = matter.findings.findings[position]
      guard case .success(let proven) = finding.outcome, !covering.isDisjoint(with: finding.subjects),
        matter.denials.objection(to: proven) == nil
      else { return nil }
      let authorities = named.filter { matter.standings[$0].anchor == finding.anchor }
      guard !authorities.isEmpty, objection(to: proven, authorities) == nil else { return nil }
      return matter.contents[position]?.vex
    }
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

/// A rule about contents, and what it is judged under.
private struct Question {
  let rule: ContentRule
  let plain: ContentCircumstances
  /// Where vulnerabilities are waived.
  let lenient: ContentCircumstances?
  let waivers: [Waiver]

  /// - Returns: the waivers that it took for the rule to hold.
  func judge(_ contents: Contents) -> (ContentOutcome, [Waiver]) {
    let outcome = rule.judge(contents, plain)
    guard !outcome.holds, let lenient else { return (outcome, []) }
    return (rule.judge(contents, lenient), waivers)
  }
}

/// What one finding is worth to a demand.
private enum Weighed {
  case met(Met)
  case unmet(Failure)
}

/// Evidence that does.
private struct Met {
  /// Of its finding.
  let position: Int
  var notes: [String] = []
  var allowances: [Waiver] = []
  var until: UnixTime?

  init(_ position: Int, until: UnixTime?) {
    self.position = position
    self.until = until
  }
}

/// Findings one after another, those of one piece of evidence together.
private struct Weighing {
  var met: [Met] = []
  var failures: [Failure] = []

  private var evidence: Finding?
  /// Of the piece at hand: the anchors under which it does, and what is wrong with it under each.
  private var metUnder: Set<Finding.Anchor> = []
  private var unmet: [(anchor: Finding.Anchor, failures: [Failure])] = []

  mutating func add(_ finding: Finding, _ weighed: Weighed) {
    if let evidence, evidence.evidence != finding.evidence || evidence.carrier != finding.carrier { endPiece() }
    evidence = finding
    switch weighed {
    case .met(let one):
      met.append(one)
      metUnder.insert(finding.anchor)
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
    if metUnder.isEmpty {
      failures += unmet.min { Verdict($0.failures) < Verdict($1.failures) }?.failures ?? []
    } else {
      failures += unmet.filter { metUnder.contains($0.anchor) }.flatMap(\.failures)
    }
    (evidence, metUnder, unmet) = (nil, [], [])
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

extension [Waiver] {
  fileprivate var unique: [Waiver] {
    var seen: Set<Waiver> = []
    return filter { seen.insert($0).inserted }
  }
}
