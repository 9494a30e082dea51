import CP11Kit

/// A token that keeps private keys: an HSM, a card, a file that plays one. A PKCS #11 URI (RFC 7512) names it and a key on
/// it; libp11-kit finds the one that fits. Nobody has logged in yet.
package final class Token {
  let pointer: OpaquePointer
  /// What it is called, as it says itself.
  package let label: String

  /// - Parameter module: the path of the token's library, before the one that the URI may name (`module-path=`); nil for what
  ///   the URI or the system's configuration says.
  package init(_ uri: String, module: String?) throws(PKCS11Error) {
    var opened: OpaquePointer?
    var problem = assay_token_problem()
    let result = assay_token_open(uri, module, &opened, &problem)
    guard Int(result) == ASSAY_TOKEN_OK, let opened else { throw PKCS11Error(result, problem) }
    pointer = opened
    do throws(PKCS11Error) {
      label = try Self.look(opened).label
    } catch {
      assay_token_close(opened)
      throw error
    }
  }

  deinit { assay_token_close(pointer) }

  struct Facts {
    let label: String
    let wantsLogin, hasPad, isLocked: Bool
    let tries: PKCS11Error.Tries
  }

  func facts() throws(PKCS11Error) -> Facts { try Self.look(pointer) }

  private static func look(_ pointer: OpaquePointer) throws(PKCS11Error) -> Facts {
    var facts = assay_token_facts()
    var problem = assay_token_problem()
    let result = assay_token_look(pointer, &facts, &problem)
    guard Int(result) == ASSAY_TOKEN_OK else { throw PKCS11Error(result, problem) }
    return Facts(
      label: withUnsafeBytes(of: &facts.label, text), wantsLogin: facts.wants_login != 0,
      hasPad: facts.has_pin_pad != 0,
      isLocked: facts.is_locked != 0,
      tries: facts.is_last_try != 0 ? .one : facts.was_wrong != 0 ? .fewer : .untold)
  }

  /// Whether a PIN is to be given; a reader with a pad asks for it itself, and some tokens want none.
  package func wantsPIN() throws(PKCS11Error) -> Bool {
    let facts = try facts()
    guard !facts.isLocked else { throw .pinLocked }
    return facts.wantsLogin && !facts.hasPad
  }

  /// What it says of its PIN's tries before one is given.
  package func tries() throws(PKCS11Error) -> PKCS11Error.Tries { try facts().tries }
}

/// The text at the start of a buffer of C.
func text(_ buffer: UnsafeRawBufferPointer) -> String { String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) }

extension PKCS11Error {
  init(_ result: Int32, _ problem: assay_token_problem) {
    var problem = problem
    let code = UInt(problem.code)
    let words = withUnsafeBytes(of: &problem.words, text)
    let labels = words.split(separator: "\n").map(String.init)
    switch Int(result) {
    case ASSAY_TOKEN_NO_LIBRARY: self = .noLibrary
    case ASSAY_TOKEN_BAD_URI: self = .uri(words)
    case ASSAY_TOKEN_NO_MODULE: self = .module(words)
    case ASSAY_TOKEN_NONE: self = .noToken(present: labels)
    case ASSAY_TOKEN_SEVERAL: self = .severalTokens(present: labels)
    default: self = .device(code: code, words)
    }
  }
}
