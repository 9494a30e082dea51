import Cryptography
import Enrolling
import Enrolment
import TPM
import TestSupport
import Testing

/// Who vouches for an endorsement key.
@Suite struct EndorsementTests {
  /// 2026-07-01.
  private static let now: Int64 = 1_782_864_000
  private static let purpose = CertificateSketch.purpose("2.23.133.8.1")

  /// A maker with a root and an authority below it, and a TPM of its own.
  private struct Maker {
    let root: SigningKey
    let issuer: SigningKey
    let endorsement: EndorsementKey

    init() throws {
      root = try SigningKey()
      issuer = try SigningKey()
      endorsement = try EndorsementKey(publicArea: try EnrolmentRig().custody.keys.endorsement.publicArea)
    }

    var rootCertificate: [UInt8] {
      get throws { try CertificateSketch.authority("Maker Root", key: root).signed(by: root) }
    }
    var issuerCertificate: [UInt8] {
      get throws { try CertificateSketch.authority("Maker Issuer", key: issuer, issuer: "Maker Root").signed(by: root) }
    }

    func certificate(
      spki: [UInt8]? = nil, extensions: [[UInt8]] = [EndorsementTests.purpose], by key: SigningKey? = nil,
      _ change: (inout CertificateSketch) -> Void = { _ in }
    ) throws -> [UInt8] {
      var sketch = CertificateSketch(issuer: "Maker Issuer", subject: "TPM 1", key: issuer, extensions: extensions)
      sketch.spki = spki ?? endorsement.key.spki
      change(&sketch)
      return try sketch.signed(by: key ?? issuer)
    }

    func finding(_ certificates: [[UInt8]], at time: Int64 = EndorsementTests.now) throws -> EndorsementFinding {
      try EndorsementRoots(pem: EndorsementTests.pem([rootCertificate]))
        .finding(for: endorsement, certificates: certificates, at: time)
    }
  }

  private static func pem(_ certificates: [[UInt8]]) throws -> [UInt8] {
    try certificates.flatMap { try runChecked(["openssl", "x509", "-inform", "DER"], input: $0) }
  }

  @Test func makersVouch() throws {
    let maker = try Maker()
    let (leaf, issuer) = (try maker.certificate(), try maker.issuerCertificate)
    let verified = EndorsementFinding.verified(by: "CN=Maker Root")
    #expect(try maker.finding([leaf, issuer]) == verified)
    #expect(try maker.finding([issuer, leaf]) == verified)
    // An issuer in the desk's own file anchors as well, and others there are in nobody's way.
    let stranger = try SigningKey()
    let unrelated = try CertificateSketch.authority("Stranger", key: stranger).signed(by: stranger)
    let roots = try EndorsementRoots(pem: Self.pem([unrelated, issuer]))
    #expect(
      roots.finding(for: maker.endorsement, certificates: [leaf], at: Self.now) == .verified(by: "CN=Maker Issuer"))
    #expect(verified.text == "verified by CN=Maker Root")
  }

  @Test func nothingElseVouches() throws {
    let maker = try Maker()
    let issuer = try maker.issuerCertificate
    let noPath = EndorsementFinding.notCertified("no trusted root leads to its certificate")
    let wrongUse = EndorsementFinding.notCertified("its certificate is not for an endorsement key")
    #expect(try maker.finding([]) == .notCertified("the request carries no certificate"))
    let notOurs = EndorsementFinding.notCertified("no certificate in the request is of this key")
    #expect(try maker.finding([issuer]) == notOurs)
    #expect(try maker.finding([[1, 2, 3]]) == notOurs)
    #expect(try maker.finding([try maker.certificate(spki: try SigningKey().spki), issuer]) == notOurs)
    // The issuer is missing; it is another; it did not sign.
    #expect(try maker.finding([try maker.certificate()]) == noPath)
    #expect(try maker.finding([try maker.certificate(by: try SigningKey()), issuer]) == noPath)
    let stranger = try SigningKey()
    let self2 = try CertificateSketch.authority("Maker Issuer", key: stranger, issuer: "Maker Root").signed(
      by: stranger)
    #expect(try maker.finding([try maker.certificate(by: stranger), self2]) == noPath)
    // For other uses.
    #expect(try maker.finding([try maker.certificate(extensions: []), issuer]) == wrongUse)
    #expect(
      try maker.finding([
        try maker.certificate(extensions: [CertificateSketch.purpose("1.3.6.1.5.5.7.3.3")]), issuer,
      ]) == wrongUse)
    let authority = [
      Self.purpose, CertificateSketch.part("2.5.29.19", DERWriter.sequence(DERWriter.boolean(true))),
    ]
    #expect(try maker.finding([try maker.certificate(extensions: authority), issuer]) == wrongUse)
    // Out of its time.
    guard case .notCertified(let reason) = try maker.finding([try maker.certificate(), issuer], at: 1) else {
      Issue.record("certified before its time")
      return
    }
    #expect(reason.contains("is valid from"))
    #expect(EndorsementFinding.notCertified("because").text == "not certified: because")
  }

  /// A certificate of the key itself in the desk's file would vouch for itself; that is nobody's word about a TPM.
  @Test func noCertificateVouchesForItself() throws {
    let maker = try Maker()
    let leaf = try maker.certificate()
    let roots = try EndorsementRoots(pem: Self.pem([leaf]))
    guard case .notCertified = roots.finding(for: maker.endorsement, certificates: [leaf], at: Self.now) else {
      Issue.record("certified by itself")
      return
    }
  }

  @Test func rootsAreCertificates() throws {
    for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
      #expect(throws: CryptographyError.self) { _ = try EndorsementRoots(pem: Array(text.utf8)) }
    }
  }
}
