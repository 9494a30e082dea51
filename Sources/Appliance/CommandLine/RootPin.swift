import Cryptography
import LedgerLeaf
import Octets
import Reasons
import Store
import TUFMetadata
import Terminal
import TrustStore
import UpdateFramework

/// The site's root as a person brings it, to be pinned once: nothing is trusted on first use.
struct RootPin {
  private let bytes: [UInt8]
  private let state: TrustedState

  /// - Throws: `UsageMistake`: the file is the operator's own.
  init(reading path: String) throws {
    bytes = try InputFile.read(path, upTo: TUFLimits.rootBytes)
    do throws(Failure) {
      state = try TrustedState(pinning: bytes, named: path)
    } catch {
      throw UsageMistake("That is no root to pin: \(Voice.sentence(error))")
    }
  }

  /// - Returns: what two people compare.
  func pin(in custodian: Custodian) throws -> [String] {
    let name = Standing.ObjectName(kind: InstalledTrust.state, name: Array("root".utf8))
    guard custodian.state.standing.objects[name] == nil else {
      throw UsageMistake("A root is pinned already; bundles replace it, nobody else does.")
    }
    let fingerprint = digest(bytes)
    let fits = bytes.count <= LedgerLeaf.mostContent
    if !fits { try custodian.store.objects.keep([bytes]) }
    try custodian.record(
      [
        .trustChange(
          ObjectChange(
            action: .add, kind: name.kind, name: name.name, object: ClaimedDigest(fingerprint), previous: nil,
            content: fits ? bytes : nil, approvals: []))
      ], at: UnixTime(wallClockSeconds()))
    return [
      "Pinned root version \(state.root.body.version)",
      "  \(ClaimedDigest(fingerprint))",
      "  \(Proquint.words(Array(fingerprint.bytes.prefix(16))))",
      "Compare these words with the trust operators before the first import.",
    ]
  }
}
