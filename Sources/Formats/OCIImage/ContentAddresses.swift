import Cryptography
import Octets
import Reasons

/// Files whose names state what they hash to.
enum ContentAddresses {
  /// Splits the files under `blobs/<algorithm>/<hex>` into those that are what they say, and failures. Files that
  /// claim nothing are passed over: the specification allows them, and nothing can name them.
  static func blobs(_ files: [StoredFile]) -> (matching: [StoredFile], failures: [Failure]) {
    check(files) { name in
      let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0].elementsEqual("blobs".utf8) else { return nil }
      guard let algorithm = HashAlgorithm(rawValue: String(decoding: parts[1], as: UTF8.self)),
        let bytes = Hex.decode(parts[2])
      else { return nil }
      return ClaimedDigest(algorithm, bytes)
    }
  }

  /// The same for flat folders, where a name's stem is the digest: `<hex>`, `sha256:<hex>`, `<hex>.json`, `<hex>.tar.gz`.
  static func stems(_ files: [StoredFile]) -> (matching: [StoredFile], failures: [Failure]) {
    check(files) { name in
      var stem = name[...]
      if stem.starts(with: "sha256:".utf8) { stem = stem.dropFirst(7) }
      guard stem.count >= 64, let bytes = Hex.decode(stem.prefix(64)) else { return nil }
      let suffix = String(decoding: stem.dropFirst(64), as: UTF8.self)
      return ["", ".json", ".tar", ".tar.gz", ".manifest.json"].contains(suffix) ? ClaimedDigest(.sha256, bytes) : nil
    }
  }

  private static func check(
    _ files: [StoredFile], _ claim: ([UInt8]) -> ClaimedDigest?
  ) -> (matching: [StoredFile], failures: [Failure]) {
    var matching: [StoredFile] = []
    var failures: [Failure] = []
    for file in files {
      guard let claimed = claim(file.name) else { continue }
      if claimed == file.digest {
        matching.append(file)
      } else {
        failures.append(
          Failure(
            .blobDigestMismatch, printable(file.name), at: file.offset,
            "its bytes hash to \(ClaimedDigest(file.digest))"))
      }
    }
    return (matching, failures)
  }
}
