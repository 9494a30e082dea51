import Cryptography
import Envelope
import Findings
import LogEntry
import LogSnapshot
import MerkleTree
import Octets
import Reasons
import SignedNote
import SigstoreBundle
import TransparencyLog
import TrustRoot

/// Step 2: that logs which the trust root names have the signature. What the evidence lacks for that, a promise's proof
/// or the whole entry, is taken out of log snapshots where they have it.
struct EntryVerification: Sendable {
  private let trustRoot: TrustRoot
  private let logs: LogVerifier
  private let source: (any EntrySource)?
  private let witnesses: [TLogPolicy.Witness]

  init(trustRoot: TrustRoot, source: (any EntrySource)?, witnesses: [TLogPolicy.Witness]) {
    self.trustRoot = trustRoot
    self.source = source
    self.witnesses = witnesses
    logs = LogVerifier(trustRoot: trustRoot)
  }

  func verify(
    _ claim: SignatureClaim, _ leaf: Certificate, _ checks: inout [Check]
  ) throws(Failure) -> [VerifiedEntry] {
    guard !trustRoot.transparencyLogs.isEmpty || !trustRoot.unsupportedLogs.isEmpty else {
      checks.append(Step.log.notApplicable("the trust root names no transparency log"))
      return []
    }
    var verified: [VerifiedEntry] = []
    var passedOver: Failure?
    for entry in try claim.material.logEntries() {
      do {
        let entry = try verify(entry, requiring: claim.material.requirement)
        guard !verified.contains(where: { $0.log.key == entry.log.key && $0.index == entry.index }) else { continue }
        verified.append(entry)
      } catch {
        guard error.reason == .logUnknown || error.reason == .logEntryUnsupported else { throw error }
        passedOver = passedOver ?? error
      }
    }
    if verified.isEmpty { verified = try entries(about: claim, leaf) }
    guard let first = verified.first else {
      throw passedOver ?? Failure(.logEntryMissing, "signature", "the evidence carries no log entry")
    }
    let names = verified.map { "\($0.log.name) \($0.index)" }.joined(separator: ", ")
    checks += [Step.entryKind.passed("\(first.body.kind) \(first.body.version)"), Step.log.passed(names)]
    checks.append(
      verified.contains(where: \.hasPromise)
        ? Step.promise.passed() : Step.promise.notApplicable("the log proves instead"))
    if verified.contains(where: \.isIncluded) {
      let words = verified.contains(where: { $0.snapshotLeaf != nil }) ? "out of a log snapshot" : ""
      checks += [Step.checkpoint.passed(words), Step.inclusionProof.passed(words)]
    } else {
      checks += [Step.checkpoint.notApplicable("not carried"), Step.inclusionProof.notApplicable("not carried")]
    }
    checks.append(try historyCheck(verified))
    checks.append(try witnessCheck(&verified))
    return verified
  }

  // MARK: Out of snapshots

  /// With the snapshot's proof, where the evidence has none.
  private func verify(
    _ entry: LoggedEntry, requiring requirement: LogVerifier.Requirement
  ) throws(Failure) -> VerifiedEntry {
    guard entry.proof?.checkpoint == nil, let source else { return try logs.verify(entry, requiring: requirement) }
    var tooOld: Failure?
    // One leaf may be in several logs, and in one of them twice.
    for found in source.entries(leafHash: leafHash(entry.body)) {
      if let failure = found.tooOld {
        tooOld = failure
        continue
      }
      let checkpoint = found.proof.checkpoint
      let proof = LoggedEntry.Proof(
        logIndex: found.proof.index, treeSize: checkpoint.size, rootHash: checkpoint.root, hashes: found.proof.path,
        checkpoint: checkpoint.note.serialized())
      if var verified = try? logs.verify(entry.proven(by: proof), requiring: requirement) {
        verified.snapshotLeaf = leafHash(entry.body)
        return verified
      }
    }
    // Where a proof must be there, this is why it is not.
    if requirement == .inclusion, let tooOld { throw tooOld }
    // The evidence alone decides then: what lies on the disk takes nothing away that was carried.
    return try logs.verify(entry, requiring: requirement)
  }

  /// Entries of a snapshot that are about just this signature by just this certificate. All else that was ever signed over
  /// the same bytes is somebody else's.
  private func entries(about claim: SignatureClaim, _ leaf: Certificate) throws(Failure) -> [VerifiedEntry] {
    guard let source else { return [] }
    var verified: [VerifiedEntry] = []
    var tooOld: Failure?
    for digest in claim.loggedDigests {
      for found in source.entries(signing: digest) {
        let promise = found.promise.map { ($0.signature, $0.integratedTime, $0.logID, $0.logIndex) }
        guard let entry = try? logs.verify(body: found.body, found.proof, promise: promise),
          (try? entry.verifyBinding(to: claim.logged, signature: claim.signature, certificate: leaf.der)) != nil,
          !verified.contains(where: { $0.log.key == entry.log.key && $0.index == entry.index })
        else { continue }
        if let failure = found.tooOld { tooOld = failure } else { verified.append(entry) }
      }
    }
    if verified.isEmpty, let tooOld { throw tooOld }
    return verified
  }

