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

  init(at path: String) { self.path = path }

  /// Nil where none was named.
  init?(_ path: String?) {
    guard let path else { return nil }
    self.path = path
  }

  /// Writes the secrets before there is a store that needs them: a full medium is found out in time.
  func prepare(outside state: String) throws -> EscrowSecrets {
    guard !path.hasPrefix(state + "/") else {
      throw UsageMistake("Whoever takes the store would have its escrow too: name a file on another medium.")
    }
    let secrets = EscrowSecrets.random()
    try OutputFile.write(Self.document(secrets, nil), to: path)
    return secrets
  }

  /// Removes the file again, where no store came of it.
  func forget() { try? DurableFile.remove(path) }

  /// Writes the store's id beside the secrets, and gives them to the TPM.
  func takeOwnership(of store: Store, _ secrets: borrowing EscrowSecrets) throws {
    do {
      try DurableFile.write(Self.document(secrets, store.id), to: path)
      let tpm = try TPM.open(store.driver)
      defer { tpm.close() }
      try Provisioning.takeOwnership(tpm, of: store.keys, secrets)
    } catch {
      Voice.say(
        "The store was made, and the TPM is not yet owned. Keep \(path), and run: assay recover own --escrow \(path)")
      throw error
    }
  }

  private static func document(_ secrets: borrowing EscrowSecrets, _ store: String?) -> [UInt8] {
    let document: JSON = [
      "format": .text(Self.format), "store": store.map(JSON.text) ?? .null,
      "owner": .text(Base64.encode(secrets.owner.copied())),
      "endorsement": .text(Base64.encode(secrets.endorsement.copied())),
      "lockout": .text(Base64.encode(secrets.lockout.copied())),
    ]
    return document.serialized(pretty: true) + [0x0a]
  }

  /// The secrets of a store's TPM.
  func secrets(of store: Store) throws -> EscrowSecrets {
    let bytes = try InputFile.read(path, upTo: 16 << 10)
    do {
      let root = try JSONNode(parsing: bytes, named: path, malformed: .jsonMalformed)
      guard try root.required("format").bytes() == Array(Self.format.utf8) else {
        throw UsageMistake("\(path) is no escrow file.")
      }
      // Without an id, it was written when the store was not yet made: only the TPM can tell.
      if let id = try root.optional("store"), try id.bytes() != Array(store.id.utf8) {
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
