import Octets
import TarArchive

/// What an appliance takes of one bundle: its reader's bounds, which the caller knows. A bundle that goes beyond them would
/// be found out at the appliance, after everybody signed.
package struct BundleLimits: Hashable, Sendable {
  /// Files and folders.
  package var entries: Int
  /// Bytes of one file, and of the whole tar, without log snapshots.
  package var fileBytes: Int64
  package var totalBytes: Int64
  /// Bytes of one log snapshot, `logs/NAME.tar`: appliances read those piece by piece.
  package var snapshotBytes: Int64

  package init(entries: Int, fileBytes: Int64, totalBytes: Int64, snapshotBytes: Int64) {
    self.entries = entries
    self.fileBytes = fileBytes
    self.totalBytes = totalBytes
    self.snapshotBytes = snapshotBytes
  }

  typealias Named = (name: [UInt8], path: [UInt8], bytes: Int64)

  /// - Parameter targets: by name in the bundle, with the path that its role gives.
  /// - Throws: `.room`
  func verify(metadata: [(name: [UInt8], bytes: Int64)], targets: [Named]) throws(MakingError) {
    var total = Int64(TarOutput.end.count)
    var folders: Set<ArraySlice<UInt8>> = []
    func count(_ name: [UInt8], _ bytes: Int64) throws(MakingError) {
      guard bytes <= fileBytes else {
        throw refusal("\(printable(name)) has \(bytes) bytes, and appliances take files of \(fileBytes)")
      }
      let header = TarOutput.file(String(decoding: name, as: UTF8.self), size: bytes)
      total += Int64(header.count) + bytes + Int64(TarOutput.padding(bytes).count)
    }
    for file in metadata { try count(Array("metadata/".utf8) + file.name, file.bytes) }
    for target in targets {
      var above = target.name[...]
      while let slash = above.lastIndex(of: UInt8(ascii: "/")) {
        above = above[..<slash]
        guard folders.insert(above).inserted else { break }
      }
      guard Self.isSnapshot(target.path) else {
        try count(target.name, target.bytes)
        continue
      }
      guard target.bytes <= snapshotBytes else {
        throw refusal(
          "\(printable(target.path)) has \(target.bytes) bytes, and appliances take log snapshots of \(snapshotBytes)")
      }
    }
    guard total <= totalBytes else {
      throw refusal("the bundle has \(total) bytes without log snapshots, and appliances take \(totalBytes)")
    }
    // As a folder, the folders count too, `metadata` among them.
    let number = metadata.count + targets.count + folders.count + 1
    guard number <= entries else {
      throw refusal("the bundle has \(number) files and folders, and appliances take \(entries)")
    }
  }

  /// `logs/NAME.tar`
  private static func isSnapshot(_ path: [UInt8]) -> Bool {
    let segments = path.split(separator: UInt8(ascii: "/"))
    return segments.count == 2 && segments[0].elementsEqual("logs".utf8)
      && segments[1].suffix(4).elementsEqual(".tar".utf8)
  }

  private func refusal(_ words: String) -> MakingError {
    .refused(.room, "Not packed: \(words). Remove what is not needed, or put many small files into one tar.")
  }
}
