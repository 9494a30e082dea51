import Cryptography
import MediumRecord
import MiniatureSigstore
import OCIImage
import Octets
import Reasons
import TestSupport
import Testing

@testable import MediaReader
@testable import Quarantine

/// The walk's own bounds, and what is asked of names.
struct WalkTests {
  private func blob(_ bytes: [UInt8]) -> (entry: MediumEntry, digest: ClaimedDigest) {
    let digest = ClaimedDigest(Cryptography.digest(bytes))
    return (MediumEntry("blobs/sha256/\(digest.hex)", bytes), digest)
  }

  private func reason(_ entries: [MediumEntry], _ root: ClaimedDigest) throws -> Reason? {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    try Packing.tar.write(entries, to: path, style: .plain)
    let id = try rig.take(path).record.id
    do { _ = try rig.quarantine.rehash(root, of: id) } catch QuarantineError.input(let failure) {
      return failure.reason
    }
    return nil
  }

  /// Eight indexes inside one are read, as the reading that judges does, and nine are not.
  @Test(arguments: [(8, nil), (9, Reason.imageNestingTooDeep)]) func indexesNestSoDeep(depth: Int, reason: Reason?)
    throws
  {
    var (entry, digest) = blob(Array(#"{"schemaVersion":2,"layers":[]}"#.utf8))
    var entries = [entry]
    for _ in 0..<depth {
      let size = if case .file(let bytes) = entry.kind { bytes.count } else { 0 }
      (entry, digest) = blob(
        Array(#"{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"\#(digest)","size":\#(size)}]}"#.utf8))
      entries.append(entry)
    }
    #expect(try self.reason(entries, digest) == reason)
  }

  @Test func aDocumentIsNoLargerThanOneThatIsKept() throws {
    let large = blob(Array(#"{"schemaVersion":2,"layers":[]}"#.utf8) + [UInt8](repeating: 0x20, count: 16 << 20))
    #expect(try reason([large.entry], large.digest) == .blobMissing)
  }

  @Test func whatIsNoManifestIsNoImage() throws {
    let other = blob(Array(#"{"schemaVersion":2}"#.utf8))
    #expect(try reason([other.entry], other.digest) == .imageManifestMalformed)
  }

  /// Descriptors are counted each time that they are followed, carried or not.
  @Test(arguments: [(0, nil), (1, Reason.archiveLimitExceeded)])
  func soManyDescriptorsAreFollowed(beyond: Int, reason: Reason?) throws {
    let absent = ClaimedDigest(Cryptography.digest(Array("elsewhere".utf8)))
    let child = "{\"digest\":\"\(absent)\",\"size\":1}"
    // The root, ten indexes, and what they list.
    let children = ImageWalk.visits + beyond - 11
    var sketch = LayoutSketch()
    let indexes = (0..<10).map { number in
      let count = children / 10 + (number < children % 10 ? 1 : 0)
      return sketch.index(of: Array(repeating: child, count: count), "\"annotations\":{\"n\":\"\(number)\"}")
        .described()
    }
    let root = sketch.index(of: indexes)
    let rig = try QuarantineRig()
    #expect(try rig.refusal(root.digest, of: sketch.taken(by: rig), without: [absent])?.reason == reason)
  }

  // MARK: What descriptors say

  /// Two layers of one digest, of which one says another size.
  @Test(arguments: [(0, 0, nil), (0, 1, Reason.blobSizeMismatch), (1, 0, .blobSizeMismatch)])
  func oneBlobHasOneSize(first: Int, second: Int, reason: Reason?) throws {
    var sketch = LayoutSketch()
    let layer = sketch.blob("layer")
    let image = sketch.manifest(layers: [first, second].map { layer.described(size: layer.size + $0) })
    let rig = try QuarantineRig()
    let failure = try rig.refusal(image.digest, of: sketch.taken(by: rig))
    #expect(failure == reason.map { Failure($0, "\(layer.digest)") })
  }

  /// As an index says it, the first time that it lists a manifest, and every time.
  @Test(arguments: [([0], nil), ([1], Reason.blobSizeMismatch), ([0, 1], .blobSizeMismatch), ([0, 0], nil)])
  func aManifestHasTheSizeThatItsIndexSays(more: [Int], reason: Reason?) throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    let index = sketch.index(of: more.map { image.described(as: LayoutSketch.manifestType, size: image.size + $0) })
    let rig = try QuarantineRig()
    let failure = try rig.refusal(index.digest, of: sketch.taken(by: rig))
    #expect(failure == reason.map { Failure($0, "\(image.digest)") })
  }

  // MARK: What is no file

  /// Nobody waits for who writes into a pipe, and nothing is read through a link or out of a device.
  @Test(.timeLimit(.minutes(1)), arguments: ["pipe", "folder", "link", "device"])
  func onlyFilesAreBlobs(_ kind: String) throws {
    var sketch = LayoutSketch()
    let layer = sketch.blob("layer")
    let image = sketch.manifest(layers: [layer.described()])
    let other = sketch.blob("{\"small\":1}")
    let rig = try QuarantineRig()
    let id = try sketch.taken(by: rig)
    for blob in [layer, image, other] {
      let path = rig.path(ofBlob: blob.digest)
      let aside = rig.folder.path("aside")
      try runChecked(["mv", path, aside])
      switch kind {
      case "pipe": try runChecked(["mkfifo", path])
      case "folder": try runChecked(["mkdir", path])
      case "link": try runChecked(["ln", "-s", aside, path])
      // Of the zeros that it gives there is no end. Only root makes one.
      default: guard try run(["mknod", path, "c", "1", "5"]).status == 0 else { return }
      }
      // What only lies beside the image hangs on nothing.
      let failure = try rig.refusal(image.digest, of: id)
      #expect(failure == (blob.digest == other.digest ? nil : Failure(.blobMissing, "\(blob.digest)")))
      try runChecked(["rm", "-r", path])
      try runChecked(["mv", aside, path])
    }
  }

  // MARK: docker-archives

  /// Its configuration names the layers; each must be there, and be what it is named.
  @Test(arguments: [true, false]) func layersOfADockerArchiveAreHashed(isGone: Bool) throws {
    let rig = try QuarantineRig()
    let path = rig.folder.path("medium")
    let form = MediumForm.skopeoDockerArchive
    try Packing.tar.write(form.entries(SampleMediaTests.carried(form)), to: path, style: .plain)
    let taken = try rig.take(path)
    let image = try taken.medium.get().archive().images[0]
    let layers = image.parts[0].layers
    #expect(layers.count > 1)
    let absent = Set(layers.filter { !$0.isCarried }.map(\.digest))
    for layer in Set(layers.map(\.digest)).subtracting(absent) {
      let place = rig.path(ofBlob: layer)
      let bytes = try readFile(place)
      var other = bytes
      other[other.count - 1] ^= 1
      if isGone {
        try runChecked(["rm", place])
      } else {
        try rig.folder.write("quarantine/blobs/sha256/\(layer.hex)", other)
      }
      #expect(
        try rig.refusal(image.digest, in: .dockerArchive, of: taken.record.id, without: absent)
          == Failure(isGone ? .blobMissing : .blobDigestMismatch, "\(layer)"))
      try rig.folder.write("quarantine/blobs/sha256/\(layer.hex)", bytes)
    }
    #expect(try rig.refusal(image.digest, in: .dockerArchive, of: taken.record.id, without: absent) == nil)
  }

  /// Where to look first; what is found there is hashed.
  @Test func namesSayWhereToLook() {
    let short = String(repeating: "ab", count: 32)
    let long = String(repeating: "cd", count: 64)
    for name in [
      "blobs/sha256/\(short)", short, "\(short).tar", "\(short).json", "sha256:\(short)", "x/\(short).tar.gz",
    ] {
      #expect(ContentName.claimed(Array(name.utf8))?.description == "sha256:\(short)", "\(name)")
    }
    #expect(ContentName.claimed(Array("blobs/sha512/\(long)".utf8))?.description == "sha512:\(long)")
    for name in ["index.json", "blobs/sha512/\(short)", "blobs/sha256/\(short.dropLast())", "", "/"] {
      #expect(ContentName.claimed(Array(name.utf8)) == nil, "\(name)")
    }
  }
}
