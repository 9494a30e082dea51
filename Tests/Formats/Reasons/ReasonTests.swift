import Reasons
import Testing

@Suite struct ReasonTests {
  /// Reports name these for years, and people search for them.
  @Test(arguments: Reason.allCases)
  func identifiersHaveOneShape(_ reason: Reason) {
    let parts = reason.rawValue.split(separator: ".", omittingEmptySubsequences: false)
    #expect(parts.count == 2)
    for part in parts {
      #expect(!part.isEmpty && part.first != "-" && part.last != "-")
      #expect(part.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") })
    }
  }

  @Test(arguments: Reason.allCases)
  func everyReasonIsExplained(_ reason: Reason) {
    let (effect, meaning, remedy) = reason.explanation
    #expect(meaning.hasSuffix("."))
    #expect(!remedy.isEmpty)
    #expect(reason.effect == effect)
  }

  @Test func meaningsDiffer() {
    #expect(Set(Reason.allCases.map(\.explanation.meaning)).count == Reason.allCases.count)
  }

  /// What was not carried or is beyond us is never called wrong, and the other way about.
  @Test func absenceIsIncomplete() {
    for reason: Reason in [.blobMissing, .signatureMissing, .trustRootMissing, .logUnknown, .blobDigestUnsupported] {
      #expect(reason.effect == .incomplete)
    }
    for reason: Reason in [.jsonMalformed, .jsonDuplicateKey, .blobDigestMismatch, .signatureInvalid] {
      #expect(reason.effect == .refuse)
    }
  }

  @Test func failuresAreEqualByReasonAndPlace() {
    let failure = Failure(.jsonMalformed, "a", at: 3, "words")
    #expect(failure == Failure(.jsonMalformed, "a", at: 3, "other words"))
    #expect(failure != Failure(.jsonDuplicateKey, "a", at: 3, "words"))
    #expect(failure != Failure(.jsonMalformed, "b", at: 3, "words"))
    #expect(failure != Failure(.jsonMalformed, "a", at: 4, "words"))
    #expect(failure != Failure(.jsonMalformed, "a", "words"))
  }

  @Test func failuresSayWhere() {
    let failure = Failure(.jsonMalformed, "index.json", at: 3, "words")
    #expect(failure.description == "json.malformed (index.json at byte 3): words")
    #expect(failure.within("a.tar").description == "json.malformed (a.tar: index.json at byte 3): words")
    #expect(Failure(.jsonMalformed, "").within("a.tar").description == "json.malformed (a.tar)")
  }
}
