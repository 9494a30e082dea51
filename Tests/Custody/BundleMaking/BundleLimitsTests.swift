import BundleMaking
import TestSupport
import Testing

/// What an appliance would not read is not packed: each bound by itself, at its last value and one below.
@Suite struct BundleLimitsTests {
  /// A file of 70,000 bytes, larger than any metadata, and a log snapshot of 80,000.
  func desk() throws -> Desk {
    let desk = try Desk.published()
    try desk.add("large", String(repeating: "0123456789", count: 7_000), to: .trust)
    try desk.add("log.tar", String(repeating: "0123456789", count: 8_000), to: .logs)
    try desk.sign()
    return desk
  }

  func verify(
    _ bound: WritableKeyPath<BundleLimits, Int64>, _ last: Int64, _ words: String, desk: Desk? = nil
  ) throws {
    let desk = try desk ?? self.desk()
    var limits = Desk.limits
    limits[keyPath: bound] = last - 1
    do {
      try desk.pack("second.tar", within: limits)
      Issue.record("packed")
    } catch MakingError.refused(.room, let said) {
      #expect(said.contains(words) && said.contains("\(last)") && said.contains("\(last - 1)"), "\(said)")
    }
    // Nothing was written.
    #expect(try !desk.home.names().contains { $0.hasPrefix("second") })
    #expect(try !desk.site().states().isEmpty)
    limits[keyPath: bound] = last
    try desk.pack("second.tar", within: limits)
  }

  @Test func bytesOfAFile() throws { try verify(\.fileBytes, 70_000, ".large has") }

  @Test func bytesOfASnapshot() throws { try verify(\.snapshotBytes, 80_000, "logs/log.tar has") }

  /// As the tar has them, without the snapshot's.
  @Test func bytesInAll() throws {
    let desk = try desk()
    try runChecked(["cp", "-r", desk.path, desk.home.path("copy")])
    try desk.pack("whole.tar")
    let whole = Int64(try desk.home.read("whole.tar").count)
    try runChecked(["sh", "-c", "rm -r site whole.tar && mv copy site"], in: desk.home.path)
    // 80,000 bytes, a header, and zeros up to the next block.
    try verify(\.totalBytes, whole - 80_384 - 512, "without log snapshots", desk: desk)
  }

  @Test func entries() throws {
    let desk = try desk()
    var limits = Desk.limits
    // Eight metadata, four files; metadata, targets, targets/trust, targets/trust/prod, targets/deny, targets/logs.
    limits.entries = 17
    #expect(broken { try desk.pack("second", within: limits) } == .room)
    limits.entries = 18
    try desk.pack("second", within: limits)
    #expect(try runChecked(["sh", "-c", "find second -mindepth 1 | wc -l"], in: desk.home.path) == Array("18\n".utf8))
  }

  /// Only a tar in the folder of logs itself is read piece by piece.
  @Test(arguments: ["logs/a/b.tar", "logs/b.tar.gz", "trust/b.tar"]) func otherTars(_ path: String) throws {
    let desk = try Desk.published()
    let parts = path.split(separator: "/", maxSplits: 1)
    try desk.add(
      String(parts[1]), String(repeating: "0123456789", count: 7_000), to: parts[0] == "logs" ? .logs : .trust)
    try desk.sign(parts[0] == "logs" ? [desk.desk] : nil)
    var limits = Desk.limits
    limits.fileBytes = 69_999
    #expect(broken { try desk.pack("second", within: limits) } == .room)
  }
}
