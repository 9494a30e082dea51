import Cryptography
import MiniatureSigstore
import Octets
import TestSupport
import Testing

/// Revocation lists that `openssl ca` made, out of trust bundles into verdicts.
@Suite(.enabled(if: PythonTUF.isPresent, Comment(rawValue: PythonTUF.absence)))
struct RevocationListImportTests {
  private typealias Site = TrustImportTests.Site

  /// The miniature's Fulcio, which issued the image's signing certificate.
  private func issuer(_ site: Site) throws -> RevokingAuthority {
    let fulcio = site.world.fulcio
    return try RevokingAuthority(fulcio.chain[0], key: Array(fulcio.intermediateKey.privatePEM.utf8))
  }

  private func entry(_ site: Site, secondsLater: Int64, _ reason: String? = nil) throws -> RevokingAuthority.Entry {
    let certificate = try Certificate(der: #require(site.signed.certificate).der)
    return RevokingAuthority.Entry(certificate.serialNumber, on: date(site, secondsLater), reason)
  }

  /// UTCTime, counted from when the image was signed.
  private func date(_ site: Site, _ secondsLater: Int64) -> String {
    UnixTime(site.world.now - 59 + secondsLater).description.filter(\.isNumber).dropFirst(2) + "Z"
  }

  private func taken(_ site: Site, _ version: Int, _ files: [String]) throws -> String {
    let result = try site.importing(site.bundle(version, files: [site.trustedRoot] + files))
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func whatWasRevokedNoLongerCounts() throws {
    let site = try Site()
    _ = try taken(site, 1, [])
    let admitted = try site.assay.verify(site.image)
    try #require(admitted.status == 0)
    let image = try #require(admitted.answer.archives.first?.images.first?.digest)

    // Revoked a second after the log saw it: it was good then.
    let later = try site.file("trust:fulcio.crl/now.crl", issuer(site).list([entry(site, secondsLater: 1)]))
    let shown = try taken(site, 2, [later])
    #expect(
      shown.contains("+ CRL of CN=miniature-intermediate,O=miniature.example, number 7 of 2026-09-01"), "\(shown)")
    #expect(shown.contains(", 1 revoked, next update 2026-10-01T00:00:00Z"))
    #expect(try site.assay.verify(site.image).status == 0)
    #expect(try site.assay.run(["recheck", image]).status == 0)

    // A newer list dates it back. The receipt of the admission no longer answers.
    let earlier = try site.file(
      "trust:fulcio.crl/now.crl", issuer(site).list([entry(site, secondsLater: -1, "keyCompromise")], number: "08"))
    #expect(try taken(site, 3, [earlier]).contains("replaces    crl fulcio.crl/now.crl: 1 new, 1 gone"))
    let refused = try site.assay.run(["verify"] + site.image)
    #expect(refused.status == 3)
    #expect(refused.output.contains("certificate.revoked") && refused.output.contains("keyCompromise"))
    #expect(try site.assay.run(["verify", "--by-digest", image] + site.image.dropFirst()).status == 4)
    #expect(try site.assay.run(["recheck", image]).status == 3)
    // Whoever names the same trust root by hand does not get around it.
    let named = site.image + ["--trusted-root", site.folder.path("trusted_root.json")]
    #expect(try site.assay.verify(named).answer.firstReason == "certificate.revoked")

    // Taken away by those who may: nothing is known any more.
    #expect(try taken(site, 4, []).contains("removes     crl fulcio.crl/now.crl"))
    #expect(try site.assay.verify(site.image + ["--fresh"]).status == 0)
  }

  @Test func listsDoNotGoBack() throws {
    let site = try Site()
    let issuer = try issuer(site)
    let two = try site.file("trust:crl/2.crl", issuer.list([entry(site, secondsLater: -1)], number: "08"))
    _ = try taken(site, 1, [two])
    let before = try site.head()
    for list in [try issuer.list(number: "07"), try issuer.list(number: "09", made: "260831000000Z")] {
      for name in ["2.crl", "other.crl"] {
        let old = try site.file("trust:crl/\(name)", list)
        let result = try site.importing(site.bundle(2, files: [site.trustedRoot, old]))
        #expect(result.status == 3 && result.errors.contains("crl.rollback"), "\(result.errors)")
      }
    }
    #expect(try site.head() == before)
    #expect(try site.assay.verify(site.image).answer.firstReason == "certificate.revoked")
    // Beside a newer one an old one says nothing.
    let three = try site.file("trust:crl/3.crl", issuer.list(number: "09", made: "260902000000Z"))
    _ = try taken(site, 3, [two, three])
    #expect(try site.assay.verify(site.image).status == 0)
  }

  @Test func listsOfStrangersAreRefused() throws {
    let site = try Site()
    let before = try site.head()
    let other = MiniatureSigstore(seed: 12)
    let namesake = try RevokingAuthority(
      other.fulcio.chain[0], key: Array(other.fulcio.intermediateKey.privatePEM.utf8))
    let key = try SigningKey()
    let stranger = try RevokingAuthority(
      CertificateSketch.authority("Stranger", key: key).signed(by: key), key: key.pem)
    for (list, reason) in [
      (try namesake.list(), "crl.invalid"), (try stranger.list(), "crl.issuer-unknown"),
      (Array("no list".utf8), "crl.malformed"),
      (try issuer(site).list(extensions: "2.5.29.27 = critical, DER:020106"), "crl.unsupported"),
    ] {
      let file = try site.file("trust:crl/a.crl", list)
      let result = try site.importing(site.bundle(1, files: [site.trustedRoot, file]))
      #expect(result.status == 3 && result.errors.contains(reason), "\(reason): \(result.errors)")
    }
    // Nor without the trust root that its authority stands in.
    let orphan = try site.importing(
      site.bundle(1, files: [site.file("trust:crl/a.crl", issuer(site).list())]))
    #expect(orphan.status == 3 && orphan.errors.contains("crl.issuer-unknown"))
    #expect(try site.head() == before)
  }

  /// The next list was due on 2026-10-01.
  @Test(arguments: [(0, 36500, 0 as Int32), (0, 0, 4), (36000, 36500, 0)])
  func theSiteSaysHowOldAListMayBe(_ warn: Int, _ fail: Int, _ status: Int32) throws {
    let site = try Site()
    let list = try site.file("trust:crl/a.crl", issuer(site).list())
    let limits = try site.file(
      "policy:policy/age-limits.json",
      #"{"format":"assay-age-limits/1","limits":[{"of":"revocation-list","warnDays":\#(warn),"failDays":\#(fail)}]}"#)
    _ = try taken(site, 1, [list, limits])
    let result = try site.assay.run(["verify"] + site.image)
    #expect(result.status == status, "\(result.output)")
    #expect(result.output.contains("trust.too-old") == (status == 4))
    #expect(
      result.errors.contains("warning: ageing: revocation-list CN=miniature-intermediate") == (warn == 0 && fail > 0))
  }
}
