import Cryptography
import Testing

struct ComputedDigestsTests {
  private static let digests = [HashAlgorithm.sha256, .sha512, .sha256, .sha384].map {
    digest(Array("contents".utf8), $0)
  }

  /// What comes out is what was put in: whether the bytes that are at hand are the same, others, or none.
  @Test(arguments: ["same", "others", "none"]) func whatWasPutInComesOut(atHand: String) {
    let held: [ArraySlice<UInt8>?] = Self.digests.map {
      switch atHand {
      case "same": $0.bytes[...]
      case "others": digest(Array("another".utf8)).bytes[...]
      default: nil
      }
    }
    var digests = ComputedDigests()
    for (number, digest) in Self.digests.enumerated() { digests.set(2 * number + 1, digest, orAs: held[number]) }
    for (number, digest) in Self.digests.enumerated() {
      #expect(digests.get(2 * number + 1, orAs: held[number]) == digest)
      #expect(digests.has(2 * number + 1) && !digests.has(2 * number))
    }
    #expect(!digests.has(2 * Self.digests.count))
  }

  /// What is at hand is not held again; other bytes in its place end the program, before a digest of nobody comes out.
  @Test func whatIsAtHandIsNotHeld() async {
    await #expect(processExitsWith: .failure) {
      let computed = digest([1])
      var digests = ComputedDigests()
      digests.set(0, computed, orAs: computed.bytes[...])
      _ = digests.get(0, orAs: digest([2]).bytes[...])
    }
  }
}
