import MiniatureSigstore
import TestSupport
import Testing

/// A spoil that spoils nothing would make every test that leans on it worthless.
struct SpoilTests {
  static let requests: [SigningRequest] = {
    let artifact = Array("artifact".utf8)
    let statement = SampleStatement(SampleStatement.slsaProvenance1, aboutDigest: digestText(artifact))
    return [
      .init(.message(artifact)), .init(.statement(statement), timestamps: [.embedded]),
      .init(.statement(statement), log: .v2),
    ]
  }()

  @Test(arguments: Spoil.allCases) func everySpoilAppliesSomewhere(_ spoil: Spoil) {
    #expect(Self.requests.contains { spoil.applies(to: $0) })
  }

  /// Faults of the trust root leave the bundle alone, and the other way round; the parts that a fault does not mean
  /// stay well formed and present.
  @Test(arguments: Spoil.allCases) func spoilsKeepToTheirPlace(_ spoil: Spoil) throws {
    let world = MiniatureSigstore(seed: 17)
    let request = try #require(Self.requests.first { spoil.applies(to: $0) })
    let sound = world.issue(request)
    let spoiled = world.issue(request.spoiled(spoil))
    if spoil.rawValue.hasPrefix("root") { #expect(world.trustedRoot(spoil: spoil) != world.trustedRoot()) }
    #expect(spoiled.entries.count == (spoil == .entryMissing ? 0 : sound.entries.count))
    #expect(spoiled.timestamps.count == (spoil == .timestampMissing ? 0 : sound.timestamps.count))
    #expect((spoiled.certificate == nil) == (sound.certificate == nil))
    if let proof = spoiled.entries.first?.proof { #expect(!proof.hashes.isEmpty) }
  }
}
