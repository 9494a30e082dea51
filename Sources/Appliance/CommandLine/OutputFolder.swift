import Cryptography
import Files
import FoundationEssentials
import Octets
import Roles

/// The folder that `--report` names: made if absent, and never left with half a file.
enum OutputFolder {
  /// Found out before the work starts, not after it.
  static func verifyUsable(_ folder: String?) throws {
    guard let folder else { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      // The library's error has no words for people: what the system says to the same is asked for again.
      do throws(FileError) {
        try DurableFile.makeParents(of: folder + "/reports")
        _ = try Directory(path: folder)
      } catch { throw UsageMistake("Cannot make the folder \(folder) for reports: \(error)") }
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw UsageMistake("Cannot write reports into \(folder).")
    }
  }

  /// A report and, where the store issued it, its receipt. The plain name is the last one's: an earlier report about the
  /// same image, another verdict perhaps, goes on under its own digest, with its receipt.
  static func write(_ report: IssuedReport, for image: ClaimedDigest, into folder: String) throws {
    let place = folder + "/" + report.fileName(for: image)
    if let earlier = try? Data(contentsOf: URL(filePath: place)), !earlier.elementsEqual(report.bytes) {
      let earlier = digest(Array(earlier))
      // The report last: where it could not be moved, all of this is done once more with the next one.
      if report.isSigned {
        let receipt = folder + "/" + IssuedReport.receiptName(for: image)
        if DurableFile.isTaken(receipt) {
          try DurableFile.rename(receipt, to: folder + "/" + IssuedReport.receiptName(for: image, earlier))
        }
      }
      try DurableFile.rename(place, to: folder + "/" + report.fileName(for: image, earlier))
    }
    try write(report.bytes, as: report.fileName(for: image), into: folder)
    if let record = report.record {
      try write(record.receipt, as: IssuedReport.receiptName(for: image), into: folder)
    }
  }

  /// An object of trust under its kind and target path. A log's origin is whatever the log calls itself: one that could
  /// lead elsewhere is exported under its SHA-256.
  static func export(_ bytes: [UInt8], kind: [UInt8], name: [UInt8], into folder: String) throws {
    let parts = name.split(separator: 0x2f, omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8) && !part.contains(0)
    }
    let shown = isPlain ? name : Array(Hex.encode(digest(name).bytes).utf8)
    let file = String(decoding: kind + [0x2f] + shown, as: UTF8.self)
    let parent = folder + "/" + file.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try write(bytes, as: file, into: folder)
  }

  /// Written beside and renamed, so that the name always stands for the whole.
  static func write(_ bytes: [UInt8], as name: String, into folder: String) throws {
    let path = folder + "/" + name
    do throws(FileError) { try DurableFile.write(bytes, to: path, mode: 0o644) } catch {
      throw OutputTrouble.of(path, error)
    }
  }
}
