import Cryptography
import Files
package import Octets

/// Reports, each under the SHA-256 of its bytes. One lies in `pending/` until the anchor has its leaf; what lies in
/// `reports/` was issued.
package struct ReportShelf: Sendable {
  static let name = "reports"
  static let pendingName = "pending"
  private static let ending = ".sigstore.json"
  /// Bytes of one report.
  package static let mostBytes = 64 << 20

  private let issued: String
  private let pending: String

  init(in directory: String) {
    issued = directory + "/" + Self.name
    pending = directory + "/" + Self.pendingName
  }

  /// Writes signed reports where nobody takes them for issued.
  func stage(_ reports: [[UInt8]]) throws(StoreError) {
    for report in reports {
      let path = pending + "/" + Self.fileName(digest(report))
      try withFiles(path) { () throws(FileError) in try DurableFile.write(report, to: path, syncingFolder: false) }
    }
    try withFiles(pending) { () throws(FileError) in try DurableFile.sync(folder: pending) }
  }

  /// Moves staged reports to the issued ones, once the anchor has their leaves.
  func release(_ reports: [ComputedDigest]) throws(StoreError) {
    for report in reports {
      let name = Self.fileName(report)
      try withFiles(pending) { () throws(FileError) in
        try DurableFile.rename(pending + "/" + name, to: issued + "/" + name)
      }
    }
    try withFiles(issued) { () throws(FileError) in
      try DurableFile.sync(folder: issued)
      try DurableFile.sync(folder: pending)
    }
  }

  /// Keeps a receipt beside its report. It can be made again at any time: it is not synced, and a
  /// crash may leave a part of it.
  package func keep(receipt: [UInt8], of report: ClaimedDigest) throws(StoreError) {
    let path = issued + "/" + report.hex + ".receipt.json"
    try withFiles(path) { () throws(FileError) in
      try DurableFile.remove(path)
      try DurableFile.create(path, receipt, syncing: false)
    }
  }

  /// What a crash left staged: issued where the history has it, removed where not.
  func reconcile(wasIssued: (ClaimedDigest) -> Bool) throws(StoreError) {
    let left = try withFiles(pending) { () throws(FileError) in try Directory(path: pending).names(atMost: .max) ?? [] }
    for name in left {
      let text = String(decoding: name, as: UTF8.self)
      let path = pending + "/" + text
      guard text.hasSuffix(Self.ending), let bytes = Hex.decode(Array(text.utf8.dropLast(Self.ending.utf8.count))),
        let named = ClaimedDigest(.sha256, bytes), wasIssued(named),
        let report = try withFiles(
          path, { () throws(FileError) in try DurableFile.read(path, atMost: Self.mostBytes) }),
        named == digest(report)
      else {
        try withFiles(path) { () throws(FileError) in try DurableFile.remove(path) }
        continue
      }
      try withFiles(path) { () throws(FileError) in try DurableFile.rename(path, to: issued + "/" + text) }
    }
    if !left.isEmpty { try withFiles(issued) { () throws(FileError) in try DurableFile.sync(folder: issued) } }
  }

  /// Where an issued report lies.
  package func path(of report: ClaimedDigest) -> String { issued + "/" + report.hex + Self.ending }

  /// - Throws: `malformed` where it is gone, or is not what its name says.
  package func read(_ report: ClaimedDigest) throws(StoreError) -> [UInt8] {
    let path = path(of: report)
    let bytes = try withFiles(path) { () throws(FileError) in try DurableFile.read(path, atMost: Self.mostBytes) }
    guard let bytes else { throw .malformed(path: path, "it is gone") }
    guard report == digest(bytes) else { throw .malformed(path: path, "its bytes are not those of its name") }
    return bytes
  }

  private static func fileName(_ report: ComputedDigest) -> String { Hex.encode(report.bytes) + ending }
}
