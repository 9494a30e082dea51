import Files
import MiniatureSigstore
import Octets
@testable import Quarantine
import Reasons
import Synchronization
import TestSupport
import Testing

/// The index of admitted images: it grows whole, and stays what can be read again.
struct AdmittedIndexTests {
  private func rehashed(_ rig: QuarantineRig, _ name: String = "image") throws -> RehashedImage {
    var sketch = LayoutSketch()
    let image = sketch.image(name)
    sketch.list(image, as: "v1")
    return try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig))
  }

  private func index(_ entries: [String]) -> [UInt8] {
    Array(
      "{\"manifests\":[\(entries.joined(separator: ","))],\"mediaType\":\"\(LayoutSketch.indexType)\",\"schemaVersion\":2}"
        .utf8)
  }

  private func entry(_ number: Int, note: Int = 0) -> String {
    let hex = String(number, radix: 16)
    let digest = String(repeating: "0", count: 64 - hex.count) + hex
    return
      "{\"annotations\":{\"a\":\"\(String(repeating: "n", count: note))\"},\"digest\":\"sha256:\(digest)\",\"size\":1}"
  }

  private func refusal(_ rig: QuarantineRig, _ image: RehashedImage) -> QuarantineError? {
    do { try rig.quarantine.admit(image, named: ["v1"], into: rig.layout) } catch { return error }
    return nil
  }

  /// One byte more than is read would be an index that nobody reads again.
  @Test(arguments: [(1000, nil), (100, Reason.archiveLimitExceeded)])
  func itDoesNotOutgrowItsReader(room: Int, reason: Reason?) throws {
    let rig = try QuarantineRig()
    let image = try rehashed(rig)
    let whole = index([entry(1, note: 16 << 20 - index([entry(1)]).count - room)])
    #expect(whole.count == 16 << 20 - room)
    try rig.folder.write("admitted/index.json", whole)
    let refusal = refusal(rig, image)
    #expect(refusal == reason.map { .input(Failure($0, "admitted/index.json")) })
    #expect(try (rig.folder.read("admitted/index.json") == whole) == (reason != nil))
  }

  @Test func norInEntries() throws {
    let rig = try QuarantineRig()
    let image = try rehashed(rig)
    // As many as an index is read with.
    let whole = index((1...20_000).map { entry($0) })
    try rig.folder.write("admitted/index.json", whole)
    guard case .input? = refusal(rig, image) else {
      Issue.record("it was let out")
      return
    }
    #expect(try rig.folder.read("admitted/index.json") == whole)
  }

  /// What hangs on images leaves room for images.
  @Test func halfOfItIsForImagesAlone() throws {
    let rig = try QuarantineRig()
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let hanging = (0..<3).map { sketch.attachment(to: image, padding: $0) }
    let rehashed = try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig))
    func index() throws -> String { String(decoding: try rig.folder.read("admitted/index.json"), as: UTF8.self) }
    func listed() throws -> Int { try hanging.count { try index().contains("\($0.digest)") } }

    try rig.folder.write(
      "admitted/index.json", self.index((1...Quarantine.generousEntries - 2).map { entry($0) }))
    let some = try rig.quarantine.admit(rehashed, named: ["v1"], into: rig.layout)
    #expect(some.attachments == 2 && some.names == ["v1"])
    #expect(some.leftBehind == [Failure(.archiveLimitExceeded, "admitted/index.json")])
    // What stays behind takes no room at all: there are the image with its layer, two manifests, and what both hold.
    #expect(try listed() == 2 && index().contains("\(image.digest)"))
    #expect(try rig.names("admitted/blobs/sha256").count == 2 + 2 + 1)
    // What is there stays, and takes none; of names one is enough; with room, the rest comes.
    let same = try rig.quarantine.admit(rehashed, named: ["v1", "v2"], into: rig.layout)
    #expect(same.attachments == 2 && same.leftBehind.count == 1)
    #expect(same.names == ["v1"] && same.unfitNames == ["v2"])
    // The operator has his way.
    let said = try rig.quarantine.admit(
      rehashed, named: ["v3"], byOperator: true, from: rig.quarantine.atHand(rehashed.medium), into: rig.layout)
    #expect(said.names == ["v3"] && said.unfitNames.isEmpty)
    try rig.folder.write("admitted/index.json", self.index([]))
    let all = try rig.quarantine.admit(rehashed, named: ["v1"], into: rig.layout)
    #expect(try all.attachments == 3 && all.leftBehind.isEmpty && listed() == 3)
  }

  /// A name is one however it is written: whoever sends the second image does not choose whether the first one keeps it.
  @Test(arguments: [
    ("docker.io/library/alpine:latest", "alpine", true), ("alpine:latest", "index.docker.io/library/alpine", true),
    ("Registry.example:443/a:1", "registry.example/a:1", true), ("registry.example/a:1", "registry.example/a:2", false),
  ]) func aNameIsOneHoweverItIsWritten(_ first: String, _ second: String, isOne: Bool) throws {
    let rig = try QuarantineRig()
    let (one, two) = (try rehashed(rig, "one"), try rehashed(rig, "two"))
    try rig.quarantine.admit(
      one, named: isOne ? [first, first + "x", second] : [first, first + "x"], into: rig.layout)
    let displaced = try rig.quarantine.admit(two, named: [second], into: rig.layout).displaced
    #expect(displaced.map(\.digest) == (isOne ? [one.digest] : []))
    let index = String(decoding: try rig.folder.read("admitted/index.json"), as: UTF8.self)
    #expect(index.contains("\"\(first)\"") == !isOne && index.contains("\"\(first)x\""))
    // An image's own names stand beside each other.
    #expect(try rig.quarantine.admit(two, named: [first, second], into: rig.layout).names == [first, second])
  }

  @Test func oneThatIsTooLargeIsLeftAlone() throws {
    let rig = try QuarantineRig()
    let image = try rehashed(rig)
    let whole = index([]) + [UInt8](repeating: 0x20, count: 16 << 20)
    try rig.folder.write("admitted/index.json", whole)
    #expect(refusal(rig, image) == .file("admitted/index.json", FileError("read", code: 27)))
    #expect(try rig.folder.read("admitted/index.json") == whole)
    #expect(try rig.names("admitted/blobs/sha256").isEmpty)
  }

  // MARK: Two at once

  @Test func whoeverLetsOutWaitsForTheOther() throws {
    let rig = try QuarantineRig()
    let image = try rehashed(rig)
    let before = try rig.folder.read("admitted/index.json")
    let other = try FileLock(rig.folder.path("quarantine/admitted.lock"), waiting: .zero)
    #expect {
      try rig.quarantine.admit(image, named: ["v1"], into: rig.layout, waiting: .milliseconds(20))
    } throws: { error in
      guard case .held? = error as? QuarantineError else { return false }
      return true
    }
    withExtendedLifetime(other) {}
    #expect(try rig.folder.read("admitted/index.json") == before)
    #expect(try rig.names("admitted/blobs/sha256").isEmpty)
  }

  /// What each adds, all have in the end.
  @Test func noEntryIsLostBetweenMany() throws {
    let rig = try QuarantineRig()
    let images = try (0..<12).map { try rehashed(rig, "image \($0)") }
    let next = Mutex(0)
    let errors = Mutex<[String]>([])
    onThreads(6) {
      while true {
        let number = next.withLock { number in
          number += 1
          return number - 1
        }
        guard number < images.count else { return }
        do {
          try rig.quarantine.admit(images[number], named: ["v\(number)"], into: rig.layout)
        } catch {
          errors.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(errors.withLock { $0 } == [])
    let index = String(decoding: try rig.folder.read("admitted/index.json"), as: UTF8.self)
    for (number, image) in images.enumerated() {
      #expect(index.contains("\(image.manifest)") && index.contains("\"v\(number)\""), "\(number)")
    }
  }
}
