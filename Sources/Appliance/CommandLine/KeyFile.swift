import Cryptography
import Files
import LedgerLeaf

/// A person's signing key in a file of theirs: PKCS #8, PEM, unencrypted.
enum KeyFile {
  /// - Throws: `UsageMistake` where there is no such file, or it holds no key that signs here.
  static func read(_ path: String) throws -> PrivateKey {
    var text = [UInt8](repeating: 0, count: PrivateKey.fileLimit + 1)
    defer { wipe(&text) }
    do throws(FileError) {
      let count = try OpenFile(path: path).readOn(into: &text, 0..<text.count)
      // In place: a copy would stay in memory.
      text.removeLast(text.count - count)
    } catch {
      throw UsageMistake("Cannot read \(path): \(error)")
    }
    do throws(CryptographyError) {
      return try PrivateKey(wipingPEM: &text)
    } catch {
      throw UsageMistake("\(path) is no private key that Assay signs with: \(words(error))")
    }
  }

  /// Shows a statement, and signs just what was shown. Nothing but a statement to this action: a person's key may stand
  /// for them elsewhere too, and other texts may mean something there.
  static func sign(_ statement: String, to action: [UInt8], with key: String, to output: String) throws {
    let bytes = try InputFile.read(statement, upTo: LedgerLeaf.mostStatement)
    guard bytes.starts(with: Array("assay-approval/1\naction ".utf8) + action + [0x0a]) else {
      let action = String(decoding: action, as: UTF8.self)
      throw UsageMistake("\(statement) is no statement about \(action); nothing was signed.")
    }
    Voice.say("Signing:\n" + String(decoding: bytes, as: UTF8.self))
    try OutputFile.write(try read(key).sign(bytes), to: output)
  }

  /// Writes a file that its owner alone may read, and that was not there before.
  static func write(_ key: PrivateKey, to path: String) throws {
    var text = key.pem().copied()
    defer { wipe(&text) }
    try OutputFile.write(text, to: path)
  }

  private static func words(_ error: CryptographyError) -> String {
    switch error {
    case .malformed(let words), .unsupported(let words): words
    default: "\(error)"
    }
  }
}
