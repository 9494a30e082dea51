/// Why a token did not do what was asked of it.
package enum PKCS11Error: Error, Hashable, Sendable {
  /// libp11-kit is not installed on this machine.
  case noLibrary
  /// What is wrong with the URI.
  case uri(String)
  case module(String)
  /// None fits the URI; the labels of those that are there.
  case noToken(present: [String])
  case severalTokens(present: [String])
  case wrongPIN(Tries)
  case pinLocked
  /// The token has no private key that fits the URI.
  case noKey
  /// The keys that fit, as `“label”, id 01`.
  case severalKeys([String])
  /// A key that is neither on a curve of Weierstraß nor of Edwards; its CKA_KEY_TYPE.
  case keyKind(UInt)
  /// The token's own answer (CKR_…): it was taken away, or does not do that.
  case device(code: UInt, String)

  /// What a token says of further tries of its PIN. Most say no number.
  package enum Tries: Hashable, Sendable {
    case untold
    /// Fewer than when the PIN was last right.
    case fewer
    case one
  }

  /// Whether another command, another PIN or another token helps, and not the machine or its maker.
  package var isMistake: Bool {
    switch self {
    case .uri, .module, .noToken, .severalTokens, .wrongPIN, .noKey, .severalKeys, .keyKind: true
    case .noLibrary, .pinLocked, .device: false
    }
  }
}

extension PKCS11Error: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noLibrary: "Tokens are reached through libp11-kit, which is not here: apt install libp11-kit0"
    case .uri(let words): "That is no PKCS #11 URI to sign with, as pkcs11:token=…;object=… is: \(words)."
    case .module(let words):
      "The token’s module does not start: \(words). Name its library by --module FILE, or by module-path= in the URI."
    case .noToken(let present): "No token fits the URI. \(Self.list(present))"
    case .severalTokens(let present):
      "More than one token fits the URI: say token=, serial= or module-path=. \(Self.list(present))"
    case .wrongPIN(.untold): "The token does not take this PIN."
    case .wrongPIN(.fewer): "The token does not take this PIN, and has fewer tries left than it had."
    case .wrongPIN(.one): "The token does not take this PIN, and one try is left before it locks."
    case .pinLocked: "The token’s PIN is locked: no try is left. Its owner unlocks it with the PUK or the SO PIN."
    case .noKey: "The token has no private key that fits the URI. Is the object’s name or ID another one?"
    case .severalKeys(let keys):
      "More than one private key fits the URI: \(keys.joined(separator: "; ")). Say object= and id=."
    case .keyKind(let kind): "That key is of kind \(kind), and a role’s keys are Ed25519 or P-256."
    case .device(let code, let words):
      "The token does not sign: \(words) (0x\(String(code, radix: 16))). Is it still there? Nothing was changed."
    }
  }

  private static func list(_ labels: [String]) -> String {
    labels.isEmpty ? "There is none at all." : "There are \(labels.map { "“\($0)”" }.joined(separator: ", "))."
  }
}
