import Cryptography
import Octets
import OCIImage
import Reasons
import Synchronization
import TestSupport
import Testing

@testable import Quarantine

/// A medium of many images is looked over once.
struct MediumAtHandTests {
  /// What many images, or many attachments, share is hashed once.
  @Test func eachContentIsHashedOnce() throws {
    let rig = try QuarantineRig()
    var sketch = LayoutSketch()
    let shared = sketch.blob([UInt8](repeating: 7, count: 100_000))
    let images = (0..<3).map { number in
      sketch.manifest(
        layers: [shared.described(as: "application/vnd.oci.image.layer.v1.tar")],
        "\"annotations\":{\"n\":\"\(number)\"}")
    }
    for (number, image) in images.enumerated() { sketch.list(image, as: "v\(number)") }
    let medium = try rig.quarantine.atHand(try sketch.taken(by: rig))
    let hashed = Mutex(0)
    for image in images {
      let rehashed = try rig.quarantine.rehash(image.digest, in: .ociLayout, of: medium) { count in
        hashed.withLock { $0 += count }
      }
      #expect(rehashed.blobs.contains { $0.digest == shared.digest })
    }
    #expect(hashed.withLock { $0 } == 100_000)
    // What is wrong is not remembered as right.
    let other = try rig.quarantine.atHand(medium.id)
    try rig.folder.write("quarantine/blobs/sha256/\(shared.digest.hex)", [UInt8](repeating: 8, count: 100_000))
    for image in images {
      #expect(throws: QuarantineError.input(Failure(.blobDigestMismatch, "\(shared.digest)"))) {
        try rig.quarantine.rehash(image.digest, in: .ociLayout, of: other) { count in
          hashed.withLock { $0 += count }
        }
      }
    }
    #expect(hashed.withLock { $0 } == 200_000)
    // What has another size is not hashed to find that out.
    try rig.folder.write("quarantine/blobs/sha256/\(shared.digest.hex)", [UInt8](repeating: 7, count: 200_000))
    #expect(throws: QuarantineError.input(Failure(.blobSizeMismatch, "\(shared.digest)"))) {
      try rig.quarantine.rehash(images[0].digest, in: .ociLayout, of: other) { _ in Issue.record("hashed") }
    }
  }

  /// What lies in the layout already is hashed once, too, and what hangs on what is found out once.
  @Test func nothingIsLookedAtTwice() throws {
    let rig = try QuarantineRig()
    var sketch = LayoutSketch()
    let images = sketch.images(2)
    let referrer = sketch.attachment(to: images[1])
    let medium = try rig.quarantine.atHand(try sketch.taken(by: rig))
    func admit(_ image: LayoutSketch.Blob) throws -> Admission {
      try rig.quarantine.admit(
        try rig.quarantine.rehash(image.digest, in: .ociLayout, of: medium), named: [], from: medium, into: rig.layout)
    }
    #expect(try admit(images[0]).attachments == 0)
    #expect(medium.admitted.contains(images[0].digest) && !medium.admitted.contains(images[1].digest))
    // The index is not read again; what it listed is known.
    let index = try #require(medium.outline.index)
    try runChecked(["rm", rig.path(ofBlob: index)])
    #expect(try admit(images[1]).attachments == 1)
    #expect(medium.admitted.contains(referrer.digest))
  }

  /// Of what no index lists so many bytes are looked at, in the medium's order; what is listed is looked at whatever it takes.
  @Test(arguments: [true, false]) func unlistedDocumentsAreBounded(isListed: Bool) throws {
    let rig = try QuarantineRig()
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let hung = (0..<4).map { sketch.attachment(to: image, padding: $0) }
    if isListed { for one in hung { sketch.list(one.described(as: LayoutSketch.manifestType)) } }
    let id = try sketch.taken(by: rig)
    let whole = try rig.quarantine.atHand(id)
    let outline = try MediumOutline(rig.quarantine, rig.quarantine.record(of: id))
    #expect(try whole.hanging().subjects.map(\.digest) == hung.map(\.digest))
    // Up to the second that hangs.
    var (room, count) = (0, 0)
    for digest in outline.small where !isListed && digest != image.digest {
      let bytes = try readFile(rig.path(ofBlob: digest))
      if bytes.first == UInt8(ascii: "{") { room += bytes.count }
      if hung.contains(where: { $0.digest == digest }) { count += 1 }
      if count == 2 { break }
    }
    let some = MediumAtHand(id, outline, rig.quarantine.blobs, unlistedBytes: room)
    #expect(try some.hanging().subjects.count == (isListed ? 4 : 2))
    #expect(try some.hanging().notes == [Failure(.archiveLimitExceeded, "medium \(id)")])
    #expect(try whole.hanging().notes.isEmpty)
  }

  /// What could not be looked at is no single image's, and is said once.
  @Test func whatCouldNotBeLookedAtIsSaidOnce() throws {
    let rig = try QuarantineRig()
    var sketch = LayoutSketch()
    let images = sketch.images(2)
    let altered = sketch.attachment(to: images[1])
    let medium = try rig.quarantine.atHand(try sketch.taken(by: rig))
    try rig.folder.write("quarantine/blobs/sha256/\(altered.digest.hex)", Array("{}".utf8))
    let left = try images.map { try rig.quarantine.rehash($0.digest, in: .ociLayout, of: medium).leftBehind }
    #expect(left == [[Failure(.blobDigestMismatch, "\(altered.digest)")], []])
  }
}
