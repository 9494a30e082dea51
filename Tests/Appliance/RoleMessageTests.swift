import Channel
import Cryptography
import Files
import MediaReader
import MediumRecord
import Octets
import Processes
import Quarantine
import Readings
import Reasons
import RoleMessages
import TestSupport
import Testing

@testable import Roles

/// What roles say to each other is read as hostile: what is written is read again, and nothing else is.
@Suite struct RoleMessageTests {
  private static let id = "0123456789abcdef"
  private static let digest = ClaimedDigest(.sha256, [UInt8](repeating: 7, count: 32))!

  /// Bytes that the request table lets one message have.
  private func most(_ message: Message, from sender: Role) throws -> Int {
    try #require(RequestTable.rows.first { $0.message == message && $0.sender == sender }).bytes
  }

  private func isRefused(_ read: () throws -> Void) -> Bool {
    do { try read() } catch { return (error as? Failure)?.reason == .readingMalformed }
    return false
  }

  /// What a reading holds at the most can be said: each part's document and configuration, and the evidence.
  @Test func asManyObjectsMayComeAsAReadingHas() throws {
    let row = try #require(RequestTable.rows.first { $0.message == .object && $0.sender == .reader })
    #expect(row.most == 2 * Reading.mostParts + EvidenceList.most)
    #expect(row.together == Reading.mostDocumentBytes + EvidenceList.mostObjectBytesTogether)
  }

  // MARK: Trust bundles

  @Test func filesOfABundleComeAsTheyWent() throws {
    for (name, kind, contents): (String, BundleEntry.Kind, [UInt8]) in [
      ("metadata/1.root.json", .kept, [1, 2, 3]), ("", .kept, []), ("targets/x", .passed, []), ("link", .strange, []),
    ] {
      let size = kind == .kept ? UInt64(contents.count) : .max
      let bytes = BundleEntry(
        name: Array(name.utf8), kind: kind, size: size, digest: Self.digest, contents: contents
      ).bytes
      let entry = try BundleEntry(bytes)
      #expect(entry.name == Array(name.utf8) && entry.kind == kind && entry.size == size)
      #expect(entry.digest == Self.digest && entry.contents == contents)
      // Cut anywhere, or longer by a byte, it is none.
      for count in bytes.indices { #expect(isRefused { _ = try BundleEntry(Array(bytes[..<count])) }, "\(count)") }
      #expect(isRefused { _ = try BundleEntry(bytes + [0]) })
    }
  }

  @Test func whatIsNoFileOfABundleIsRefused() {
    let bytes = BundleEntry(name: [1, 2], kind: .passed, size: 1, digest: Self.digest, contents: []).bytes
    // The name's length, and the kind behind the name.
    for (place, byte): (Int, UInt8) in [(3, 3), (3, 255), (0, 255), (6, 3), (6, 255), (6, 0)] {
      var other = bytes
      other[place] = byte
      #expect(isRefused { _ = try BundleEntry(other) }, "\(place) \(byte)")
    }
    #expect(isRefused { _ = try BundleEntry([]) })
  }

  @Test func piecesBelongToWhatWasAskedFor() throws {
    for piece: [UInt8] in [[], [1, 2, 3]] {
      let bytes = BundlePiece.bytes(2, piece[...])
      let read = try BundlePiece.piece(bytes, of: 3)
      #expect(read.number == 2 && Array(read.bytes) == piece)
      #expect(isRefused { _ = try BundlePiece.piece(bytes, of: 2) })
    }
    for bytes: [UInt8] in [[], [0], [0, 0, 0], [255, 255, 255, 255]] {
      #expect(isRefused { _ = try BundlePiece.piece(bytes, of: 1) }, "\(bytes)")
    }
    #expect(isRefused { _ = try BundlePiece.piece(BundlePiece.bytes(0, []), of: 0) })
    #expect(
      try BundlePiece.bytes(0, ArraySlice(repeating: 0, count: BundlePiece.mostBytes)).count
        <= most(.piece, from: .reader))
  }

  // MARK: Questions

  private static let sources: [MediaSource] = [.standardInput, .path(""), .path("/media/stick/é")]

