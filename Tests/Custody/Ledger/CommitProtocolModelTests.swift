import Testing
import TestSupport

/// docs/formats/commit-protocol.pml under Debian's `spin`: every interleaving of crash, power cut, a disk that lies and a
/// hand that puts old states back.
@Suite(.enabled(if: isInstalled("spin") && isInstalled("gcc"), "spin or gcc is not installed: `make packages`"))
struct CommitProtocolModelTests {
  static let model = #filePath.replacing(
    "Tests/Custody/Ledger/CommitProtocolModelTests.swift", with: "docs/formats/commit-protocol.pml")

  /// What the search says of the model with these names defined.
  static func search(_ defines: [String]) throws -> String {
    let folder = try TemporaryFolder()
    try runChecked(["spin", "-a"] + defines.map { "-D\($0)" } + [model], in: folder.path)
    try runChecked(["gcc", "-DSAFETY", "-O1", "-w", "-o", "pan", "pan.c"], in: folder.path)
    let answer = try run(["./pan", "-E", "-m100000"], in: folder.path)
    #expect(!answer.output.contains("truncated") && !answer.output.contains("max search depth too small"))
    return answer.output
  }

  /// Nothing is released that is not anchored, nothing accepted that is not the last anchored history, whatever is done
  /// to the disk; and where nothing is done to it, no crash ends in a refusal.
  @Test(arguments: [[], ["HONEST"]]) func holds(_ defines: [String]) throws {
    let answer = try Self.search(defines)
    #expect(answer.contains("errors: 0"), "\(answer)")
  }

  /// A search that finds nothing may be one that looks at nothing: each change to the protocol is found.
  @Test(arguments: [
    ["RELEASE_FIRST"], ["COUNTER"], ["HONEST", "ANCHOR_FIRST"], ["HONEST", "NO_SIDE"], ["HONEST", "NO_SECOND_SIDE"],
    ["HONEST", "ONE_SIDE"], ["HONEST", "BLIND"],
  ])
  func hasTeeth(_ defines: [String]) throws {
    let answer = try Self.search(defines)
    #expect(answer.contains("assertion violated"), "\(defines): \(answer)")
  }
}
