import Cryptography
package import Octets
package import Reasons
package import SignedNote

extension Checkpoint {
  /// Whether a witness cosigned, and the latest time by which it saw this, as it says; nil where no line is its own. A
  /// line that names a known witness and does not verify refuses the note, as any known key's does (C2SP signed-note).
  /// - Throws: `witness.cosignature-invalid`, `log.checkpoint-malformed`.
  package func cosigned(by witness: NoteVerifierKey, named subject: String) throws(Failure) -> UnixTime? {
    var latest: UnixTime?
    for line in note.signatures where line.name == witness.name && line.keyID == witness.keyID {
      let cosignature = try Cosignature(line)
      do throws(CryptographyError) {
        try PublicKey(ed25519: witness.key)
          .verify(cosignature.signature, over: cosignature.message(over: note.text), .ed25519)
      } catch {
        throw Failure(
          .witnessCosignatureInvalid, "\(subject): cosignature of \(printable(witness.name, limit: 80))",
          "its signature does not verify over this checkpoint")
      }
      latest = max(latest ?? cosignature.time, cosignature.time)
    }
    return latest
  }
}
