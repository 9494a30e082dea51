import Cryptography
import Octets
import Reasons

/// Files whose names state what they hash to: those that are what they say, and those that are not. Files that claim
/// nothing are passed over: the specification allows them, and nothing can name them.
struct ContentAddresses {
  let matching: StoredFiles
  /// By the digest that was claimed.
  private(set) var altered: [ClaimedDigest: Failure] = [:]
  /// The same in the archive's order.
  private(set) var failures: [Failure] = []

  /// Of files under `blobs/<algorithm>/<hex>`.
  static func blobs(_ files: StoredFiles) -> ContentAddresses { ContentAddresses(files, blob) }

  /// Of flat folders, where a name's stem is the digest.
  static func stems(_ files: StoredFiles) -> ContentAddresses { ContentAddresses(files, stem) }

  /// What `blobs/sha256/<hex>` claims; nil for other names.
  static func blob(_ name: [UInt8]) -> ClaimedDigest? {
    let parts = name.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].elementsEqual("blobs".utf8) else { return nil }
    let algorithms: [HashAlgorithm] = [.sha256, .sha512]
    guard let algorithm = algorithms.first(where: { parts[1].elementsEqual($0.rawValue.utf8) }),
      let bytes = Hex.decode(parts[2])
    else { return nil }
    return ClaimedDigest(algorithm, bytes)
  }

  /// What `<hex>`, `sha256:<hex>`, `<hex>.json`, `<hex>.tar.gz` and the like claim; nil for other names.
  static func stem(_ name: [UInt8]) -> ClaimedDigest? {
    var stem = name[...]
    if stem.starts(with: "sha256:".utf8) { stem = stem.dropFirst(7) }
    let suffix = stem.dropFirst(64)
    guard suffixes.contains(where: { $0.elementsEqual(suffix) }), let bytes = Hex.decode(stem.prefix(64)) else {
      return nil
    }
    return ClaimedDigest(.sha256, bytes)
  }

  private static let suffixes = ["", ".json", ".tar", ".tar.gz", ".manifest.json"].map { Array($0.utf8) }

  private init(_ files: StoredFiles, _ claim: ([UInt8]) -> ClaimedDigest?) {
    var places: [UInt32] = []
    for (place, file) in files.enumerated() {
      guard let claimed = claim(file.name) else { continue }
      if claimed == file.digest {
        places.append(UInt32(place))
      } else {
        let failure = Failure(
          .blobDigestMismatch, printable(file.name), at: file.offset,
          "its bytes hash to \(ClaimedDigest(file.digest))")
        failures.append(failure)
        altered[claimed] = failure
      }
    }
    matching = files.at(places)
  }
}
