import Cryptography
import MediumRecord
import Octets
import Reasons
import StrictJSON
import Testing

/// Records of media become bytes and records again, and nothing else becomes one.
@Suite struct MediumRecordTests {
  static let digest = ClaimedDigest(Cryptography.digest([1]))

  static var copying: MediumRecord {
    MediumRecord(
      id: "00112233445566ff", label: "stick", source: "app.tar", taken: UnixTime(1_700_000_000),
      mark: MediumRecord.Mark(size: 9, modified: MediumRecord.Moment(seconds: 7, nanoseconds: 80)!))
  }

  static var complete: MediumRecord {
    var record = copying
    record.state = .complete
    record.kind = .tar
    record.packing = .zstd
    record.size = 1 << 40
    record.files = MediumRecord.Files(count: 3, digest: digest)
    record.failures = [Failure(.archiveUnsafePath, "../x", at: 512, "climbs"), Failure(.blobMissing, "y")]
    return record
  }

  static var judged: MediumRecord {
    var record = complete
    record.state = .judged
    record.images = [
      MediumRecord.Image(digest: digest, verdict: .admit, report: digest),
      MediumRecord.Image(digest: ClaimedDigest(Cryptography.digest([2], .sha512)), verdict: .refuse, report: nil),
    ]
    return record
  }

  static var unreadable: MediumRecord {
    var record = copying
    record.state = .complete
    record.unreadable = Failure(.archiveTruncated, "app.tar", at: 4, "ends")
    return record
  }

  static let all = [copying, complete, judged, unreadable]

  private func reason(_ bytes: [UInt8]) -> Reason? {
    do { _ = try MediumRecord(parsing: bytes, named: "record") } catch { return error.reason }
    return nil
  }

  @Test func everyStateReturns() throws {
    for record in Self.all {
      let bytes = try record.serialized()
      let again = try MediumRecord(parsing: bytes, named: "record")
      #expect(again == record && again.failures.map(\.detail) == record.failures.map(\.detail))
      #expect(try again.serialized() == bytes)
    }
  }

  @Test func noMemberMayBeAbsentOrUnknown() throws {
    for record in Self.all {
      guard case .object(let object) = try JSON(parsing: record.serialized(), named: "") else { return }
      for index in object.members.indices {
        var without = object
        without.members.remove(at: index)
        #expect(reason(try JSON.object(without).canonical()) == .quarantineMalformed, "\(object.members[index].key)")
      }
      var more = object
      more.append("zzz", .null)
      #expect(reason(try JSON.object(more).canonical()) == .quarantineMalformed)
    }
  }

