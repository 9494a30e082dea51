package import Cryptography
package import Octets
package import Reasons
package import SignedNote

/// A witness's name and key (C2SP tlog-cosignature v1.0.1, Ed25519). Signs whatever it is given: what may be signed is
/// `Witness`'s to know.
package struct Cosigner: Sendable {
  /// What others verify by.
  package let verifierKey: NoteVerifierKey
  private let key: PrivateKey

  /// - Parameter name: by convention a URL without its scheme. One key has one name, because what is signed does not say
  ///   the name.
  /// - Returns: nil unless the key is Ed25519 and the name one for notes.
  package init?(name: [UInt8], key: PrivateKey) {
    guard key.kind == .ed25519,
      let verifierKey = NoteVerifierKey(name: name, type: .cosignature, key: Array(key.publicKey.spki.suffix(32)))
    else { return nil }
    self.verifierKey = verifierKey
    self.key = key
  }

  /// - Parameter time: from 1970 on.
  package func cosign(_ checkpoint: Checkpoint, at time: UnixTime) throws(CryptographyError) -> SignedNote.Signature {
    guard time.seconds >= 0 else { throw .unsupported("a time before 1970") }
    let signature = try key.sign(Cosignature.message(at: time, over: checkpoint.note.text))
    return SignedNote.Signature(by: verifierKey, at: time, cosignature: signature)
  }
}

/// That a witness saw a checkpoint, and by when, as it says.
///
/// The signature carries the key's name and ID; it is a cosignature in form; it verifies over the checkpoint's whole text.
/// - Parameter key: as enrolled, never one that came with the signature.
/// - Throws: `witness.cosignature-invalid`, `log.checkpoint-malformed`.
package func verifyCosignature(
  _ signature: SignedNote.Signature, by key: NoteVerifierKey, over checkpoint: Checkpoint
) throws(Failure) -> UnixTime {
  func invalid(_ detail: String) -> Failure {
    Failure(.witnessCosignatureInvalid, "cosignature of \(printable(signature.name, limit: 80))", detail)
  }
  guard key.type == .cosignature else { throw invalid("the key is no witness's") }
  guard signature.name == key.name, signature.keyID == key.keyID else { throw invalid("it is another key's") }
  let cosignature = try Cosignature(signature)
  do throws(CryptographyError) {
    try PublicKey(ed25519: key.key).verify(
      cosignature.signature, over: cosignature.message(over: checkpoint.note.text), .ed25519)
  } catch {
    throw invalid("its signature does not verify over this checkpoint")
  }
  return cosignature.time
}
