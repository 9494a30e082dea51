import Files
import MediumRecord
import MiniatureSigstore
import Octets
import Quarantine
import Reasons
import TestSupport
import Testing

/// What is said of damage, each kind by itself.
struct DamageTests {
  /// A medium in the quarantine, and its image let out.
  private struct Bench {
    let rig: QuarantineRig
    let id: String
    let image: ClaimedDigest
    /// Of one file, which nothing but the list names.
    let other: ClaimedDigest

    init() throws {
      rig = try QuarantineRig()
      var sketch = LayoutSketch()
      let image = sketch.image()
      sketch.list(image, as: "v1")
      other = sketch.blob("another content").digest
      id = try sketch.taken(by: rig)
      self.image = image.digest
      try rig.quarantine.admit(try rig.quarantine.rehash(image.digest, of: id), named: ["v1"], into: rig.layout)
    }

    func place(_ digest: ClaimedDigest, _ folder: String) -> String { "\(folder)/blobs/sha256/\(digest.hex)" }

    func damage() throws -> [String] {
      try rig.quarantine.verify(rig.layout).damage.map {
        "\($0.place.rawValue) \($0.failure.reason.rawValue) \($0.failure.subject)"
      }
    }
  }

  @Test func whatIsWholeIsCounted() throws {
    let bench = try Bench()
    let inspection = try bench.rig.quarantine.verify(bench.rig.layout)
    #expect(inspection.damage.isEmpty)
    // Each copy by itself: what was let out is no file of the quarantine's.
    let names = try ["quarantine", "admitted"].flatMap { folder in
      try bench.rig.names("\(folder)/blobs/sha256").map { "\(folder)/blobs/sha256/\($0)" }
    }
    #expect(inspection.contents == names.count && names.count == 7)
    #expect(inspection.bytes == UInt64(try names.reduce(0) { try $0 + bench.rig.folder.read($1).count }))
  }

  // MARK: Contents

  /// One bit, one byte more, one byte less, another content: of what is let out and of what is not.
  @Test(arguments: ["quarantine", "admitted"], 0..<4) func alteredContentsAreFound(folder: String, how: Int) throws {
    let bench = try Bench()
    let digest = folder == "quarantine" ? bench.other : bench.image
    let place = bench.place(digest, folder)
    var bytes = try bench.rig.folder.read(place)
    switch how {
    case 0: bytes[bytes.count / 2] ^= 1
    case 1: bytes.append(0x20)
    case 2: bytes.removeLast()
    default: bytes = Array("another".utf8)
    }
    try bench.rig.folder.write(place, bytes)
    #expect(try bench.damage() == ["\(folder) blob.digest-mismatch \(digest)"])
  }

  /// The file of one content under the name of another: hashed under each name.
  @Test func aFileUnderAnotherNameIsFound() throws {
    let bench = try Bench()
    let place = bench.rig.folder.path(bench.place(bench.other, "admitted"))
    try runChecked(["ln", bench.rig.path(ofBlob: bench.image), place])
    #expect(try bench.damage() == ["admitted blob.digest-mismatch \(bench.other)"])
  }

