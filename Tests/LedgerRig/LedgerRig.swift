import Cryptography
import Files
import Glibc
package import Ledger
package import LedgerLeaf
import Octets

/// A ledger with the TPM's part in files, in a folder that another process can open too.
package final class LedgerRig: Sendable {
  package static let storeID = [UInt8](repeating: 7, count: 16)
  package let base: String
  package let anchor: FileAnchor
  package let signer: RigSigner
  /// What makes the folder last.
  private let keeper: (any AnyObject & Sendable)?

  package var folder: String { base + "/ledger" }

  /// Opens the rig that lies in a folder, or makes its parts.
  package init(_ base: String, kept keeper: (any AnyObject & Sendable)? = nil) throws {
    self.base = base
    self.keeper = keeper
    anchor = FileAnchor(base + "/anchor")
    signer = try RigSigner(pkcs8: try DurableFile.read(base + "/key", atMost: 4096))
    if !DurableFile.isTaken(base + "/key") { try DurableFile.write(signer.pkcs8, to: base + "/key") }
  }

  package static func key() -> [UInt8] { [UInt8](repeating: 9, count: 32) }

  package static func leaf(_ number: Int) -> LedgerLeaf {
    let image = ClaimedDigest(digest(Array("image \(number)".utf8)))
    let policy = ClaimedDigest(digest([]))
    return LedgerLeaf(
      claimed: UnixTime(1_790_000_000 + Int64(number)),
      .verdict(
        VerdictRecord(
          image: image, verdict: .admit, policy: policy, requirements: policy, trust: policy,
          evidence: image, dossier: nil, reasons: [], validUntil: nil)))
  }

  package static func state(floor: Int64 = 0, policy: UInt64 = 1) -> CommitState {
    CommitState(stateRoot: digest([]).bytes, policyVersion: policy, timeFloor: UnixTime(floor))
  }

  /// Makes the anchor and the ledger; its one leaf is number 0.
  @discardableResult
  package func create() throws -> Ledger {
    try anchor.define()
    var key = Self.key()
    return try Ledger.create(
      in: folder, storeID: Self.storeID, wiping: &key, anchor: anchor, signer: signer, leaves: [Self.leaf(0)],
      Self.state())
  }

  package func open(
    key: [UInt8] = key(), storeID: [UInt8] = storeID, waiting: Duration = .seconds(5),
    visit: (UInt64, [UInt8]) -> Void = { _, _ in }
  ) throws -> LedgerOpening {
    var key = key
    return try Ledger.open(
      in: folder, storeID: storeID, wiping: &key, anchor: anchor, signer: signer, waiting: waiting, visit: visit)
  }

  package struct NotRunning: Error, CustomStringConvertible {
    package let finding: Finding
    package var description: String { "refused: \(finding)" }
    package init(finding: Finding) { self.finding = finding }
  }

  package func running() throws -> Ledger {
    switch try open() {
    case .running(let ledger): return ledger
    case .refused(let forensic): throw NotRunning(finding: forensic.finding)
    }
  }

  /// What opening finds wrong; nil where it runs.
  package func finding(key: [UInt8] = key(), storeID: [UInt8] = storeID) throws -> Finding? {
    switch try open(key: key, storeID: storeID) {
    case .running: nil
    case .refused(let forensic): forensic.finding
    }
  }
}
