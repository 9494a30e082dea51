import Cryptography
import Octets
import Report
import Testing

/// What is said of revocation is what is in force.
@Suite struct RevocationWordTests {
  private static func facts(_ count: Int?, _ until: Int64?) -> TrustFacts {
    TrustFacts(
      ages: [], logs: [], denials: count.map { (digest([1]), $0) }, revocationKnownUntil: until.map { UnixTime($0) })
  }

  @Test func denialsInForceAreNamed() {
    for (facts, words) in [
      (nil, "not known: no denials are installed"), (Self.facts(nil, nil), "not known: no denials are installed"),
      (Self.facts(1, 0), "known until 1970-01-01T00:00:00Z: 1 denial in force"),
      (Self.facts(2, 0), "known until 1970-01-01T00:00:00Z: 2 denials in force"),
      (Self.facts(nil, 0), "known until 1970-01-01T00:00:00Z: nothing is denied"),
      (Self.facts(2, nil), "2 denials in force, of an unknown date"),
    ] {
      #expect(TrustFacts.revocationWords(facts) == words)
    }
  }
}
