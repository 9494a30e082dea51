import Cryptography
import MediumRecord
import Octets
import Reasons
import TestSupport
import Testing

@testable import Quarantine

/// How far is looked for what hangs on an image and is listed nowhere.
struct OutlineTests {
  @Test(arguments: [(0, false, true), (1, false, false), (1, true, true)])
  func largeBlobsAreLookedAtWhereTheyAreListed(above: Int, isListed: Bool, isFound: Bool) throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    var measure = sketch
    let size = measure.attachment(to: image).size
    let attachment = sketch.attachment(to: image, padding: Int(MediumOutline.unlistedBytes) + above - size)
    #expect(attachment.size == 4 << 20 + above)
    if isListed { sketch.list(attachment.described(as: LayoutSketch.manifestType)) }
    let rig = try QuarantineRig()
    let rehashed = try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig))
    #expect(rehashed.attachments.map(\.entry.digest) == (isFound ? [attachment.digest] : []))
  }

  /// So many small blobs are looked at, in the medium's order; images are found behind them all the same.
  @Test(arguments: [(0, true), (1, false)]) func soManyBlobsAreLookedAt(beyond: Int, isFound: Bool) throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let attachment = sketch.attachment(to: image)
    let rig = try QuarantineRig()
    let id = try sketch.taken(by: rig)
    var record = try rig.quarantine.record(of: id)
    var list: [MediumFile] = []
    try rig.quarantine.records.files(of: record) { list.append($0) }
    // Blobs that the list alone knows, before the attachment's.
    let last = try #require(list.firstIndex { $0.digest == attachment.digest })
    let fillers = MediumOutline.mostUnlisted - 1 + beyond - last
    list.insert(
      contentsOf: (0..<fillers).map { number in
        MediumFile(
          name: Array("\(number)".utf8), digest: ClaimedDigest(digest(Array("\(number)".utf8))), size: 1, offset: 0)
      }, at: last)
    record.files = try rig.quarantine.records.keep(list, of: id)
    try rig.quarantine.records.keep(record)
    #expect(try rig.quarantine.rehash(image.digest, of: id).attachments.count == (isFound ? 1 : 0))
  }
}
