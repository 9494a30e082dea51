import Findings
import Octets
import Reasons
import StrictJSON
import TestSupport
import TrustRoot
import Verification

/// Verification of conformance bundles under a trust root, by default the public good instance's.
struct Keyless {
  let verifier: SignatureVerifier
  let artifact: Artifact

  init(root: JSON? = nil, now: Int64 = 1_795_000_000, artifact: [UInt8]? = nil) throws {
    let root = try TrustRoot(parsing: (root ?? Spoiling.trustRoot()).serialized(), named: "trusted_root.json")
    verifier = SignatureVerifier(trustRoot: root, now: UnixTime(now), revocations: .none)
    self.artifact = Artifact(bytes: try artifact ?? Corpus.bytes("sigstore-conformance/a.txt"))
  }

  func verify(_ bundle: JSON) throws -> Proven {
    try verifier.verify(bundle: bundle.serialized(), artifact: artifact)
  }

  /// Why not; nil where it holds.
  func reason(_ bundle: JSON) throws -> Reason? {
    do {
      _ = try verify(bundle)
      return nil
    } catch let failure as Failure {
      return failure.reason
    }
  }
}

extension JSON {
  /// A string's lines; the last is empty where the text ends with a line break.
  var lines: [String] {
    guard case .string(let text) = self else { return [] }
    return text.split(separator: 0x0a, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
  }
}
