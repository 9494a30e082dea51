import Base64
package import Cryptography
package import LogSnapshot
import Octets
package import Reasons
package import SignedNote
import TransparencyLog
package import TrustRoot

/// A log of which a key is installed: by a trust root, or by the witness policy.
package struct KnownLog: Sendable {
  /// For people.
  package let name: String
  package let key: PublicKey
  /// How the log signs.
  package let scheme: SignatureScheme
  /// What its promises name it by: SHA-256 of the key's SubjectPublicKeyInfo, or as the trust root has it.
  package let logID: [UInt8]
  private let source: Source

  private enum Source: Sendable {
    case trustRoot(TrustedLog)
    case policy(NoteVerifierKey)
  }

  package init(_ log: TrustedLog) {
    name = log.name
    key = log.key
    scheme = log.scheme
    logID = log.logID
    source = .trustRoot(log)
  }

  /// - Parameter verifierKey: of a log, not of a witness.
  /// - Throws: `witness-policy.malformed` for a key that does not decode.
  package init(_ verifierKey: NoteVerifierKey) throws(Failure) {
    name = printable(verifierKey.name, limit: 100)
    do throws(CryptographyError) {
      key =
        verifierKey.type == .ecdsa
        ? try PublicKey(spki: verifierKey.key) : try PublicKey(ed25519: verifierKey.key)
    } catch {
      throw Failure(.witnessPolicyMalformed, name, "the log's key does not decode: \(error)")
    }
    scheme = .usual(for: key.kind)
    logID = key.fingerprint.bytes
    source = .policy(verifierKey)
  }

  /// Whether a line says that it is this log's signature, over a tree of this origin.
  func isNamed(by line: SignedNote.Signature, over origin: [UInt8]) -> Bool {
    switch source {
    case .trustRoot(let log):
      // A trust root does not say of which generation a log is.
      return log.isNamed(by: line, over: origin, foundBy: .keyID)
        || log.checkpointNames.contains(origin) && log.isNamed(by: line, over: origin, foundBy: .nameAndKeyID)
    case .policy(let key):
      // tlog-policy: the key's name is the origin; Rekor v1 puts its tree's number behind it.
      let isOrigin = key.name == origin || key.type == .ecdsa && origin.starts(with: key.name + Array(" - ".utf8))
      return isOrigin && line.name == key.name && line.keyID == key.keyID
    }
  }

  /// Whether the log is installed under this origin's name, whoever signed; Rekor v1 puts its tree's number behind it.
  func isCalled(_ origin: [UInt8]) -> Bool {
    let names =
      switch source {
      case .trustRoot(let log): log.checkpointNames
      case .policy(let key): [key.name]
      }
    return names.contains { $0 == origin || origin.starts(with: $0 + Array(" - ".utf8)) }
  }

  /// Whether the two sign for one log: with a key in common, or as keys that are installed under its origin's name.
  static func areOne(_ signers: [KnownLog], _ others: [KnownLog], of origin: [UInt8]) -> Bool {
    signers.contains { signer in others.contains { $0.key == signer.key } }
      || [signers, others].allSatisfy { $0.contains { $0.isCalled(origin) } }
  }

  /// - Throws: `reason`; `signature.algorithm-unsupported`.
  func verify(
    _ signature: [UInt8], over message: [UInt8], else reason: Reason, _ what: String
  ) throws(Failure) {
    do throws(CryptographyError) {
      try key.verify(signature, over: message, scheme)
    } catch .unsupported(let detail) {
      throw Failure(.signatureAlgorithmUnsupported, name, "\(what): \(detail)")
    } catch {
      throw Failure(reason, name, "the \(what) does not verify under the log’s key")
    }
  }
}

extension KnownLog {
  /// - Throws: `log.promise-invalid`.
  package func verify(_ promise: CarriedEntry.Promise, of body: [UInt8], named subject: String) throws(Failure) {
    let signed = SignedEntryTimestamp.signedBytes(
      encodedBody: Array(Base64.encode(body).utf8), at: promise.integratedTime, logID: promise.logID,
      logIndex: promise.logIndex)
    do throws(Failure) {
      try verify(promise.signature, over: signed, else: .logPromiseInvalid, "signed entry timestamp")
    } catch {
      throw error.within(subject)
    }
  }
}

extension Checkpoint {
  /// The logs of which a signature is on a checkpoint that was accepted long ago. Lines that do not verify now say nothing:
  /// their keys may have been strangers then.
  func verifiedSigners(among known: [KnownLog]) -> [KnownLog] {
    known.filter { log in
      note.signatures.contains { line in
        log.isNamed(by: line, over: origin)
          && (try? log.verify(line.bytes, over: note.text, else: .logCheckpointInvalid, "checkpoint")) != nil
      }
    }
  }

  /// The logs of which a signature is on this checkpoint: at least one, and one that is installed under the origin's name
  /// where any is, for keys are found by their ID, whatever name they sign as. A line by a known key that does not verify
  /// refuses the note (C2SP signed-note); lines by strangers are nothing.
  /// - Throws: `log.checkpoint-invalid`, also for another log's signature alone; `log.unknown` where no key of the origin's
  ///   is installed.
  package func signers(among known: [KnownLog], named subject: String) throws(Failure) -> [KnownLog] {
    var signers: [KnownLog] = []
    for log in known {
      let lines = note.signatures.filter { log.isNamed(by: $0, over: origin) }
      for line in lines {
        do throws(Failure) {
          try log.verify(line.bytes, over: note.text, else: .logCheckpointInvalid, "checkpoint")
        } catch {
          throw error.within(subject)
        }
      }
      if !lines.isEmpty { signers.append(log) }
    }
    let isInstalled = known.contains { $0.isCalled(origin) }
    if isInstalled ? signers.contains(where: { $0.isCalled(origin) }) : !signers.isEmpty { return signers }
    let shown = "\(subject): “\(printable(origin, limit: 100))”"
    guard isInstalled else {
      throw Failure(.logUnknown, shown, "no trust root and no witness policy names a log that signed this")
    }
    throw Failure(
      .logCheckpointInvalid, shown,
      "the checkpoint bears no signature of the log’s"
        + (signers.first.map { ", and one of \($0.name)’s" } ?? ""))
  }
}
