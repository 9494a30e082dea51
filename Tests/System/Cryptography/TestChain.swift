import Cryptography

/// Root, intermediate and leaf in the shape of Fulcio's; each may be spoiled before it is made.
struct TestChain {
  static let rootKey = TestKey(.p384)
  static let intermediateKey = TestKey(.p384)
  static let leafKey = TestKey(.p256)
  static let stranger = TestKey(.p384)

  var root = CertificateRecipe(
    subject: "root", issuer: "root", key: rootKey, signer: rootKey, hash: .sha384,
    extensions: [.basicConstraints(isCA: true), .keyUsage(0x06)])
  var intermediate = CertificateRecipe(
    subject: "intermediate", issuer: "root", key: intermediateKey, signer: rootKey, hash: .sha384,
    extensions: [
      .basicConstraints(isCA: true, pathLength: 0), .keyUsage(0x06),
      .purposes([CertificateRecipe.Extension.codeSigning]),
    ])
  var leaf = CertificateRecipe(
    subject: "", issuer: "intermediate", key: leafKey, signer: intermediateKey, hash: .sha384,
    extensions: [
      .keyUsage(0x80), .purposes([CertificateRecipe.Extension.codeSigning]),
      .names(DER.value(0x81, Array("signer@example.org".utf8))), .unknown(isCritical: false),
    ])
  var untrusted: [CertificateRecipe] = []
  var time = CertificateRecipe.middle
  var purpose = CertificatePurpose.codeSigning

  /// The same for a time-stamp authority.
  static func timeStamping() -> TestChain {
    var chain = TestChain()
    chain.intermediate.extensions[2] = .purposes([CertificateRecipe.Extension.timeStamping])
    chain.leaf.extensions = [
      .keyUsage(0xc0), .purposes([CertificateRecipe.Extension.timeStamping], isCritical: true),
    ]
    chain.leaf.subject = "time-stamp authority"
    chain.purpose = .timeStamping
    return chain
  }

  func verify() throws -> [Certificate] {
    let authority = CertificateAuthority(
      anchor: try root.certificate, intermediates: [try intermediate.certificate])
    return try authority.verify(
      leaf.certificate, untrusted: untrusted.map { try $0.certificate }, at: time, for: purpose)
  }
}
