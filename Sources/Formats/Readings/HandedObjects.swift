import Cryptography
import Octets

/// Bytes that came beside a document, hashed here, each once whatever names them: a captured process could name one large
/// object often.
struct HandedObjects {
  let all: [[UInt8]]
  private var digests: [ComputedDigest]
  private var longDigests: [Int: ComputedDigest] = [:]
  private var places: [ClaimedDigest: Int] = [:]
  private var named = 0

  init(_ objects: [[UInt8]]) {
    all = objects
    digests = objects.map { Cryptography.digest($0) }
    for (place, digest) in digests.enumerated() { places[ClaimedDigest(digest)] = place }
  }

  /// Where an object stands that was named before, or is the next; nil otherwise, so that each stands once, in the order
  /// of first use.
  mutating func take(_ name: ClaimedDigest) -> Int? {
    guard let place = places[name], place <= named else { return nil }
    if place == named { named += 1 }
    return place
  }

  var areAllNamed: Bool { named == all.count }

  mutating func digest(at place: Int, _ algorithm: HashAlgorithm) -> ComputedDigest {
    guard algorithm != .sha256 else { return digests[place] }
    if let known = longDigests[place] { return known }
    let digest = Cryptography.digest(all[place], algorithm)
    longDigests[place] = digest
    return digest
  }
}
