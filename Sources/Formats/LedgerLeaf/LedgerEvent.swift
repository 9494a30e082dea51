import Reasons

/// What happened, one case a kind. The codes are the format's: add, never reuse.
package enum LedgerEvent: Hashable, Sendable {
  /// The store was made: its first leaf.
  case provisioning(ProvisioningRecord)
  /// A medium was taken in.
  case importing(Import)
  /// An image was judged.
  case verdict(VerdictRecord)
  /// A report was signed.
  case reportIssued(ReportIssued)
  /// Roots, keys, denials and the like were added, replaced or removed.
  case trustChange(ObjectChange)
  /// A policy was added, replaced or removed.
  case policyChange(ObjectChange)
  /// A person agreed to something.
  case approval(Approval)
  /// Something signed says that a time was reached.
  case timeEvidence(TimeEvidence)
  /// The ledger was copied out.
  case export(Export)
  /// A history was taken over from a machine that is lost.
  case recovery(Recovery)
  /// The store was closed for good.
  case retirement(Retirement)

  package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    case provisioning = 1
    case importing = 2
    case verdict = 3
    case reportIssued = 4
    case trustChange = 5
    case policyChange = 6
    case approval = 7
    case timeEvidence = 8
    case export = 9
    case recovery = 10
    case retirement = 11

    /// As the operator reads and types it.
    package var name: String {
      switch self {
      case .provisioning: "provisioning"
      case .importing: "import"
      case .verdict: "verdict"
      case .reportIssued: "report"
      case .trustChange: "trust-change"
      case .policyChange: "policy-change"
      case .approval: "approval"
      case .timeEvidence: "time-evidence"
      case .export: "export"
      case .recovery: "recovery"
      case .retirement: "retirement"
      }
    }
  }

  package var kind: Kind {
    switch self {
    case .provisioning: .provisioning
    case .importing: .importing
    case .verdict: .verdict
    case .reportIssued: .reportIssued
    case .trustChange: .trustChange
    case .policyChange: .policyChange
    case .approval: .approval
    case .timeEvidence: .timeEvidence
    case .export: .export
    case .recovery: .recovery
    case .retirement: .retirement
    }
  }

  init(_ kind: Kind, reading reader: inout LeafReader) throws(Failure) {
    switch kind {
    case .provisioning: self = .provisioning(try ProvisioningRecord(reading: &reader))
    case .importing: self = .importing(try Import(reading: &reader))
    case .verdict: self = .verdict(try VerdictRecord(reading: &reader))
    case .reportIssued: self = .reportIssued(try ReportIssued(reading: &reader))
    case .trustChange: self = .trustChange(try ObjectChange(reading: &reader))
    case .policyChange: self = .policyChange(try ObjectChange(reading: &reader))
    case .approval: self = .approval(try Approval(reading: &reader))
    case .timeEvidence: self = .timeEvidence(try TimeEvidence(reading: &reader))
    case .export: self = .export(try Export(reading: &reader))
    case .recovery: self = .recovery(try Recovery(reading: &reader))
    case .retirement: self = .retirement(try Retirement(reading: &reader))
    }
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    switch self {
    case .provisioning(let event): try event.write(to: &writer)
    case .importing(let event): try event.write(to: &writer)
    case .verdict(let event): try event.write(to: &writer)
    case .reportIssued(let event): try event.write(to: &writer)
    case .trustChange(let event), .policyChange(let event): try event.write(to: &writer)
    case .approval(let event): try event.write(to: &writer)
    case .timeEvidence(let event): try event.write(to: &writer)
    case .export(let event): try event.write(to: &writer)
    case .recovery(let event): try event.write(to: &writer)
    case .retirement(let event): try event.write(to: &writer)
    }
  }
}
