import Cryptography
import LedgerLeaf
import Octets

/// One leaf of each kind, with every optional value there, and once more with none.
enum SampleLeaves {
  static let digests = (1...3).map { ClaimedDigest(digest([UInt8($0)])) }
  static let sha512 = ClaimedDigest(digest([1], .sha512))
  static let hash = digest([]).bytes
  static let time = UnixTime(1_790_000_000)

  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  static let full: [LedgerLeaf] = [
    .provisioning(
      ProvisioningRecord(
        storeID: Array(0..<16), tpm: .software, bootBinding: .none, commitKey: [1], reportKey: [2],
        attestationKey: [3], policyAuthority: [4], anchorName: [0, 11], program: bytes("assay 1"))),
    .importing(
      Import(
        medium: digests[0], size: 9, label: bytes("stick/é.tar"),
        clock: TPMClock(milliseconds: 1, resets: 2, restarts: 3, isSafe: true), images: DigestSet(digests),
        evidence: DigestSet([sha512]))),
    .verdict(
      VerdictRecord(
        image: digests[0], verdict: .refuse, policy: digests[1], requirements: digests[2], trust: sha512,
        evidence: digests[1], dossier: digests[2], reasons: [bytes("signature.missing")], validUntil: time)),
    .reportIssued(ReportIssued(image: digests[0], report: digests[1], verdictIndex: 3)),
    .trustChange(
      ObjectChange(
        action: .replace, kind: bytes("trust-root"), name: bytes("public-good"), object: digests[0],
        previous: digests[1], content: [1, 2], approvals: [1, 5])),
    .policyChange(
      ObjectChange(
        action: .add, kind: bytes("policy"), name: bytes("site"), object: digests[0], previous: nil, content: nil,
        approvals: [])),
    .approval(
      Approval(
        action: bytes("replace trust root"), object: digests[0], person: bytes("Ada"), key: digests[1],
        statement: [1], signature: [2])),
    .timeEvidence(TimeEvidence(source: .bundle, reached: UnixTime(-1), evidence: digests[0])),
    .export(Export(size: 7, root: hash, recipient: bytes("desk"))),
    .recovery(
      Recovery(
        previousStore: Array(0..<16), previousSize: 7, previousRoot: hash, witness: [1],
        reason: bytes("board replaced"), approvals: [0])),
    .retirement(Retirement(reason: bytes("end of life"), recipient: bytes("desk"))),
  ].map { LedgerLeaf(claimed: time, $0) }

  static let sparse: [LedgerLeaf] = [
    .provisioning(
      ProvisioningRecord(
        storeID: Array(0..<16), tpm: .device, bootBinding: .verityUKI, commitKey: [], reportKey: [],
        attestationKey: nil, policyAuthority: nil, anchorName: [], program: [])),
    .verdict(
      VerdictRecord(
        image: digests[0], verdict: .admit, policy: digests[1], requirements: digests[2], trust: sha512,
        evidence: digests[0], dossier: nil, reasons: [], validUntil: nil)),
  ].map { LedgerLeaf(claimed: UnixTime(0), $0) }
}