  /// Each with the one thing that is wrong with it.
  @Test(arguments: [
    (#""format":"assay-medium/1""#, #""format":"assay-medium/2""#),
    (#""id":"00112233445566ff""#, #""id":"00112233445566FF""#), (#""id":"00112233445566ff""#, #""id":"001122""#),
    (#""label":"stick""#, #""label":"""#), (#""source":"app.tar""#, #""source":"""#),
    (#""taken":"1700000000""#, #""taken":1700000000"#), (#""taken":"1700000000""#, #""taken":"01700000000""#),
    (#""taken":"1700000000""#, #""taken":"+1700000000""#),
    (#""state":"judged""#, #""state":"done""#), (#""state":"judged""#, #""state":"complete""#),
    (#""state":"judged""#, #""state":"copying""#),
    (#""modified":"7.000000080""#, #""modified":"7.80""#), (#""modified":"7.000000080""#, #""modified":"7""#),
    (#""modified":"7.000000080""#, #""modified":"7.0000000800""#),
    (#""size":"9""#, #""size":"-9""#), (#""size":"1099511627776""#, #""size":"9223372036854775808""#),
    (#""kind":"tar""#, #""kind":"directory""#), (#""kind":"tar""#, #""kind":null"#),
    (#""packing":"zstd""#, #""packing":"xz""#), (#""count":"3""#, #""count":"-3""#),
    (#""verdict":"admit""#, #""verdict":"yes""#), (#""reason":"blob.missing""#, #""reason":"blob.gone""#),
    (#""digest":"sha256:"#, #""digest":"md5:"#), (#"{"failures""#, #" {"failures""#),
  ]) func mutationsAreRefused(_ one: String, _ other: String) throws {
    let text = String(decoding: try Self.judged.serialized(), as: UTF8.self)
    #expect(text.contains(one))
    let changed = text.replacing(one, with: other, maxReplacements: 1)
    #expect(reason(Array(changed.utf8)) == .quarantineMalformed, "\(other)")
  }

  @Test func whatIsUnreadableHasNoList() throws {
    var record = Self.unreadable
    record.files = MediumRecord.Files(count: 0, digest: Self.digest)
    #expect(throws: Failure.self) { try record.serialized() }
    record = Self.unreadable
    record.kind = .tar
    #expect(throws: Failure.self) { try record.serialized() }
    record = Self.complete
    record.files = nil
    #expect(throws: Failure.self) { try record.serialized() }
  }

  @Test func boundsHoldOnBothSides() throws {
    var record = Self.complete
    record.failures = Array(repeating: Failure(.blobMissing, "x"), count: MediumRecord.mostFailures)
    #expect(throws: Never.self) { try record.serialized() }
    record.failures.append(Failure(.blobMissing, "x"))
    #expect(throws: Failure.self) { try record.serialized() }
    let long = MediumRecord(
      id: Self.copying.id, label: String(repeating: "x", count: MediumRecord.mostNameBytes + 1), source: "s",
      taken: UnixTime(0), mark: nil)
    #expect(throws: Failure.self) { try long.serialized() }
    #expect(
      reason(Array(repeating: UInt8(ascii: " "), count: MediumRecord.mostBytes + 1)) == .quarantineMalformed)
  }

  /// All records are read at once where media are listed.
  @Test func failuresAreBoundedInWords() throws {
    let long = String(repeating: "x", count: MediumRecord.mostFailureBytes)
    for (subject, detail, isRead) in [(long, long, true), (long + "x", "", false), ("", long + "x", false)] {
      let failure = Failure(.archiveTrailingData, subject, detail)
      var record = MediumRecord(
        id: String(repeating: "0", count: 16), label: "l", source: "s", taken: UnixTime(1), mark: nil)
      record.state = .complete
      record.unreadable = failure
      #expect(((try? record.serialized()) != nil) == isRead)
      record.unreadable = failure.recordable
      #expect((try? record.serialized()) != nil)
      #expect(isRead == (failure.recordable.subject == subject && failure.recordable.detail == detail))
    }
  }

  @Test func onlyDigitsAreAnID() {
    #expect(MediumRecord.isID("00112233445566ff"))
    for other in ["", "..", "0011223344556677ff", "00112233445566fF", "../../../../../ab", "00112233445566f/"] {
      #expect(!MediumRecord.isID(other), "\(other)")
    }
    #expect(MediumRecord.Moment(seconds: 0, nanoseconds: 1_000_000_000) == nil)
    #expect(MediumRecord.Moment(seconds: 0, nanoseconds: -1) == nil)
  }
}

/// The list of files.
@Suite struct MediumFileTests {
  static let files = [
    MediumFile(name: Array("oci-layout".utf8), digest: MediumRecordTests.digest, size: 30, offset: 512),
    MediumFile(
      name: Array("a \"b\" \u{e9}".utf8), digest: ClaimedDigest(Cryptography.digest([], .sha512)), size: 1 << 40,
      offset: 0, alias: Array("c".utf8), modified: MediumRecord.Moment(seconds: -1, nanoseconds: 5)),
  ]

  private func read(_ bytes: [UInt8], pieces: Int = .max) throws -> [MediumFile] {
    var list = MediumFileList(named: "files")
    var found: [MediumFile] = []
    var start = 0
    while start < bytes.count {
      let end = start + min(pieces, bytes.count - start)
      try list.take(bytes[start..<end]) { file throws(Failure) in found.append(file) }
      start = end
    }
    try list.finish()
    #expect(list.count == UInt64(found.count))
    return found
  }

  @Test(arguments: [1, 7, 100, Int.max]) func linesReturn(pieces: Int) throws {
    let bytes = try Self.files.flatMap { try $0.line() }
    #expect(try read(bytes, pieces: pieces) == Self.files)
    #expect(try read([]).isEmpty)
  }

  @Test func aTornLineIsNoEnd() throws {
    let bytes = try Self.files.flatMap { try $0.line() }
    #expect(throws: Failure(.quarantineMalformed, "files")) { try read(bytes.dropLast()) }
  }

  @Test func aLineThatNeverEndsIsRefused() throws {
    var list = MediumFileList(named: "files")
    let much = Array(repeating: UInt8(ascii: " "), count: MediumFile.mostLineBytes + 1)
    #expect(throws: Failure(.quarantineMalformed, "files")) { try list.take(much[...]) { _ in } }
  }

  @Test(arguments: [
    (#""alias":null"#, #""alias":7"#), (#""alias":null,"#, ""), (#""size":"30""#, #""size":"030""#),
    (#""offset":"512""#, #""offset":"-1""#), (#""modified":null"#, #""modified":"1""#),
    (#"{"alias""#, #"{ "alias""#), (#""name":"oci"#, #""name":"\u006fci"#), (#""size":"30""#, #""size":"30","x":1"#),
    ("sha256:", "sha1:"),
  ]) func mutationsAreRefused(_ one: String, _ other: String) throws {
    let text = String(decoding: try Self.files[0].line(), as: UTF8.self)
    #expect(text.contains(one))
    do {
      _ = try read(Array(text.replacing(one, with: other).utf8))
      Issue.record("read: \(other)")
    } catch let failure as Failure {
      #expect(failure.reason == .quarantineMalformed && failure.subject.hasPrefix("files line 1"), "\(failure)")
    }
  }
}
