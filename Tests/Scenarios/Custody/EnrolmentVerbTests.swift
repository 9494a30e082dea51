import FoundationEssentials
import TestSupport
import Testing

/// The enrolment of an appliance, carried to and fro as files.
@Suite struct EnrolmentVerbTests {
  private func succeed(_ site: Site, _ arguments: [String]) throws -> String {
    let result = try site.assay.run(arguments)
    guard result.status == 0 else { throw RunError(description: "\(arguments): \(result.status): \(result.errors)") }
    return result.output
  }

  @Test func anEnrolledApplianceIsNamedByTheDesk() throws {
    let site = try Site()
    let desk = try TemporaryFolder()
    let (request, challenge) = (desk.path("request.json"), desk.path("challenge.json"))
    _ = try succeed(site, ["enroll", "export", "--output", request])
    _ = try succeed(
      site, ["enroll", "challenge", request, "--challenge", challenge, "--secret", desk.path("secret")])
    _ = try succeed(site, ["enroll", "answer", request, challenge, "--output", desk.path("answer.json")])
    let accepted = try succeed(
      site,
      [
        "enroll", "accept", request, challenge, desk.path("secret"), desk.path("answer.json"), "--by", "the desk",
        "--output", desk.path("appliance.json"),
      ])
    #expect(accepted.contains("software"))
    let checked = try site.assay.run([
      "report", "verify", try site.report(), "--appliance", desk.path("appliance.json"),
    ])
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(!checked.output.contains("enrolment   none"))

    // Another TPM cannot answer in this one's place.
    let other = try Site()
    let strange = try other.assay.run(["enroll", "answer", request, challenge, "--output", desk.path("strange")])
    #expect(strange.status == 3)
    #expect(strange.errors.contains("enrolment.another-appliance"), "\(strange.errors)")
  }

  /// The desk's authority is OpenSSL's command line, as the page says.
  @Test func certificatesOfTheDeskAreTakenIn() throws {
    let site = try Site()
    let desk = try TemporaryFolder()
    try runChecked(
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
        "/CN=desk",
        "-keyout", "ca.key", "-out", "ca.pem",
      ], in: desk.path)
    let key = try site.reportKey()
    try runChecked(
      [
        "openssl", "x509", "-new", "-force_pubkey", key, "-subj", "/CN=assay report key", "-CA", "ca.pem", "-CAkey",
        "ca.key", "-days", "365", "-out", "report.pem",
      ], in: desk.path)
    #expect(try succeed(site, ["enroll", "certificates", desk.path("report.pem")]).contains("Recorded 1"))
    #expect(try succeed(site, ["ledger", "list", "--kind", "trust-change"]).contains("add certificate report key"))
    let foreign = try site.assay.run(["enroll", "certificates", desk.path("ca.pem")])
    #expect(foreign.status == 64)
    #expect(foreign.errors.contains("another key"))
  }
}
