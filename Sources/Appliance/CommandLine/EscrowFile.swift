import Base64
import Cryptography
import Files
import Octets
import Reasons
import Store
import StrictJSON
import TPM

/// The secrets that own the TPM, in a file for the safe (docs/formats/Escrow.md). Never kept on the appliance.
struct EscrowFile {
  private static let format = "assay-escrow/1"
  let path: String

  /// Nil where none was named.
  init?(_ path: String?) {
    guard let path else { return nil }
    self.path = path
  }

  /// Found out before anything is made.
  func verifyWritable(outside state: String) throws {
    guard !DurableFile.isTaken(path) else { throw UsageMistake("\(path) is there already; name a new file.") }
    guard !path.hasPrefix(state + "/") else {
      throw UsageMistake("Whoever takes the store would have its escrow too: name a file on another medium.")
    }
    do throws(FileError) {
      try DurableFile.write([], to: path)
    } catch {
      throw UsageMistake("Cannot write \(path): \(error)")
    }
  }

  /// Removes the empty file again, where nothing came of it.
  func forget() { try? DurableFile.remove(path) }

  /// Writes the secrets, syncs them, and only then gives them to the TPM.
  func takeOwnership(of store: Store) throws {
    let secrets = EscrowSecrets.random()
    let document: JSON = [
      "format": .text(Self.format), "store": .text(store.id),
      "owner": .text(Base64.encode(secrets.owner.copied())),
      "endorsement": .text(Base64.encode(secrets.endorsement.copied())),
      "lockout": .text(Base64.encode(secrets.lockout.copied())),
    ]
    try DurableFile.write(document.serialized(pretty: true) + [0x0a], to: path)
    let tpm = try TPM.open(store.driver)
    defer { tpm.close() }
    try Provisioning.takeOwnership(tpm, of: store.keys, secrets)
  }

  /// The secrets of a store's TPM.
  func secrets(of store: Store) throws -> EscrowSecrets {
    let bytes = try InputFile.read(path, upTo: 16 << 10)
    do {
      let root = try JSONNode(parsing: bytes, named: path, malformed: .jsonMalformed)
      guard try root.required("format").bytes() == Array(Self.format.utf8) else {
        throw UsageMistake("\(path) is no escrow file.")
      }
      guard try root.required("store").bytes() == Array(store.id.utf8) else {
        throw UsageMistake("\(path) is the escrow of another store.")
      }
      func secret(_ name: String) throws -> SecretBytes {
        var bytes = try root.required(name).base64()
        return SecretBytes(wiping: &bytes)
      }
      return EscrowSecrets(
        owner: try secret("owner"), endorsement: try secret("endorsement"), lockout: try secret("lockout"))
    } catch let failure as Failure {
      throw UsageMistake("\(path) is no escrow file: \(Voice.sentence(failure))")
    }
  }
}
