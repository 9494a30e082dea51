import Octets
import Reasons
import SigstoreBundle
import Testing

struct CosignAnnotationTests {
  @Test func entry() throws {
    let payload = #"{"body":"e30=","integratedTime":5,"logIndex":6,"logID":"0aff"}"#
    let text = #"{"SignedEntryTimestamp":"AQ==","Payload":\#(payload)}"#
    let entry = try LoggedEntry(cosignAnnotation: Array(text.utf8))
    #expect(entry.promise == [1])
    #expect(entry.body == Array("{}".utf8))
    #expect(entry.integratedTime == UnixTime(5))
    #expect(entry.logIndex == 6)
    #expect(entry.logID == [0x0a, 0xff])
    #expect(entry.proof == nil && entry.stated == nil)
  }

  @Test func timestamp() throws {
    #expect(try CosignAnnotation.timestamp(Array(#"{"SignedRFC3161Timestamp":"AQI="}"#.utf8)) == [1, 2])
  }

  @Test(arguments: [
    (#"{"SignedEntryTimestamp":"AQ=="}"#, Reason.bundleMalformed),
    (#"{"Payload":{"body":"e30=","integratedTime":5,"logIndex":6,"logID":"0aff"}}"#, .bundleMalformed),
    (
      #"{"SignedEntryTimestamp":"AQ==","Payload":{"body":"e30=","integratedTime":5,"logIndex":-6,"logID":"0aff"}}"#,
      .bundleMalformed
    ),
    (
      #"{"SignedEntryTimestamp":"AQ==","Payload":{"body":"e30=","integratedTime":5,"logIndex":6,"logID":"0AFF"}}"#,
      .bundleMalformed
    ),
    ("null", .bundleMalformed), ("", .jsonMalformed),
  ])
  func refusesEntries(text: String, expected: Reason) {
    do {
      _ = try LoggedEntry(cosignAnnotation: Array(text.utf8))
      Issue.record("read")
    } catch {
      #expect(error.reason == expected)
    }
  }

  @Test(arguments: [("{}", Reason.bundleMalformed), (#"{"SignedRFC3161Timestamp":"A"}"#, .bundleMalformed)])
  func refusesTimestamps(text: String, expected: Reason) {
    do {
      _ = try CosignAnnotation.timestamp(Array(text.utf8))
      Issue.record("read")
    } catch {
      #expect(error.reason == expected)
    }
  }
}
