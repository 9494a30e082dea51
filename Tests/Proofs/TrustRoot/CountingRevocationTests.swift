import Cryptography
import MiniatureSigstore
import TestSupport
import Testing
import TrustRoot

/// Lists that do not count change nothing, and need not be handed on.
@Suite struct CountingRevocationTests {
  @Test func theOthersAreLeftOut() throws {
    let (world, elsewhere) = (MiniatureSigstore(seed: 21), MiniatureSigstore(seed: 22))
    func list(_ world: MiniatureSigstore, made: String, number: String) throws -> RevocationList {
      let key = Array(world.fulcio.intermediateKey.privatePEM.utf8)
      return try RevocationList(RevokingAuthority(world.fulcio.chain[0], key: key).list(number: number, made: made))
    }
    let root = try TrustRoot(parsing: world.trustedRoot(), named: "root")
    let other = try TrustRoot(parsing: elsewhere.trustedRoot(), named: "other")
    let old = try list(world, made: "260801000000Z", number: "06")
    let new = try list(world, made: "260901000000Z", number: "07")
    let foreign = try list(elsewhere, made: "260901000000Z", number: "07")
    let all = [old, foreign, new, old, new]
    #expect(Revocations.counting(all, under: [root]) == [new])
    #expect(Revocations.counting(all, under: [root, other]) == [foreign, new])
    #expect(Revocations.counting(all, under: []).isEmpty)
    for root in [root, other] {
      let counting = Revocations.counting(all, under: [other, root])
      #expect(Revocations(counting, under: root).lists.map(\.list) == Revocations(all, under: root).lists.map(\.list))
    }
  }
}
