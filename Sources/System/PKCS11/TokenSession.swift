import CP11Kit
package import Cryptography

/// A token whose owner has logged in, and the one private key on it that the URI names.
package final class TokenSession {
  private let token: Token
  /// Kept for keys that want it for each signature; wiped with the session.
  private let pin: SecretBytes
  private var key = assay_token_key()

  /// `“label”, id 01`
  package var keyName: String { Self.name(&key) }

  // CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_LOCKED
  private static let wrong: ClosedRange<UInt> = 0xa0...0xa2
  private static let locked: UInt = 0xa4

  /// - Parameter pin: empty where the token wants none, or asks itself.
  package init(_ token: Token, pin: consuming SecretBytes) throws(PKCS11Error) {
    self.token = token
    self.pin = pin
    try logIn()
    try findKey()
  }

  private func logIn() throws(PKCS11Error) {
    let facts = try token.facts()
    guard facts.wantsLogin else { return }
    guard !facts.isLocked else { throw .pinLocked }
    var problem = assay_token_problem()
    let result = pin.withBytes { bytes, count in
      assay_token_login(token.pointer, facts.hasPad ? nil : bytes, facts.hasPad ? 0 : count, &problem)
    }
    guard Int(result) != ASSAY_TOKEN_OK else { return }
    let code = UInt(problem.code)
    guard Self.wrong.contains(code) || code == Self.locked else { throw PKCS11Error(result, problem) }
    let after = try token.facts()
    throw code == Self.locked || after.isLocked ? .pinLocked : .wrongPIN(after.tries)
  }

  private func findKey() throws(PKCS11Error) {
    var keys = [assay_token_key](repeating: assay_token_key(), count: 8)
    var count = keys.count
    var problem = assay_token_problem()
    let result = assay_token_keys(token.pointer, &keys, &count, &problem)
    guard Int(result) == ASSAY_TOKEN_OK else { throw PKCS11Error(result, problem) }
    guard count > 0 else { throw .noKey }
    guard count == 1 else {
      throw .severalKeys((0..<min(count, keys.count)).map { Self.name(&keys[$0]) })
    }
    key = keys[0]
    guard key.kind == ASSAY_TOKEN_EC || key.kind == ASSAY_TOKEN_EDWARDS else { throw .keyKind(UInt(key.kind)) }
  }

  private static func name(_ key: inout assay_token_key) -> String {
    "“\(withUnsafeBytes(of: &key.label, text))”, id \(withUnsafeBytes(of: &key.id, text))"
  }

  /// Signs: a key on a curve of Edwards the message itself (CKM_EDDSA), another one its SHA-256 (CKM_ECDSA), which gives two
  /// numbers behind each other. Whose signature it is, and whether it is one, the caller finds out.
  package func sign(_ message: [UInt8]) throws(PKCS11Error) -> [UInt8] {
    let bytes = key.kind == ASSAY_TOKEN_EDWARDS ? message : digest(message).bytes
    var signature = [UInt8](repeating: 0, count: Int(ASSAY_TOKEN_SIGNATURE_MAX))
    var size = signature.count
    var problem = assay_token_problem()
    let result = pin.withBytes { secret, count in
      assay_token_sign(
        token.pointer, &key, secret, count, bytes, bytes.count, &signature, &size, &problem)
    }
    guard Int(result) == ASSAY_TOKEN_OK else { throw PKCS11Error(result, problem) }
    return Array(signature.prefix(size))
  }
}
