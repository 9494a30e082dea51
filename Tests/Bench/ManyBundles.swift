import Cryptography
import Glibc
import MiniatureSigstore
import Octets
import TestSupport
import TrustRoot
import Verification

extension Bench {
  /// Many keyless bundles, each under its own certificate, against the signature checks that no verifier can leave out:
  /// the leaf under its intermediate (P-384), and under P-256 the log's promise, its checkpoint, the certificate log's
  /// timestamp, and the signature itself.
  func measureManyBundles() throws {
    let world = MiniatureSigstore()
    let root = try TrustRoot(parsing: world.trustedRoot(), named: "trust root")
    let verifier = SignatureVerifier(trustRoot: root, now: UnixTime(world.now), revocations: .none)
    let bundles = (0..<Self.bundleCount).map { number in
      let artifact = Array("artifact \(number)".utf8)
      return (artifact: artifact, bytes: world.issue(SigningRequest(.message(artifact))).bundle())
    }
    let bare = BareChecks(of: bundles.count)
    var assay: [Double] = []
    var beside: [Double] = []
    // Blocks by turns, small enough that what disturbs one disturbs the other.
    for start in stride(from: 0, to: bundles.count, by: Self.block) {
      let block = start..<min(start + Self.block, bundles.count)
      var begin = seconds(CLOCK_THREAD_CPUTIME_ID)
      for bundle in bundles[block] {
        _ = try verifier.verify(bundle: bundle.bytes, artifact: Artifact(bytes: bundle.artifact))
      }
      assay.append((seconds(CLOCK_THREAD_CPUTIME_ID) - begin) / Double(block.count))
      begin = seconds(CLOCK_THREAD_CPUTIME_ID)
      for number in block { bare.run(number) }
      beside.append((seconds(CLOCK_THREAD_CPUTIME_ID) - begin) / Double(block.count))
    }
    Table.head("\(bundles.count) keyless bundles (Rekor v1) in one process; beside their bare signature checks")
    Table.compare("processor, each", assay, beside, atMost: 1.25, Table.microseconds)
    Table.note("(1.40 is required)", "")
  }

  private static let bundleCount = 1000
  private static let block = 25
}
