import Files
import MediumRecord
import MiniatureSigstore
import Octets
import Reasons
import TestSupport
import Testing

@testable import Quarantine

/// What has its place in the quarantine is not harmed by what comes under its name.
struct ContentPlacingTests {
  /// Takes another medium in, whose reader left something under this name, and put it on the list.
  private func take(
    _ digest: ClaimedDigest, in rig: QuarantineRig, size: UInt64, _ leave: (String) throws -> Void
  ) throws {
    let other = rig.folder.path("other")
    try Packing.tar.write([MediumEntry("file", [1])], to: other, style: .plain)
    let taken = try rig.quarantine.taking(
      other,
      spoiling: { id in
        try rig.lengthenList(of: id, by: [MediumFile(name: Array("more".utf8), digest: digest, size: size, offset: 0)])
        try leave("quarantine/incoming/\(id)/blobs/sha256/\(digest.hex)")
      })
    #expect(!taken.isKnown && taken.record.files?.count == 2)
  }

  /// What is what its name says stays the file that it was: in the place of a reader's bytes that are as many, or more, and
  /// even of the same.
  @Test(arguments: ["altered", "longer", "same"]) func aRightOneStays(_ which: String) throws {
    let rig = try QuarantineRig()
    let (sketch, image) = TakingOverTests.sketch("v1")
    _ = try sketch.taken(by: rig)
    let right = try readFile(rig.path(ofBlob: image))
    let before = try OpenFile(path: rig.path(ofBlob: image)).status()
    let own = which == "altered" ? right.map { ~$0 } : which == "longer" ? right + [0] : right
    try take(image, in: rig, size: UInt64(own.count)) { try rig.folder.write($0, own) }
    #expect(try readFile(rig.path(ofBlob: image)) == right)
    #expect(try OpenFile(path: rig.path(ofBlob: image)).status() == before)
  }

  /// A content that was altered is the one that comes again.
  @Test func damageIsMendedByTheNextCopy() throws {
    let rig = try QuarantineRig()
    let (sketch, image) = TakingOverTests.sketch("v1")
    let id = try sketch.taken(by: rig)
    let place = rig.path(ofBlob: image)
    try rig.folder.write("quarantine/blobs/sha256/\(image.hex)", Array("altered".utf8))
    #expect(try rig.refusal(image, of: id)?.reason == .blobDigestMismatch)
    let again = try sketch.taken(by: rig)
    #expect(try rig.refusal(image, of: again) == nil && again == id)
    #expect(try readFile(place).count > 10)
  }

  /// A content of any size and no bytes is not hashed where a smaller one is what the name says.
  @Test(.timeLimit(.minutes(1))) func theSmallerOneIsHashed() throws {
    let rig = try QuarantineRig()
    let (sketch, image) = TakingOverTests.sketch("v1")
    let id = try sketch.taken(by: rig)
    let place = rig.path(ofBlob: image)
    try runChecked(["truncate", "-s", "200G", place])
    let again = try sketch.taken(by: rig)
    #expect(try rig.refusal(image, of: again) == nil && again == id)
  }

  /// Nor is one that comes, where the one that is there is what the name says.
  @Test(.timeLimit(.minutes(1))) func whatComesIsNotHashedWhereItIsLarger() throws {
    let rig = try QuarantineRig()
    let (sketch, image) = TakingOverTests.sketch("v1")
    let id = try sketch.taken(by: rig)
    try take(image, in: rig, size: 200 << 30) { try runChecked(["truncate", "-s", "200G", rig.folder.path($0)]) }
    #expect(try rig.refusal(image, of: id) == nil)
  }

  /// An empty file under a name that is taken costs no hashing of what has it: what is there, right or not, stays.
  @Test func emptyFilesTakeNoPlace() throws {
    let rig = try QuarantineRig()
    let (sketch, image) = TakingOverTests.sketch("v1")
    _ = try sketch.taken(by: rig)
    try rig.folder.write("quarantine/blobs/sha256/\(image.hex)", Array("altered".utf8))
    try take(image, in: rig, size: 0) { try rig.folder.write($0, []) }
    #expect(try readFile(rig.path(ofBlob: image)) == Array("altered".utf8))
  }

  /// What another import put there since it was looked at stays, where it is right.
  @Test(arguments: [true, false]) func whatCameMeanwhileStays(isRight: Bool) throws {
    let rig = try QuarantineRig()
    let (sketch, image) = TakingOverTests.sketch("v1")
    let id = try sketch.left(in: rig)
    let copy = try Directory(path: rig.folder.path("quarantine/incoming/\(id)"))
    let file = try OpenFile(path: rig.folder.path("quarantine/incoming/\(id)"))
    let contents = try OpenFile(path: rig.folder.path("quarantine/blobs"))
    let placing = ContentPlacing(try IncomingFolder(id, file, beside: contents), into: rig.quarantine.blobs)
    let own = try readFile(rig.path(ofBlob: image, in: "quarantine/incoming/\(id)"))
    let move = try #require(try placing.moves([image: UInt64(own.count)]).first)
    try rig.folder.write("quarantine/blobs/sha256/\(image.hex)", isRight ? own : [1])
    try placing.perform(move)
    #expect(try readFile(rig.path(ofBlob: image)) == own)
    let blobs = try copy.directory(Array("blobs".utf8)).directory(Array("sha256".utf8))
    #expect(((try? blobs.status(of: Array(image.hex.utf8))) != nil) == isRight)
  }
}
