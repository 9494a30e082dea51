import Glibc
import TestSupport
import Testing

/// Root that runs the appliance hands its roles no more than they are for. Of other users it is true anyway.
@Suite struct RootRightsTests {
  /// Capabilities (capabilities(7)) by their bits: overriding permissions, reading and changing any file.
  private static let ofKeeper: UInt64 = 1 << 1 | 1 << 2 | 1 << 3

  private static let script = RolesAtWork.script(
    saying: #"""
      tr '\0' ' ' < /proc/$process/cmdline
      sed -n 's/^Seccomp:\t2/confined/p; s/^Cap\(Prm\|Eff\|Bnd\|Amb\|Inh\):\t/\1 /p' /proc/$process/status | tr '\n' ' '
      echo
      """#, untilThreeSay: "confined")

  @Test func rolesHoldNothingBeyondTheirRow() throws {
    let site = try Site(initialising: nil)
    let said = try run(["sh", "-c", Self.script, Products.path("assay"), site.key, site.stick.path("pipe")]).output
    let confined = said.split(separator: "\n").filter { $0.contains("confined") }.map(String.init)
    #expect(confined.count == 3, "\(said)")
    for line in confined {
      let words = line.split(separator: " ").map(String.init)
      func held(_ kind: String) throws -> UInt64 {
        let place = try #require(words.firstIndex(of: kind))
        return try #require(UInt64(words[place + 1], radix: 16))
      }
      let own: UInt64 = line.contains("--role=") ? 0 : Self.ofKeeper
      for kind in ["Prm", "Eff", "Amb", "Inh"] { #expect(try held(kind) & ~own == 0, "\(kind): \(line)") }
      // Whoever may not give up what executed programs get has nothing of it to give.
      if geteuid() == 0 { #expect(try held("Bnd") & ~own == 0, "\(line)") }
    }
  }
}
