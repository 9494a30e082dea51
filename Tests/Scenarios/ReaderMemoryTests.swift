import Cryptography
import Octets
import StrictJSON
import TestSupport
import Testing

/// What a reader holds does not grow with what is on a medium, and little with the number of its files.
struct ReaderMemoryTests {
  /// A layout with one image, and blobs that no manifest lists.
  private func layout(blobs: Int) throws -> [UInt8] {
    let marker: JSON = ["imageLayoutVersion": "1.0.0"]
    let config = try canonical(["architecture": "amd64", "os": "linux", "rootfs": ["type": "layers", "diff_ids": []]])
    let manifest = try canonical([
      "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "config": descriptor(of: config, "application/vnd.oci.image.config.v1+json"), "layers": [],
    ])
    let index: JSON = [
      "schemaVersion": 2, "manifests": [descriptor(of: manifest, "application/vnd.oci.image.manifest.v1+json")],
    ]
    var tar = TarWriter()
    tar.file(Array("oci-layout".utf8), try canonical(marker))
    tar.file(Array("index.json".utf8), try canonical(index))
    for blob in [config, manifest] + (0..<blobs).map({ Array("blob \($0)".utf8) }) {
      tar.file(Array("blobs/sha256/\(ClaimedDigest(digest(blob)).hex)".utf8), blob)
    }
    tar.end()
    return tar.bytes
  }

  private func canonical(_ json: JSON) throws -> [UInt8] { try json.canonical() }

  private func descriptor(of bytes: [UInt8], _ mediaType: String) -> JSON {
    [
      "mediaType": .text(mediaType), "digest": .text("\(ClaimedDigest(digest(bytes)))"),
      "size": .integer(Int64(bytes.count)),
    ]
  }

  /// Bytes at the most of a process that reads the archive; the least of three, which is free of chance.
  private func peak(_ archive: [UInt8], in folder: TemporaryFolder) throws -> Int {
    let path = try folder.write("archive", archive)
    let peaks = try (0..<3).map { _ in
      let output = try runChecked([Products.path("reader-peak"), path])
      return try #require(Int(String(decoding: output, as: UTF8.self).filter(\.isNumber))) << 10
    }
    return peaks.min()!
  }

  @Test func anEntryCostsLittleMoreThanNameAndDigest() throws {
    let folder = try TemporaryFolder()
    let count = 20_000
    let one = try peak(layout(blobs: 0), in: folder)
    let many = try peak(layout(blobs: count), in: folder)
    // Names, digests, and what finds them; twice as much would be a second copy.
    #expect((many - one) / count <= 100, "\(one) bytes for one image, \(many) with \(count) blobs more")
  }
}
