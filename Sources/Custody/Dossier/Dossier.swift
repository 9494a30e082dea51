package import Cryptography
import Findings
package import OCIImage
package import Octets
package import Policy
package import Reasons
import SignedNote
import StrictJSON
package import Verification

/// What one verdict can be proven from again, years later and by other code: the image's structure as it was read, the
/// evidence about it, the policy, and what it was proven against (docs/formats/Dossier.md). Kept under its digest, which
/// the verdict's leaf names; evidence, keys and trust root are objects beside it.
package struct Dossier: Sendable {
  package static let format = "assay-dossier/1"
  /// Bytes of a whole dossier: what is not read again is not kept.
  package static let mostBytes = JSONLimits.usual.bytes

  package let image: Image
  /// The parts that were judged.
  package let parts: [Part]
  /// Wrong bytes elsewhere in the archive, and names that were ambiguous.
  package let archiveFailures: [Failure]
  package let evidence: [Evidence]
  package let policy: Policy
  /// SubjectPublicKeyInfo of the keys that the policy names.
  package let keys: [PublicKey]
  /// The trust root's bytes; nil where none was consulted.
  package let trustRoot: [UInt8]?
  /// Log entries that came out of log snapshots.
  package let entries: [SnapshotEntry]
  /// What time it was, for every check of expiry.
  package let time: UnixTime
  /// As it is kept: made once, for it is measured, named and written.
  package let bytes: [UInt8]
  package let digest: ComputedDigest

  package init(
    image: Image, parts: [Part], archiveFailures: [Failure], evidence: [Evidence], policy: Policy, keys: [PublicKey],
    trustRoot: [UInt8]?, entries: [SnapshotEntry] = [], time: UnixTime
  ) {
    self.image = image
    self.parts = parts
    self.archiveFailures = archiveFailures
    self.evidence = evidence
    self.policy = policy
    self.keys = keys
    self.trustRoot = trustRoot
    self.entries = entries
    self.time = time
    bytes = Self.serialized(
      image, parts, archiveFailures, evidence, policy, keys, trustRoot, entries, time)
    digest = Cryptography.digest(bytes)
  }

  /// The dossier itself, and every object that it names: what is kept.
  package var objects: [[UInt8]] {
    [bytes] + evidence.compactMap(\.bytes) + keys.map(\.spki) + (trustRoot.map { [$0] } ?? [])
      + entries.flatMap { [$0.body, $0.proof.serialized()] }
  }

  private static func serialized(
    _ image: Image, _ parts: [Part], _ archiveFailures: [Failure], _ evidence: [Evidence], _ policy: Policy,
    _ keys: [PublicKey], _ trustRoot: [UInt8]?, _ entries: [SnapshotEntry], _ time: UnixTime
  ) -> [UInt8] {
    let document: JSON = [
      "format": .text(format),
      "image": ImageRecord.json(image),
      "judged": .array(parts.map { "\($0.digest)" }),
      "archiveFailures": .array(archiveFailures.map(FailureRecord.json)),
      "evidence": .array(evidence.map(EvidenceRecord.recorded)),
      "policy": .string(policy.canonical),
      "keys": .array(keys.map { "\(ClaimedDigest($0.fingerprint))" }),
      "trustRoot": trustRoot.map { "\(ClaimedDigest(Cryptography.digest($0)))" } ?? .null,
      "snapshotEntries": .array(entries.map(SnapshotEntryRecord.json)),
      "time": .text("\(time.seconds)"),
    ]
    return document.serialized() + [0x0a]
  }

  /// - Parameter read: gives an object by its digest, hashed again.
  /// - Throws: `dossier.malformed`, and what `read` throws.
  package init(parsing bytes: [UInt8], _ read: (ClaimedDigest) throws -> [UInt8]) throws {
    let root = try JSONNode(parsing: bytes, named: "dossier", malformed: .dossierMalformed)
    guard try root.required("format").bytes() == Array(Self.format.utf8) else {
      throw root.failure("the format is not \(Self.format), which this version reads")
    }
    func digest(_ node: JSONNode) throws(Failure) -> ClaimedDigest {
      try ClaimedDigest(node.bytes(), in: node.path, malformed: .dossierMalformed)
    }
    let image = try ImageRecord.image(root.required("image"))
    self.image = image
    parts = try root.required("judged").elements().map { node in
      let wanted = try digest(node)
      guard let part = image.parts.first(where: { $0.digest == wanted }) else {
        throw node.failure("it is no part of the image")
      }
      return part
    }
    guard !parts.isEmpty else { throw root.failure("nothing was judged") }
    archiveFailures = try root.required("archiveFailures").elements().map { try FailureRecord.failure($0) }
    evidence = try root.required("evidence").elements().compactMap { try EvidenceRecord.evidence($0, read) }
    keys = try root.required("keys").elements().map { try PublicKey(spki: try read(try digest($0))) }
    policy = try Policy(canonical: try root.required("policy").bytes())
    trustRoot = try root.optional("trustRoot").map { try read(try digest($0)) }
    // Dossiers of before there were log snapshots have none.
    entries = try root.optional("snapshotEntries")?.elements().map { try SnapshotEntryRecord.entry($0, read) } ?? []
    let seconds = try root.required("time")
    guard let value = Int64(try seconds.string()) else { throw seconds.failure("no number of seconds") }
    time = UnixTime(value)
    self.bytes = bytes
    self.digest = Cryptography.digest(bytes)
  }

  /// Which parts were judged, where these are all that the image has; nil where some were left out.
  /// - Throws: `dossier.malformed`, and `json.…`.
  package static func judgedWhole(_ bytes: [UInt8]) throws(Failure) -> [ClaimedDigest]? {
    let root = try JSONNode(parsing: bytes, named: "dossier", malformed: .dossierMalformed)
    func digests(_ nodes: [JSONNode]) throws(Failure) -> [ClaimedDigest] {
      var digests: [ClaimedDigest] = []
      for node in nodes { digests.append(try ClaimedDigest(node.bytes(), in: node.path, malformed: .dossierMalformed)) }
      return digests
    }
    let judged = try digests(root.required("judged").elements())
    var all: [JSONNode] = []
    for part in try root.required("image").required("parts").elements() { all.append(try part.required("digest")) }
    return try judged == digests(all) ? judged : nil
  }
}
