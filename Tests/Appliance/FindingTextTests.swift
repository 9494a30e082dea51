import Cryptography
import Findings
import Testing

@testable import CommandLine

/// A prover's words are for a terminal, and steer none.
struct FindingTextTests {
  @Test func wordsAreShown() {
    let steering = "\u{1b}[2J"
    let proven = Proven(
      signer: .key(fingerprint: digest([1])), times: [],
      log: [LogFacts(log: "log\(steering)", index: 1, entryKind: "dsse\(steering)", proofs: [.inclusion])], checks: [],
      statement: StatementFacts(predicateType: "type\(steering)", statement: []))
    let lines = FindingText.lines(proven)
    #expect(lines.contains { $0.contains("dsse") } && lines.contains { $0.contains("type") })
    #expect(lines.allSatisfy { !$0.utf8.contains(0x1b) }, "\(lines)")
  }
}
