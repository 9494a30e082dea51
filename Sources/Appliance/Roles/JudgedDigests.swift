import Cryptography
import Dossier
import Envelope
package import LedgerLeaf
import OCIImage
package import Octets
import Reasons
import SigstoreBundle
package import Store
import TrustStore

/// Every digest that this appliance met in judging: of images, and of what evidence about them was signed over. A log
/// entry about anything else is about something that was never here.
package struct JudgedDigests: Sendable {
  /// Where a digest was met first, of admissions before other verdicts.
  package struct Meeting: Sendable {
    /// The verdict's leaf.
    package let leaf: UInt64
    package let verdict: VerdictRecord.Outcome
  }

  private var meetings: [ClaimedDigest: Meeting] = [:]
  /// Verdicts whose dossier cannot be read any more: what was signed over there is not among the digests.
  package private(set) var unreadable = 0

  /// - Throws: where the ledger cannot be read.
  package init(_ custodian: Custodian) throws {
    /// Dossiers that were gone through, and whether for an admission.
    var seen: [ClaimedDigest: Bool] = [:]
    for leaf in custodian.state.verdictLeaves {
      guard case .verdict(let record)? = try custodian.leaf(at: leaf)?.event else { continue }
      let meeting = Meeting(leaf: leaf, verdict: record.verdict)
      add([record.image], meeting)
      let isAdmission = record.verdict == .admit
      guard let name = record.dossier, seen[name].map({ !$0 && isAdmission }) ?? true else { continue }
      seen[name] = isAdmission
      let objects = custodian.store.objects
      guard let dossier = try? Dossier(parsing: try objects.read(name), { try objects.read($0) }) else {
        unreadable += 1
        continue
      }
      add(dossier.parts.map(\.digest), meeting)
      for evidence in dossier.evidence { add(Self.signed(evidence), meeting) }
    }
  }

  package subscript(digest: ClaimedDigest) -> Meeting? { meetings[digest] }

  private mutating func add(_ digests: [ClaimedDigest], _ meeting: Meeting) {
    for digest in digests where meetings[digest].map({ $0.verdict != .admit && meeting.verdict == .admit }) ?? true {
      meetings[digest] = meeting
    }
  }

  /// SHA-256 of the payload, of what an envelope's signature is over, and of the exact bytes.
  private static func signed(_ evidence: Evidence) -> [ClaimedDigest] {
    var digests = [ClaimedDigest(evidence.digest)]
    func add(_ bytes: [UInt8]) { digests.append(ClaimedDigest(digest(bytes))) }
    func add(_ envelope: DSSEEnvelope?) {
      guard let envelope else { return }
      add(envelope.payload)
      add(envelope.preAuthenticationEncoding)
    }
    switch evidence.form {
    case .simpleSigning(let payload, _): add(payload)
    case .dsseEnvelope(let bytes, _):
      add(bytes)
      add(try? DSSEEnvelope(parsing: bytes, named: "evidence"))
    case .sigstoreBundle(let bytes):
      add(bytes)
      if case .envelope(let envelope)? = (try? SigstoreBundle(parsing: bytes, named: "evidence"))?.content {
        add(envelope)
      }
    case .unsupported: break
    }
    return digests
  }
}
