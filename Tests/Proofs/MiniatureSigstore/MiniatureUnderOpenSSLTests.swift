import MiniatureSigstore
import TestSupport
import Testing

/// What the miniature issues, before the eyes of the openssl program.
@Suite(.enabled(if: isInstalled("openssl"), "needs the openssl program")) struct MiniatureUnderOpenSSLTests {
  static let world = MiniatureSigstore(seed: 11)
  static let artifact = Array("artifact".utf8)

  @Test(arguments: [KeyAlgorithm.p256, .p384, .p521, .rsa(2048), .rsa(4096)]) func signatures(
    _ algorithm: KeyAlgorithm
  ) throws {
    let key = SampleKey(algorithm)
    var methods = [key.usualMethod]
    if case .rsa = algorithm { methods.append(.rsaPSS(.sha256)) }
    for method in methods {
      let folder = try TemporaryFolder()
      var command = ["openssl", "dgst", "-" + method.hash.rawValue]
      command += ["-verify", try folder.write("key.pub", Array(key.publicPEM.utf8))]
      command += ["-signature", try folder.write("sig", key.sign(Self.artifact, method))]
      if case .rsaPSS = method { command += ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] }
      let file = try folder.write("artifact", Self.artifact)
      #expect(try run(command + [file]).status == 0)
      try folder.write("artifact", Self.artifact + [0])
      #expect(try run(command + [file]).status != 0)
    }
  }

  @Test func plainEd25519() throws {
    let key = SampleKey(.ed25519)
    let folder = try TemporaryFolder()
    try runChecked([
      "openssl", "pkeyutl", "-verify", "-pubin", "-rawin", "-inkey",
      folder.write("key.pub", Array(key.publicPEM.utf8)), "-sigfile", folder.write("sig", key.sign(Self.artifact)),
      "-in", folder.write("artifact", Self.artifact),
    ])
  }

  @Test(arguments: [SigningRequest.Material.certificate(.releaseWorkflow), .siteCertificate(.maintainer)])
  func certificatePaths(_ material: SigningRequest.Material) throws {
    let issued = Self.world.issue(SigningRequest(.message(Self.artifact), as: material))
    let folder = try TemporaryFolder()
    let leaf = try folder.write("leaf", Array(try #require(issued.certificate).pem.utf8))
    let intermediate = try folder.write("intermediate", Array(pemText("CERTIFICATE", issued.intermediates[0]).utf8))
    let root = try folder.write("root", Array(pemText("CERTIFICATE", try #require(issued.root)).utf8))
    try runChecked([
      "openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", intermediate, "-attime",
      String(Self.world.now), leaf,
    ])
  }

  @Test func leafAsPeopleReadIt() throws {
    let issued = Self.world.issue(SigningRequest(.message(Self.artifact)))
    let text = String(
      decoding: try runChecked(
        ["openssl", "x509", "-inform", "der", "-noout", "-text"], input: try #require(issued.certificate).der),
      as: UTF8.self)
    for line in [
      "Subject: \n", "X509v3 Subject Alternative Name: critical", "Digital Signature", "Code Signing",
      "1.3.6.1.4.1.57264.1.24", "CT Precertificate SCTs", "ecdsa-with-SHA384", "Extensions: none",
    ] { #expect(text.contains(line), "\(line)") }
  }

  @Test(arguments: [SigningRequest.Timestamp.embedded, .bare, .injected, .second, .init(hash: .sha512)])
  func timestamps(_ wanted: SigningRequest.Timestamp) throws {
    let issued = Self.world.issue(SigningRequest(.message(Self.artifact), timestamps: [wanted]))
    #expect(try verifyTimestamp(issued.timestamps[0], over: issued.signature, wanted).status == 0)
    #expect(try verifyTimestamp(issued.timestamps[0], over: issued.signature + [0], wanted).status != 0)
  }

  @Test(arguments: [
    Spoil.timestampTruncated, .timestampRejected, .timestampOverOtherBytes, .timestampByStranger,
    .timestampSignatureFlipped, .timestampDigestFlipped, .timestampNamesAnotherCertificate,
    .timestampOfStrangerAuthority, .timestampPurposeNotCritical, .timestampOtherPurpose,
  ]) func spoiledTimestamps(_ spoil: Spoil) throws {
    let issued = Self.world.issue(
      SigningRequest(.message(Self.artifact), timestamps: [.embedded], spoil: spoil))
    #expect(try verifyTimestamp(issued.timestamps[0], over: issued.signature, .embedded).status != 0)
  }

  private func verifyTimestamp(_ response: [UInt8], over message: [UInt8], _ wanted: SigningRequest.Timestamp) throws
    -> RunResult
  {
    let authority = wanted.isSecondAuthority ? Self.world.secondTimestampAuthority : Self.world.timestampAuthority
    func pem(_ certificates: [[UInt8]]) -> [UInt8] {
      Array(certificates.map { pemText("CERTIFICATE", $0) }.joined().utf8)
    }
    let folder = try TemporaryFolder()
    return try run([
      "openssl", "ts", "-verify", "-in", folder.write("response", response), "-data",
      folder.write("message", message), "-CAfile", folder.write("root", pem([authority.chain[2]])), "-untrusted",
      folder.write("untrusted", pem(Array(authority.chain[..<2]))), "-attime", String(Self.world.now),
    ])
  }
}
