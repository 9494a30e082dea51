import Channel
import Octets
import Quarantine
import Reasons
import RoleMessages
import Testing

@testable import Roles

/// What a reader says of a medium with several archives is read as hostile.
@Suite struct SurveyMessageTests {
  static let kinds: [SurveyedItem.Kind] = [
    .archive, .sigstoreBundles(10_000), .trustBundle, .other("a link"), .unseen(""),
  ]

  private func refusal(_ bytes: [UInt8]) -> Reason? {
    do { _ = try SurveyedItem(bytes) } catch { return error.reason }
    return nil
  }

  @Test(arguments: kinds, ["", "app.tar", "deep/er/app.tar"])
  func itemsComeAsTheyWent(_ kind: SurveyedItem.Kind, _ path: String) throws {
    let item = SurveyedItem(path: Array(path.utf8), kind: kind)
    #expect(try SurveyedItem(item.bytes) == item)
    // Words end where they end; everything else has its length.
    if case .other = kind { return }
    if case .unseen = kind { return }
    for count in item.bytes.indices { #expect(refusal(Array(item.bytes[..<count])) == .readingMalformed, "\(count)") }
    #expect(refusal(item.bytes + [0]) == .readingMalformed)
  }

  /// What is opened lies below the medium; what is left there may be called as it likes.
  @Test(arguments: [
    "..", "../a", "./a", "a/../b", "/etc/passwd", "a//b", "a\\b", "a\u{7}", String(repeating: "n", count: 3000),
  ])
  func noPathLeadsOutOfTheMedium(_ path: String) throws {
    for kind in Self.kinds.prefix(3) {
      #expect(refusal(SurveyedItem(path: Array(path.utf8), kind: kind).bytes) == .readingMalformed, "\(kind)")
    }
    let left = SurveyedItem(path: Array(path.utf8), kind: .other("why"))
    #expect((refusal(left.bytes) == nil) == (path.utf8.count <= SurveyedItem.mostPathBytes))
  }

  @Test func noItemIsOfAnotherKind() {
    #expect(refusal([5, 0, 0]) == .readingMalformed && refusal([]) == .readingMalformed)
  }

  /// Whatever a survey finds fits in what the request table lets be said.
  @Test func allOfItMayBeSaid() throws {
    let row = try #require(RequestTable.rows.first { $0.message == .item })
    #expect(SurveyedItem.mostPathBytes + 1024 + 8 <= row.bytes)
    #expect(SurveyedItem.mostPathBytes >= (Survey.depth + 1) * 256)
    #expect(Survey.mostFiles * 2 < row.most)
    // With words of ours, which are short.
    #expect((SurveyedItem.mostPathBytes + 128) * (Survey.mostFiles + 1) <= row.together)
    #expect(LooseBundles.most <= (RequestTable.rows.first { $0.message == .object && $0.sender == .reader }?.most ?? 0))
    // Words that steer a terminal are shown, and not done.
    let item = try SurveyedItem(SurveyedItem(path: [], kind: .other("\u{1b}[2J")).bytes)
    guard case .other(let why) = item.kind else { throw Failure(.readingMalformed, "item", "\(item)") }
    #expect(!why.utf8.contains(0x1b))
  }
}
