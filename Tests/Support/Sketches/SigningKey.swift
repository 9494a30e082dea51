/// A private key of a test's own, in the hands of the `openssl` program.
package struct SigningKey: Sendable {
  package let pem: [UInt8]
  /// DER of the SubjectPublicKeyInfo.
  package let spki: [UInt8]
  private let folder: TemporaryFolder

  package enum Kind: Sendable { case p256, rsa2048 }

  package init(_ kind: Kind = .p256) throws {
    let options: [String] =
      switch kind {
      case .p256: ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
      case .rsa2048: ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
      }
    pem = try runChecked(["openssl", "genpkey", "-algorithm"] + options)
    spki = try runChecked(["openssl", "pkey", "-pubout", "-outform", "DER"], input: pem)
    folder = try TemporaryFolder()
    try folder.write("key.pem", pem)
  }

  /// ECDSA as DER, or RSA PKCS #1 v1.5, with SHA-256.
  package func sign(_ message: [UInt8]) throws -> [UInt8] {
    try runChecked(["openssl", "dgst", "-sha256", "-sign", folder.path("key.pem")], input: message)
  }
}