  @Test func whatIsGoneIsFound() throws {
    let bench = try Bench()
    try DurableFile.remove(bench.rig.path(ofBlob: bench.other))
    #expect(try bench.damage() == ["quarantine quarantine.malformed medium \(bench.id)"])
    try DurableFile.remove(bench.rig.path(ofBlob: bench.image, in: "admitted"))
    #expect(
      try bench.damage() == [
        "quarantine quarantine.malformed medium \(bench.id)", "admitted blob.missing \(bench.image)",
      ])
  }

  @Test(arguments: ["quarantine", "admitted"], ["sha256", "sha512"])
  func whatIsNoContentIsFound(folder: String, algorithm: String) throws {
    let bench = try Bench()
    // The length of the other algorithm's, a letter that is none of its digits, and any name.
    let names = [
      "x", String(repeating: "g", count: algorithm == "sha256" ? 64 : 128), String(repeating: "a", count: 66),
    ]
    for name in names { try bench.rig.folder.write("\(folder)/blobs/\(algorithm)/\(name)", []) }
    #expect(
      try bench.damage() == names.map { "\(folder) quarantine.malformed blobs/\(algorithm)/\($0)" }.sorted())
  }

  @Test(arguments: ["mkfifo", "mkdir"]) func whatIsNoFileIsFound(_ make: String) throws {
    let bench = try Bench()
    let path = bench.rig.path(ofBlob: bench.other)
    try DurableFile.remove(path)
    try runChecked([make, path])
    #expect(
      try bench.damage() == [
        "quarantine quarantine.malformed medium \(bench.id)", "quarantine blob.missing \(bench.other)",
      ])
  }

  // MARK: What was let out

  /// Everything that a listed image needs.
  @Test func aLayerOfWhatWasLetOutIsMissed() throws {
    let bench = try Bench()
    let names = try bench.rig.names("admitted/blobs/sha256").filter { $0 != bench.image.hex }
    #expect(names.count == 1)
    try DurableFile.remove(bench.rig.folder.path("admitted/blobs/sha256/\(names[0])"))
    #expect(try bench.damage() == ["admitted blob.missing sha256:\(names[0])"])
  }

  /// An index that is gone is not made anew, whoever opens the layout: nobody would miss what it listed.
  @Test func aLostIndexIsMissed() throws {
    let bench = try Bench()
    try DurableFile.remove(bench.rig.folder.path("admitted/index.json"))
    let again = try AdmittedLayout(try Directory(path: bench.rig.folder.path("admitted")))
    #expect(
      try bench.rig.quarantine.verify(again).damage.map(\.failure.subject) == ["admitted/index.json"])
    let image = try bench.rig.quarantine.rehash(bench.image, of: bench.id)
    #expect(throws: QuarantineError.input(Failure(.imageIndexMalformed, "admitted/index.json"))) {
      try bench.rig.quarantine.admit(image, named: ["v1"], into: again)
    }
  }

  // MARK: Records and index

  @Test(arguments: [("json", "json.malformed"), ("files", "json.malformed")])
  func recordsThatCannotBeReadAreFound(file: String, reason: String) throws {
    let bench = try Bench()
    try bench.rig.folder.write("quarantine/media/\(bench.id).\(file)", Array("{\n".utf8))
    let subject = file == "json" ? "medium \(bench.id)" : "files of medium \(bench.id) line 1"
    #expect(try bench.damage() == ["quarantine \(reason) \(subject)"])
  }

  @Test func anotherListIsFound() throws {
    let bench = try Bench()
    let list = "quarantine/media/\(bench.id).files"
    let lines = try bench.rig.folder.read(list).split(separator: 0x0a)
    try bench.rig.folder.write(list, Array(lines.reversed().joined(separator: [0x0a])) + [0x0a])
    #expect(try bench.damage() == ["quarantine quarantine.malformed files of medium \(bench.id)"])
    try DurableFile.remove(bench.rig.folder.path(list))
    #expect(try bench.damage() == ["quarantine quarantine.malformed files of medium \(bench.id)"])
  }

  /// A copy that is not done promises nothing yet, and what is let out meanwhile or was ended in the middle is no damage.
  @Test func whatIsOnItsWayIsNoDamage() throws {
    let bench = try Bench()
    var sketch = LayoutSketch()
    let image = sketch.image("another")
    sketch.list(image, as: "v2")
    let left = try sketch.left(in: bench.rig)
    try bench.rig.folder.write("quarantine/incoming/\(left).json", [])
    try bench.rig.folder.write("admitted/blobs/sha256/\(bench.other.hex).new", [1])
    #expect(try bench.damage() == [])
  }

  @Test func anIndexThatSaysOtherwiseIsFound() throws {
    let bench = try Bench()
    let index = String(decoding: try bench.rig.folder.read("admitted/index.json"), as: UTF8.self)
    func damage(_ text: String) throws -> [String] {
      try bench.rig.folder.write("admitted/index.json", Array(text.utf8))
      return try bench.damage()
    }
    let size = try bench.rig.folder.read(bench.place(bench.image, "admitted")).count
    #expect(
      try damage(index.replacing("\"size\":\(size)", with: "\"size\":\(size + 1)")) == [
        "admitted blob.size-mismatch \(bench.image)"
      ])
    #expect(
      try damage(index.replacing(bench.image.hex, with: bench.other.hex)) == ["admitted blob.missing \(bench.other)"])
    #expect(try damage("") == ["admitted json.malformed admitted/index.json"])
    try DurableFile.remove(bench.rig.folder.path("admitted/index.json"))
    #expect(try bench.damage() == ["admitted image.index-malformed admitted/index.json"])
  }
}
