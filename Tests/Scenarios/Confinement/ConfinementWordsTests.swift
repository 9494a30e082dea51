import FoundationEssentials
import TestSupport
import Testing

/// What is said of confinement is what is in force, on each kernel.
@Suite struct ConfinementWordsTests {
  private func status(_ site: Site, _ arguments: [String] = [], under kernel: RoleBench.Kernel) throws -> String {
    try site.assay.run(
      ["under", kernel.rawValue, Products.path("assay"), "status"] + arguments, program: Products.path("role-probe")
    ).output
  }

  /// What `status` says of roles comes from roles that were started for it.
  @Test func statusSaysWhatHoldsRoles() throws {
    let site = try Site()
    let version = try RoleBench().landlock(of: "prover")
    let held = try status(site, under: .usual)
    #expect(
      held.contains(
        "roles       confine themselves: no new privileges, limits, seccomp"
          + (version > 0 ? ", Landlock version \(version)\n" : "; this kernel has NO LANDLOCK to hold files back\n")),
      "\(held)")
    let without = try status(site, under: .withoutLandlock)
    #expect(
      without.contains(
        "roles       confine themselves: no new privileges, limits, seccomp; this kernel has NO LANDLOCK to hold files back"
      ), "\(without)")
    let none = try status(site, under: .withoutSeccomp)
    #expect(none.contains("roles       DO NOT RUN: ") && none.contains("(seccomp: "), "\(none)")
    for (role, words) in [
      ("reader-unable", "DO NOT RUN: "), ("prover-unable", "DO NOT RUN: "), ("reader-crash-first", "DO NOT RUN: "),
      ("reader-unconfined", "RUN UNCONFINED"), ("prover-unconfined", "RUN UNCONFINED"),
    ] {
      let liar = try LyingRoleTests.liar(role, in: site.stick)
      let said = try site.assay.run(["status"], program: liar).output
      #expect(said.contains("roles       \(words)"), "\(role): \(said)")
    }
  }

  @Test func statusSaysItToProgramsToo() throws {
    let site = try Site()
    func confinement(_ kernel: RoleBench.Kernel) throws -> Substring {
      let json = try status(site, ["--json"], under: kernel).filter { !$0.isWhitespace }
      let start = try #require(json.firstRange(of: "\"confinement\":"))
      return json[start.upperBound...]
    }
    let version = try RoleBench().landlock(of: "prover")
    #expect(try confinement(.usual).hasPrefix("{\"confined\":true,\"landlock\":\(version),\"trouble\":null}"))
    #expect(try confinement(.withoutLandlock).hasPrefix("{\"confined\":true,\"landlock\":0,\"trouble\":null}"))
    #expect(try confinement(.withoutSeccomp).hasPrefix("{\"confined\":false,\"landlock\":0,\"trouble\":\"The"))
    let liar = try LyingRoleTests.liar("prover-unconfined", in: site.stick)
    let unconfined = try site.assay.run(["status", "--json"], program: liar).output.filter { !$0.isWhitespace }
    #expect(unconfined.contains("\"confinement\":{\"confined\":false,\"landlock\":0,\"trouble\":null}"))
  }

  /// A kernel without Landlock is said to who looks on, and in the report.
  @Test(arguments: [RoleBench.Kernel.usual, .withoutLandlock])
  func theReportSaysWhichLandlock(_ kernel: RoleBench.Kernel) throws {
    let site = try Site(initialising: nil)
    let reports = site.stick.path("reports")
    let result = try site.assay.run(
      [
        "under", kernel.rawValue, Products.path("assay"), "verify", site.archive, "--key", site.key, "--report",
        reports,
      ], program: Products.path("role-probe"))
    #expect(result.status == 0, "\(result.errors)")
    let version = try RoleBench().landlock(of: "keeper", kernel: kernel)
    #expect(result.errors.contains("this kernel has no Landlock") == (version == 0), "\(result.errors)")
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: reports).first { $0.hasSuffix(".vsa.unsigned.json") })
    let text = String(decoding: try readFile(reports + "/" + name), as: UTF8.self).filter { !$0.isWhitespace }
    #expect(text.contains("\"confinement\":{\"confined\":true,\"landlock\":\(version)}"), "\(text)")
  }

  /// Standard input may be open for both, as a terminal is: a reader gets it for reading.
  @Test func aReaderWritesNothingOfWhatItIsHanded() throws {
    let site = try Site(initialising: nil)
    let liar = try LyingRoleTests.liar("reader-scribble", in: site.stick)
    let shell = #"exec "$0" verify - --key "$1" <> "$2""#
    let before = try readFile(site.archive)
    let result = try run(["sh", "-c", shell, liar, site.key, site.archive])
    #expect(result.status == 3 && result.output.contains("reader.crashed"), "\(result.output) \(result.errors)")
    #expect(try readFile(site.archive) == before)
  }
}