  @Test func aReaderIsAskedWhatWasMeant() throws {
    for source in Self.sources {
      #expect(try ReaderQuestion(ReaderQuestion(source).bytes).source == source)
    }
    for bytes: [UInt8] in [[], [2], [255, 0x2f]] { #expect(isRefused { _ = try ReaderQuestion(bytes) }, "\(bytes)") }
  }

  @Test func aCopierIsAskedWhatWasMeant() throws {
    for source in Self.sources {
      let bytes = CopyQuestion(Self.id, source).bytes
      let read = try CopyQuestion(bytes)
      #expect(read.source == source && read.id == Self.id)
      for count in 0...16 { #expect(isRefused { _ = try CopyQuestion(Array(bytes[..<count])) }, "\(count)") }
    }
    for text in ["0123456789abcdeg", "../../../etc/pas", "0123456789ABCDEF"] {
      #expect(isRefused { _ = try CopyQuestion(Array(text.utf8) + [1]) }, "\(text)")
    }
    // As long as a path may be.
    let long = CopyQuestion(Self.id, .path(String(repeating: "p", count: 4096)))
    #expect(try long.bytes.count <= most(.quarantine, from: .keeper))
  }

  // MARK: Copies

  @Test(arguments: [
    IncomingFolder.Notice.resumed(id: id, contents: 3, bytes: 1 << 40), .spaceUnknown(available: .max),
  ]) func noticesComeAsTheyWent(_ notice: IncomingFolder.Notice) throws {
    let bytes = CopyNotice.bytes(notice)
    #expect(CopyNotice.notice(bytes) == notice)
    #expect(try bytes.count <= most(.notice, from: .reader))
    for count in bytes.indices { #expect(CopyNotice.notice(Array(bytes[..<count])) == nil, "\(count)") }
    #expect(CopyNotice.notice(bytes + [0]) == nil)
    for kind: UInt8 in [0, 3, 255] { #expect(CopyNotice.notice([kind] + bytes.dropFirst()) == nil) }
    // The first letter of its id, which is no digit then.
    if bytes[0] != 2 { #expect(CopyNotice.notice(bytes.prefix(1) + [0x2f] + bytes.dropFirst(2)) == nil) }
  }

  @Test func troubleIsSaidInSoManyWords() throws {
    let full = CopyTrouble(QuarantineError.noSpace(needed: 2, available: 1))
    #expect(CopyTrouble(full.bytes) == full && full.disk == .full)
    let readOnly = CopyTrouble(QuarantineError.file("x", FileError("create", code: 30)))
    #expect(CopyTrouble(readOnly.bytes) == readOnly && readOnly.disk == .readOnly)
    let other = CopyTrouble(QuarantineError.unknownMedium(Self.id))
    #expect(CopyTrouble(other.bytes) == other && other.disk == .nothing)
    // What steers a terminal is shown, and not done; more than so much is neither.
    #expect(!CopyTrouble([0, 0x1b, 0x5b]).description.utf8.contains(0x1b))
    let long = CopyTrouble([1] + [UInt8](repeating: 0x61, count: 100_000))
    #expect(long.disk == .full && long.description.utf8.count < 5000)
    #expect(try long.bytes.count <= most(.stopped, from: .reader))
    #expect(CopyTrouble([]).disk == .nothing && CopyTrouble([3]).disk == .nothing)
  }

  @Test func progressIsTwoNumbers() throws {
    for (done, total): (UInt64, UInt64?) in [(0, nil), (1, 2), (.max, .max)] {
      let bytes = ProgressMessage(done, total).bytes
      let read = try #require(ProgressMessage(bytes))
      #expect(read.done == done && read.total == total)
      #expect(try bytes.count == most(.progress, from: .reader))
      for count in bytes.indices { #expect(ProgressMessage(Array(bytes[..<count])) == nil) }
      #expect(ProgressMessage(bytes + [0]) == nil)
    }
  }

  // MARK: The starter

  @Test func ordersComeAsTheyWent() throws {
    let below = [nil, Self.id].map {
      StartOrder.reader(.path("/media/stick/deep/a.tar"), below: "/media/stick", copy: $0)
    }
    let orders =
      [StartOrder.prover, .readerOfOpenFile] + Self.sources.flatMap { [.reader($0), .reader($0, copy: Self.id)] }
      + below
    for order in orders {
      let read = try #require(StartOrder(order.bytes))
      #expect(read.role == order.role && read.source == order.source && read.copy == order.copy)
      #expect(read.folder == order.folder)
    }
    #expect(Set(orders.map(\.bytes)).count == orders.count)
    let id = Array(Self.id.utf8)
    for bytes: [UInt8] in [
      [], [3], [2, 0], [0, 0], [1], [1, 0], [1, 0, 0, 0], [1, 0, 2], [1, 0, 1, 0], [1, 16] + id,
      [1, 15] + id.dropLast() + [0],
      [1, 16] + Array("../../../etc/pas".utf8) + [0],
      // A folder that is none of the path's, or the path itself.
      [1, 0, 1, 0, 2] + Array("ab/c".utf8).dropFirst(), [1, 0, 1, 0, 4] + Array("ab/c".utf8),
      [1, 0, 1, 0, 9] + Array("ab/c".utf8),
    ] {
      #expect(StartOrder(bytes) == nil, "\(bytes)")
    }
  }

  @Test func whatWasSeenComesAsItWent() throws {
    let modified = try #require(MediumRecord.Moment(seconds: -1, nanoseconds: 999_999_999))
    let looks: [Look] = [.folder, .file(MediumRecord.Mark(size: .max, modified: modified)), .other]
    for look in looks {
      #expect(Look(look.bytes) == look && look.bytes.count <= 25)
      #expect(Look(look.bytes + [0]) == nil && Look(look.bytes.dropLast()) == nil)
    }
    // No time has as many nanoseconds.
    #expect(Look([1] + [UInt8](repeating: 255, count: 24)) == nil && Look([3]) == nil)
  }

  /// What lies below a folder is reached through no link, on the way or at its end; what the operator named himself is.
  @Test func noLinkLeadsOutOfAMedium() throws {
    let folder = try TemporaryFolder()
    try folder.write("stick/deep/a.tar", [1])
    try folder.write("elsewhere/a.tar", [2])
    try runChecked(["ln", "-s", "../elsewhere", folder.path("stick/link")])
    try runChecked(["ln", "-s", "../../elsewhere/a.tar", folder.path("stick/deep/link.tar")])
    try runChecked(["ln", "-s", "stick", folder.path("mounted")])
    func start(_ path: String, below: String?) throws -> [UInt8]? {
      try StartOrder.reader(.path(folder.path(path)), below: below.map(folder.path)).opened(
        standardInput: 0)?
        .contents(atMost: 9)
    }
    try runChecked(["mkfifo", folder.path("stick/deep/pipe")])
    #expect(throws: FileError("open", code: 22)) { try start("stick/deep/pipe", below: "stick") }
    for stick in ["stick", "mounted"] {
      #expect(try start(stick + "/deep/a.tar", below: stick) == [1])
      for path in ["/link/a.tar", "/deep/link.tar"] {
        #expect(throws: FileError.self) { try start(stick + path, below: stick) }
        #expect(try start(stick + path, below: nil) == [2])
      }
    }
  }

  @Test func whyNothingStartedComesAsItWent() throws {
    let causes = [
      StartTrouble(.medium, FileError("open", code: 2)), StartTrouble(.machine, FileError("start", code: 11)),
    ]
    for trouble in causes {
      #expect(StartTrouble(trouble.bytes) == trouble)
      #expect(try trouble.bytes.count <= most(.failed, from: .starter))
      for other in [Array(trouble.bytes.dropLast()), trouble.bytes + [0], [2] + trouble.bytes.dropFirst(), []] {
        #expect(StartTrouble(other) == nil)
      }
    }
  }

  @Test func theStartersNumbersAreNumbers() {
    for number in [0, 1, -1, Int32.max, .min] {
      let bytes: [UInt8] = StarterMessage.number(number)
      #expect(StarterMessage.number(bytes) == number)
      for other in [Array(bytes.dropLast()), bytes + [0], []] { #expect(StarterMessage.number(other) == nil as Int32?) }
    }
    for end: ChildProcess.End? in [.exited(0), .exited(255), .signalled(31), nil] {
      let bytes: [UInt8] = StarterMessage.end(end)
      #expect(StarterMessage.end(bytes) == end)
      guard end != nil else { continue }
      for other in [Array(bytes.dropLast()), bytes + [0], [2] + bytes.dropFirst()] {
        #expect(StarterMessage.end(other) == nil as ChildProcess.End?, "\(other)")
      }
    }
  }
}
