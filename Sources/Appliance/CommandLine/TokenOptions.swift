import ArgumentParser
import Cryptography
import Octets
import PKCS11

/// A key on a card, in an HSM, or in what plays one.
struct TokenOptions: ParsableArguments {
  @Option(
    name: .customLong("pkcs11"),
    help: .init("Sign with the key that this URI names (RFC 7512): pkcs11:token=…;object=….", valueName: "URI"))
  var uri: String?
  @Option(help: .init("The library of the token's maker, where the URI has no module-path.", valueName: "FILE"))
  var module: String?
  @Option(help: .init("File with the token's PIN; without it the terminal asks.", valueName: "FILE"))
  var pinFile: String?

  func verify() throws {
    guard uri != nil || (module == nil && pinFile == nil) else {
      throw UsageMistake("--module and --pin-file go with --pkcs11.")
    }
  }

  /// - Throws: `UsageMistake` where another URI, PIN or token helps.
  func open(_ uri: String) throws -> TokenSession {
    do {
      let token = try Token(uri, module: module)
      return try TokenSession(token, pin: try pin(for: token))
    } catch let error as PKCS11Error where error.isMistake {
      throw UsageMistake("\(error)")
    }
  }

  private func pin(for token: Token) throws -> SecretBytes {
    guard try token.wantsPIN() else {
      guard pinFile == nil else { throw UsageMistake("The token wants no PIN from here; leave --pin-file out.") }
      var nothing: [UInt8] = []
      return SecretBytes(wiping: &nothing)
    }
    let warning = try token.tries() == .one ? " (one try is left)" : ""
    return try PINOptions.read(pinFile, prompt: "PIN of the token “\(printable(token.label))”\(warning): ")
  }
}
