import Cryptography
import Files
import Ledger
import MerkleTree
package import Octets
import Reasons
package import SignedNote

/// The desk's witness: cosigns a ledger's checkpoint only where it continues the last one that was cosigned. So whoever
/// sets an appliance back, TPM and all, needs the desk's memory too (C2SP tlog-witness v1.0.0, by files in place of HTTP).
///
///     FILE                     what was cosigned last (docs/formats/Witness.md), 0600
///     FILE.lock                the number of the process that uses it
///     FILE.evidence-…          pairs of checkpoints that contradict each other
package struct Witness: Sendable {
  /// Longest wait for another process.
  package static let usualWait: Duration = .seconds(10)

  private let memory: String
  private let cosigner: Cosigner

  /// - Parameter memory: path of the file; it need not be there yet.
  package init(memory: String, cosigner: Cosigner) {
    self.memory = memory
    self.cosigner = cosigner
  }

  /// Verifies, remembers, and only then gives the cosignature.
  ///
  /// 1. the checkpoint is a ledger's, not empty, without extensions, and signed by the commit key;
  /// 2. the ledger is known, or this is its first sight and the request starts from 0;
  /// 3. what is remembered verifies under the same key; the size is not below it, and at the same size the root is the
  ///    same;
  /// 4. the request starts from the remembered size;
  /// 5. its proof leads from the remembered root to the new one;
  /// 6. the checkpoint is on the disk.
  /// - Parameters:
  ///   - commitKey: SubjectPublicKeyInfo, as enrolled: never one that came with the request.
  ///   - firstSight: whether a person says that the ledger is new to this witness.
  ///   - time: what the cosignature states.
  package func cosign(
    _ request: WitnessRequest, commitKey: [UInt8], firstSight: Bool, at time: UnixTime,
    waiting: Duration = usualWait
  ) throws(WitnessError) -> SignedNote.Signature {
    let checkpoint: Checkpoint
    do throws(Failure) {
      checkpoint = try Self.proven(request.checkpoint, commitKey)
    } catch {
      throw .refused(error)
    }
    return try locked(waiting) { () throws(WitnessError) in
      var known = try read()
      if let failure = objection(to: checkpoint, request, known[checkpoint.origin], firstSight, commitKey) {
        throw .refused(failure)
      }
      let signature: SignedNote.Signature
      do throws(CryptographyError) {
        signature = try cosigner.cosign(checkpoint, at: time)
      } catch {
        throw .key("\(error)")
      }
      guard known.remember(checkpoint) else {
        throw .refused(
          Failure(.witnessMemoryMalformed, memory, "it would hold more than \(WitnessMemory.mostLogs) ledgers"))
      }
      do throws(FileError) {
        try DurableFile.write(known.serialized(), to: memory)
      } catch {
        throw .file(path: memory, error)
      }
      return signature
    }
  }

  /// Step 1. Of the signatures, the first of the commit key is kept.
  private static func proven(_ checkpoint: Checkpoint, _ key: [UInt8]) throws(Failure) -> Checkpoint {
    func invalid(_ detail: String) -> Failure { Failure(.logCheckpointInvalid, "checkpoint", detail) }
    // `origin` writes its one spelling, so that what is cut off here is compared whole there.
    guard let storeID = Hex.decode(checkpoint.origin.suffix(32)), Ledger.origin(of: storeID) == checkpoint.origin
    else { throw invalid("it is no ledger's of Assay") }
    try verifyCheckpoint(checkpoint, storeID: storeID, key: key)
    guard checkpoint.size > 0 else { throw invalid("an empty ledger, which is none") }
    guard checkpoint.extensions.isEmpty else { throw invalid("extension lines, of which Assay knows none") }
    let keyID = NoteKeyID.ecdsa(spki: key)
    let signatures = checkpoint.note.signatures.filter { $0.name == checkpoint.origin && $0.keyID == keyID }
    return try Checkpoint(
      parsing: SignedNote.serialized(
        text: checkpoint.note.text, signatures: signatures.prefix(1).map { ($0.name, $0.keyID, $0.bytes) }))
  }

  /// Steps 2 to 5. Contradictions are kept.
  private func objection(
    to new: Checkpoint, _ request: WitnessRequest, _ remembered: Checkpoint?, _ firstSight: Bool, _ key: [UInt8]
  ) -> Failure? {
    func failure(_ reason: Reason, _ detail: String) -> Failure { Failure(reason, printable(new.origin), detail) }
    guard let remembered else {
      guard firstSight else { return failure(.witnessLogUnknown, "nothing of it is in \(memory)") }
      guard request.old == 0 else {
        return failure(.witnessSizeUnknown, "the witness cosigned nothing yet; the request starts from \(request.old)")
      }
      return nil
    }
    guard !firstSight else {
      return failure(.witnessLogKnown, "its size was \(remembered.size) when it was cosigned last")
    }
    do throws(Failure) {
      _ = try Self.proven(remembered, key)
    } catch {
      return Failure(error.reason, "\(memory): \(error.subject)", "of another commit key than is given now")
    }
    guard new.size >= remembered.size else {
      return failure(.witnessRollback, "its size is \(new.size), and \(remembered.size) was cosigned")
    }
    guard new.size > remembered.size || new.root == remembered.root else {
      return failure(.witnessFork, "two root hashes at size \(new.size); \(evidence(remembered, new))")
    }
    guard request.old == remembered.size else {
      return failure(
        .witnessSizeUnknown, "the witness cosigned size \(remembered.size); the request starts from \(request.old)")
    }
    do throws(Failure) {
      try verifyConsistency(
        from: (remembered.size, remembered.root), to: (new.size, new.root), path: request.path)
    } catch {
      return failure(error.reason, "\(error.detail); \(evidence(remembered, new))")
    }
    return nil
  }

  /// Keeps two checkpoints that contradict each other; the words say where.
  private func evidence(_ remembered: Checkpoint, _ new: Checkpoint) -> String {
    let name = Hex.encode(digest(remembered.note.text + new.note.text).bytes.prefix(8))
    let (first, second) = ("\(memory).evidence-\(name)-cosigned", "\(memory).evidence-\(name)-offered")
    do throws(FileError) {
      try DurableFile.write(remembered.note.serialized(), to: first)
      try DurableFile.write(new.note.serialized(), to: second)
    } catch {
      return "the evidence could not be kept (\(error)): keep the request and \(memory)"
    }
    return "both checkpoints are kept: \(first), \(second)"
  }

  private func read() throws(WitnessError) -> WitnessMemory {
    let bytes: [UInt8]?
    do throws(FileError) {
      bytes = try DurableFile.read(memory, atMost: WitnessMemory.mostBytes)
    } catch {
      throw .file(path: memory, error)
    }
    guard let bytes else { return WitnessMemory() }
    do throws(Failure) {
      return try WitnessMemory(parsing: bytes, named: memory)
    } catch {
      throw .refused(error)
    }
  }

  /// Reading, judging and writing are one step among all processes.
  private func locked<Result>(
    _ waiting: Duration, _ body: () throws(WitnessError) -> Result
  ) throws(WitnessError) -> Result {
    let lock: FileLock
    do throws(FileLock.Failure) {
      lock = try FileLock(memory + ".lock", waiting: waiting)
    } catch {
      switch error {
      case .held(let holder): throw .held(memory: memory, by: holder)
      case .file(let file): throw .file(path: memory + ".lock", file)
      }
    }
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }
}