  // MARK: History

  /// Step 2.6. A proof shows one tree; that it is the tree that was accepted here, and that others see, snapshots show.
  private func historyCheck(_ entries: [VerifiedEntry]) throws(Failure) -> Check {
    if source == nil { return Step.history.notApplicable("no log snapshots are installed") }
    var known = 0
    for entry in entries {
      guard let checkpoint = entry.checkpoint else { continue }
      switch entry.snapshotLeaf != nil ? .consistent : source?.history(of: checkpoint) ?? .unknown {
      case .consistent: known += 1
      case .unknown: break
      case .forked:
        throw Failure(
          .logFork, entry.log.name,
          "it signed another tree of \(checkpoint.size) entries than the one that was accepted here")
      }
    }
    return known == 0
      ? Step.history.notApplicable("no installed log snapshot reaches there")
      : Step.history.passed("the log’s history as it was accepted here")
  }

  // MARK: Witnesses

  /// Step 2.7. What is on the disk takes nothing away that was carried: a snapshot's checkpoint that some witness did not
  /// cosign well has no witnesses.
  private func witnessCheck(_ entries: inout [VerifiedEntry]) throws(Failure) -> Check {
    if witnesses.isEmpty { return Step.witnesses.notApplicable("no witness policy is at hand") }
    for place in entries.indices {
      guard let checkpoint = entries[place].checkpoint else { continue }
      if entries[place].snapshotLeaf != nil {
        entries[place].witnesses = (try? cosigners(of: checkpoint, entries[place].log)) ?? []
      } else {
        entries[place].witnesses = try cosigners(of: checkpoint, entries[place].log)
        takeWitnesses(ofSnapshotFor: &entries[place])
      }
    }
    let names = entries.flatMap(\.witnesses).map { printable($0, limit: 80) }.unique
    return names.isEmpty
      ? Step.witnesses.notApplicable("no witness of the policy cosigned")
      : Step.witnesses.passed(names.joined(separator: ", "))
  }

  /// What was carried is rarely cosigned; where a log snapshot has the same leaf under a checkpoint of the same log that
  /// more witnesses cosigned, that one proves it.
  private func takeWitnesses(ofSnapshotFor entry: inout VerifiedEntry) {
    for found in source?.entries(leafHash: entry.leafHash) ?? [] where found.tooOld == nil {
      guard let proven = try? logs.verify(body: found.body, found.proof, promise: nil), proven.log.key == entry.log.key,
        let names = try? cosigners(of: found.proof.checkpoint, entry.log), names.count > entry.witnesses.count
      else { continue }
      entry.witnesses = names
      entry.snapshotLeaf = found.leafHash
    }
  }

  /// Witnesses of the policy, in its order. Its reader lets no key stand twice; here no key counts twice.
  private func cosigners(of checkpoint: Checkpoint, _ log: TrustedLog) throws(Failure) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var keys: Set<[UInt8]> = []
    for witness in witnesses {
      guard let key = witness.key, try checkpoint.cosigned(by: key, named: log.name) != nil,
        keys.insert(key.key).inserted
      else { continue }
      names.append(witness.name)
    }
    return names
  }

  func facts(_ entry: VerifiedEntry) -> LogFacts {
    LogFacts(
      log: entry.log.name, index: Int64(clamping: entry.index), entryKind: "\(entry.body.kind) \(entry.body.version)",
      proofs: (entry.hasPromise ? [.promise] : [])
        + (entry.snapshotLeaf != nil ? [.snapshot] : entry.isIncluded ? [.inclusion] : []),
      snapshotLeaf: entry.snapshotLeaf, isIndexProven: entry.body.isVersion2 || entry.hasPromise,
      witnesses: entry.witnesses.map { printable($0) })
  }
}

extension [String] {
  /// Each once, in order.
  fileprivate var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension SignatureClaim {
  /// Digests under which a log entry about this may say what was signed.
  fileprivate var loggedDigests: [ClaimedDigest] {
    func sha256(_ bytes: [UInt8]) -> ClaimedDigest { ClaimedDigest(digest(bytes)) }
    switch content {
    case .payload(let bytes): return [sha256(bytes)]
    case .envelope(let envelope, let exactBytes):
      return [sha256(envelope.payload), sha256(envelope.preAuthenticationEncoding)]
        + (exactBytes.map { [sha256($0)] } ?? [])
    case .artifact(let artifact): return artifact?.known ?? []
    }
  }
}
