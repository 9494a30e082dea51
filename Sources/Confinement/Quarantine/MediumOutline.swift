import Cryptography
import Files
import MediumRecord
import OCIImage
import Octets
import Reasons
import StrictJSON

/// Where on a medium to look for an image and for what hangs on it. Names only: whatever is found is hashed.
struct MediumOutline {
  /// Bytes of a blob that may be a manifest with `subject`; larger ones are looked at where an index lists them.
  static let unlistedBytes: UInt64 = 4 << 20
  static let mostUnlisted = 20_000

  private(set) var digests: Set<ClaimedDigest> = []
  private var top: [[UInt8]: ClaimedDigest] = [:]
  /// Small blobs, in the medium's order.
  private(set) var small: [ClaimedDigest] = []

  init(_ quarantine: Quarantine, _ record: MediumRecord) throws(QuarantineError) {
    let names = ["oci-layout", "index.json", "manifest.json"].map { Array($0.utf8) }
    try quarantine.records.files(of: record) { file throws(Failure) in
      if names.contains(file.name) { top[file.name] = file.digest }
      guard digests.insert(file.digest).inserted else { return }
      if file.size <= Self.unlistedBytes, small.count < Self.mostUnlisted { small.append(file.digest) }
    }
  }

  private func top(_ name: String) -> ClaimedDigest? { top[Array(name.utf8)] }

  /// The index of an OCI layout; nil in other shapes.
  var index: ClaimedDigest? { top("oci-layout") == nil ? nil : top("index.json") }
}
