import Octets
import Testing

@Suite struct UnixTimeTests {
  static let moments: [(seconds: Int64, text: String)] = [
    (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (951_868_800, "2000-03-01T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
    (4_107_542_400, "2100-03-01T00:00:00Z"), (4_107_456_000, "2100-02-28T00:00:00Z"),
    (1_795_464_426, "2026-11-23T20:07:06Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    (-62_135_596_800, "0001-01-01T00:00:00Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
  ]

  @Test(arguments: moments)
  func bothWays(_ seconds: Int64, _ text: String) {
    #expect(UnixTime(seconds).description == text)
    #expect(UnixTime(rfc3339: Array(text.utf8)) == UnixTime(seconds))
  }

  /// Every day of four centuries reads back as itself, and days follow each other.
  @Test func everyDayOfFourCenturies() {
    var previous = ""
    for day in Int64(-62_091)...84_006 {
      let text = UnixTime(day * 86_400).description
      #expect(text > previous)
      #expect(UnixTime(rfc3339: Array(text.utf8))?.seconds == day * 86_400)
      previous = text
    }
  }

  @Test(arguments: [
    ("2024-05-01T12:00:00.5Z", "2024-05-01T12:00:00Z"), ("2024-05-01t12:00:00z", "2024-05-01T12:00:00Z"),
    ("2024-05-01T12:00:00.123456789+02:00", "2024-05-01T10:00:00Z"),
    ("2024-05-01T12:00:00-05:30", "2024-05-01T17:30:00Z"), ("2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z"),
    ("2024-05-01T12:00:00-00:00", "2024-05-01T12:00:00Z"),
  ])
  func readsOffsetsAndFractions(_ text: String, _ utc: String) {
    #expect(UnixTime(rfc3339: Array(text.utf8))?.description == utc)
  }

  @Test(arguments: [
    "", "2024", "2024-05-01", "2024-05-01T12:00:00", "2024-05-01 12:00:00Z", "2024-13-01T12:00:00Z",
    "2024-00-01T12:00:00Z", "2023-02-29T12:00:00Z", "2100-02-29T12:00:00Z", "2024-04-31T12:00:00Z",
    "2024-05-00T12:00:00Z", "2024-05-01T24:00:00Z", "2024-05-01T12:60:00Z", "2024-05-01T12:00:60Z",
    "2024-05-01T12:00:00.Z", "2024-05-01T12:00:00,5Z", "2024-05-01T12:00:00ZZ", "2024-05-01T12:00:00+0200",
    "2024-05-01T12:00:00+02", "2024-05-01T12:00:00+24:00", "2024-05-01T12:00:00+02:60", "2024-05-01T12:00:00+02:00Z",
    "24-05-01T12:00:00Z", "2024-5-01T12:00:00Z", "+024-05-01T12:00:00Z", "2024-05-01T12:00:0٠Z", "2024-05-01T12:00:00+",
  ])
  func refuses(_ text: String) {
    #expect(UnixTime(rfc3339: Array(text.utf8)) == nil)
  }

  /// Times come from hostile documents as any 64 bits.
  @Test func describesEveryNumber() {
    #expect(UnixTime(.min).description == "-292277022657-01-27T08:29:52Z")
    #expect(UnixTime(.max).description == "292277026596-12-04T15:30:07Z")
    #expect(UnixTime(-62_167_219_201).description == "-0001-12-31T23:59:59Z")
  }

  @Test func validityHoldsBothEnds() {
    let span = Validity(from: UnixTime(10), through: UnixTime(20))
    #expect([9, 10, 20, 21].map { span.contains(UnixTime($0)) } == [false, true, true, false])
    let open = Validity(from: UnixTime(10), through: nil)
    #expect([9, 10, .max].map { open.contains(UnixTime($0)) } == [false, true, true])
  }
}
