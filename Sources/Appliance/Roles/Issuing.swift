import Cryptography
import Dossier
import Ledger
package import LedgerLeaf
package import Octets
import Policy
import Reasons
package import Report
import SignedNote
package import Store
import StrictJSON
import TPM
import TrustStore

extension Keeper {
  /// Writes the reports of one medium: signed in the TPM, recorded in one commit with one anchor, and only then given out
  /// with their receipts. Without a store, the bare statements.
  ///
  /// - Parameters:
  ///   - evidence: the latest time that a source which is trusted here signed; it raises the floor, within bounds.
  ///   - clock: the machine's claim.
  package func issue(
    _ cases: [Case], of medium: TakenMedium, reaching evidence: TimeEvidence? = nil, clock: UnixTime
  ) throws -> [IssuedReport] {
    guard let custodian else {
      return cases.map { IssuedReport(unsigned: $0.summary.statement(at: nil).serialized(pretty: true)) }
    }
    var issued: [IssuedReport] = []
    var beginning = try imports(of: medium, custodian)
    let floor = custodian.state.standing.floor?.time
    if let evidence, TimeRules.mayRaise(floor, to: evidence.reached, clock: clock) {
      beginning.append(.timeEvidence(evidence))
    }
    // More than one commit takes is more than any medium has held; then a later commit goes on.
    let most = Ledger.mostLeaves / 2 - beginning.count
    var rest = cases[...]
    repeat {
      issued += try issue(Array(rest.prefix(most)), behind: beginning, custodian, clock)
      rest = rest.dropFirst(most)
      beginning = []
    } while !rest.isEmpty
    return issued
  }

  private func issue(
    _ cases: [Case], behind beginning: [LedgerEvent], _ custodian: Custodian, _ clock: UnixTime
  ) throws -> [IssuedReport] {
    let head = try custodian.head()
    var events = beginning
    var reports: [SignedReport] = []
    for matter in cases {
      let leaf = head.size + UInt64(events.count)
      let statement = matter.summary.statement(at: LedgerPosition(verdictLeaf: leaf, commit: head.number + 1))
      let report = try SignedReport(statement, by: custodian.store.keys.report.fingerprint) {
        (digest) throws(TPMError) in
        try custodian.tpm.signReport(digest, pin: pin.typed)
      }
      // It would be recorded, and never read again.
      guard report.bytes.count <= ReportShelf.mostBytes else {
        throw Failure(
          .archiveLimitExceeded, "\(matter.summary.about)",
          "the report about it takes more than \(ReportShelf.mostBytes) bytes")
      }
      events.append(.verdict(VerdictRecord(matter)))
      events.append(
        .reportIssued(
          ReportIssued(image: matter.summary.about, report: ClaimedDigest(report.digest), verdictIndex: leaf)))
      reports.append(report)
    }
    for dossier in cases.compactMap(\.dossier) { try custodian.store.objects.keep(dossier.objects) }
    let receipts = try custodian.issue(reports.map(\.bytes), recording: events, at: clock)
    // The leaves that issue reports: every second one behind the beginning.
    let leaves = stride(from: beginning.count + 1, to: receipts.count, by: 2).map { receipts[$0].leafIndex }
    let files = try Receipts(custodian)
    return try zip(reports, leaves).map { report, leaf in
      let receipt = try files.receipt(for: ClaimedDigest(report.digest), issuedAt: leaf).serialized()
      try custodian.store.reports.keep(receipt: receipt, of: ClaimedDigest(report.digest))
      return IssuedReport(
        signed: report,
        IssuedReport.Recorded(
          leaf: leaf, commit: head.number + 1, receipt: receipt,
          path: custodian.store.reports.path(of: ClaimedDigest(report.digest))))
    }
  }

  /// Of each of the two lists, so that both fit into a leaf with 65 bytes a digest.
  private static let itemsOfAnImport = 400

  /// One leaf, or as many as the lists need.
  private func imports(of medium: TakenMedium, _ custodian: Custodian) throws -> [LedgerEvent] {
    let clock = try custodian.clock()
    let images = DigestSet(medium.images).digests
    let evidence = DigestSet(medium.evidence).digests
    let count = max(1, max(images.count, evidence.count).dividedUp(by: Self.itemsOfAnImport))
    return (0..<count).map { number in
      func part(_ digests: [ClaimedDigest]) -> DigestSet {
        DigestSet(Array(digests.dropFirst(number * Self.itemsOfAnImport).prefix(Self.itemsOfAnImport)))
      }
      return .importing(
        Import(
          medium: medium.digest, size: medium.size, label: LedgerLeaf.text(medium.label), clock: clock,
          images: part(images), evidence: part(evidence)))
    }
  }
}

extension Int {
  fileprivate func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}

extension VerdictRecord {
  fileprivate init(_ matter: Case) {
    self.init(
      image: matter.summary.about, verdict: Outcome(matter.summary.verdict), policy: matter.basis.policy,
      requirements: matter.basis.requirements, trust: matter.basis.trust, evidence: matter.basis.evidence,
      dossier: matter.dossier.map { ClaimedDigest($0.digest) },
      reasons: matter.summary.reasons.prefix(LedgerLeaf.mostItems).map { Array($0.reason.rawValue.utf8) },
      validUntil: matter.summary.verdict == .admit ? matter.until : nil)
  }
}

extension VerdictRecord.Outcome {
  init(_ verdict: Verdict) {
    self =
      switch verdict {
      case .admit: .admit
      case .incomplete: .incomplete
      case .refuse: .refuse
      }
  }
}

extension Verdict {
  init(_ outcome: VerdictRecord.Outcome) {
    self =
      switch outcome {
      case .admit: .admit
      case .incomplete: .incomplete
      case .refuse: .refuse
      }
  }
}

/// Makes receipts under one checkpoint, with one quote for all of them.
package struct Receipts {
  private let custodian: Custodian
  private let quote: Attested
  private let pcrs: [Int: [UInt8]]
  private let checkpoint: [UInt8]

  package init(_ custodian: Custodian) throws {
    self.custodian = custodian
    let note = try custodian.ledger.checkpoint()
    checkpoint = note
    let text = try Checkpoint(parsing: note).note.text
    quote = try custodian.tpm.quote(qualifying: ReportReceipt.qualifying(text))
    pcrs = try custodian.tpm.pcrs()
  }

  /// - Parameter leaf: the leaf that issued the report.
  package func receipt(for report: ClaimedDigest, issuedAt leaf: UInt64) throws -> ReportReceipt {
    guard let bytes = try custodian.ledger.leaf(at: leaf), let proof = try custodian.ledger.proof(ofLeafAt: leaf) else {
      throw StoreError.unreadable("leaf \(leaf) is not there")
    }
    return ReportReceipt(
      storeID: custodian.store.storeID, report: report, leaf: bytes, proof: proof,
      quote: (quote.attest, quote.signature), pcrs: pcrs)
  }
}
