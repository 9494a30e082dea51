import Cryptography
import Octets
import Report
import Testing

/// What a report about a whole archive is about: a file's own digest, and otherwise that of a line which is no image's.
struct UnjudgedArchiveTests {
  @Test func aReadersWordIsNoImagesDigest() {
    let image = ClaimedDigest(digest([1]))
    let lines = [
      (UnjudgedArchive.inventory(image), "inventory \(image)\n"), (.unread("\(image)"), "unread 71 \(image)\n"),
    ]
    for (archive, line) in lines { #expect(archive.digest == digest(Array(line.utf8)), "\(archive)") }
    #expect(UnjudgedArchive.file(image).digest == image)
  }
}
