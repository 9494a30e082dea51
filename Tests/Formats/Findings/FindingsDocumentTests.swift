import Base64
import Cryptography
import Findings
import Octets
import Reasons
import StrictJSON
import Testing

/// Findings become bytes and findings again, and nothing else becomes findings.
@Suite struct FindingsDocumentTests {
  private func written(_ findings: [Finding]) throws -> [UInt8] { try FindingsDocument.serialized(findings) }
  private func read(_ bytes: [UInt8]) throws -> [Finding] { try FindingsDocument.findings(parsing: bytes) }

  private func reason(_ bytes: [UInt8]) -> Reason? {
    do { _ = try read(bytes) } catch { return (error as? Failure)?.reason }
    return nil
  }

  @Test func everyShapeReturns() throws {
    let bytes = try written(SampleFindings.all)
    let findings = try read(bytes)
    #expect(try written(findings) == bytes)
    #expect(findings.count == SampleFindings.all.count)
    for (found, expected) in zip(findings, SampleFindings.all) {
      #expect(found.evidence == expected.evidence && found.carrier == expected.carrier)
      #expect(found.attachedTo == expected.attachedTo && found.kind == expected.kind)
      #expect(found.subjects == expected.subjects && found.anchor == expected.anchor)
      switch (found.outcome, expected.outcome) {
      case (.success(let found), .success(let expected)):
        #expect(found.signer == expected.signer && found.times == expected.times && found.log == expected.log)
        #expect(found.checks == expected.checks)
        #expect(found.statement?.statement == expected.statement?.statement)
        #expect(found.statement?.predicateType == expected.statement?.predicateType)
      case (.failure(let found), .failure(let expected)):
        #expect(found == expected && found.detail == expected.detail)
      default: Issue.record("another outcome")
      }
    }
    #expect(try read(written([])).isEmpty)
  }

  /// Text is what its bytes are: what is canonically equivalent stays apart.
  @Test func textsReturnByteForByte() throws {
    let names = ["e\u{301}", "\u{e9}", "\u{212a}", "\0\u{7f}\u{2028}"]
    let bytes = try written(
      names.map { SampleFindings.finding(.failure(Failure(.logFork, $0, $0)), anchor: .trustRoot($0)) })
    for (finding, name) in zip(try read(bytes), names) {
      guard case .failure(let failure) = finding.outcome, case .trustRoot(let root) = finding.anchor else {
        Issue.record("another shape")
        continue
      }
      for text in [failure.subject, failure.detail, root] { #expect(Array(text.utf8) == Array(name.utf8)) }
    }
  }

  // MARK: Mutations

  /// Every document that differs in one value or one member.
  private func mutations(of value: JSON) -> [JSON] {
    var mutations: [JSON] = [.null, .bool(true), .text("x"), .integer(7), .array([]), .object(JSONObject())]
    switch value {
    case .string(let text): mutations += [.string(text + [0x20]), .string(Array(text.dropLast()))]
    case .array(let elements):
      for (place, element) in elements.enumerated() {
        mutations += self.mutations(of: element).map { changed in
          var copy = elements
          copy[place] = changed
          return .array(copy)
        }
        mutations.append(.array(Array(elements[..<place] + elements[(place + 1)...])))
        mutations.append(.array(elements + [element]))
      }
    case .object(let object):
      for (place, member) in object.members.enumerated() {
        mutations += self.mutations(of: member.value).map { changed in
          var copy = object
          copy.members[place].value = changed
          return .object(copy)
        }
        var copy = object
        copy.members.remove(at: place)
        mutations.append(.object(copy))
        copy.append("renamed", member.value)
        mutations.append(.object(copy))
      }
      var copy = object
      copy.append("more", .null)
      mutations.append(.object(copy))
    default: break
    }
    return mutations.filter { $0 != value }
  }

  @Test func everyMutationIsRefusedOrSomethingElse() throws {
    let bytes = try written(SampleFindings.all)
    let document = try JSON(parsing: bytes, named: "findings")
    var refused = 0
    for mutation in mutations(of: document) {
      // Half a letter is no text.
      guard let changed = try? mutation.canonical() else { continue }
      do {
        let findings = try read(changed)
        // Read, and so something else: it has bytes of its own.
        let again = try written(findings)
        #expect(again == changed && again != bytes)
      } catch {
        let reason = (error as? Failure)?.reason
        #expect([.findingsMalformed, .blobDigestUnsupported, .jsonLimitExceeded].contains(reason), "\(error)")
        refused += 1
      }
    }
    #expect(refused > 1000)
  }

  @Test func anyOtherSpellingIsRefused() throws {
    let bytes = try written(SampleFindings.all)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(reason(bytes + [0x0a]) == .findingsMalformed)
    #expect(reason(try JSON(parsing: bytes, named: "").serialized(pretty: true)) == .findingsMalformed)
    for (one, other) in [
      (#""1700000000""#, #""+1700000000""#), (#""1700000000""#, #""01700000000""#),
      ("\"1.1 form\"", #""\u0031.1 form""#),
      (#""eyJhIjoxfQ==""#, #""eyJhIjoxfQ""#), ("assay-findings/1", "assay-findings/2"),
      ("signature.invalid", "signature.sound"), (#""9223372036854775807""#, #""9223372036854775808""#),
    ] {
      #expect(text.contains(one))
      #expect(reason(Array(text.replacing(one, with: other).utf8)) == .findingsMalformed, "\(other)")
    }
  }

  @Test func randomBytesAreNoFindings() throws {
    var random = SystemRandomNumberGenerator()
    let good = try written(SampleFindings.all)
    for _ in 0..<400 {
      let noise = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(reason(noise) != nil)
      var flipped = good
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        flipped[Int.random(in: flipped.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
      }
      if flipped != good, let findings = try? read(flipped) { #expect(try written(findings) == flipped) }
      #expect(reason(Array(good.prefix(Int.random(in: 0..<good.count, using: &random)))) != nil)
    }
  }

  // MARK: Bounds

  private func proven(_ change: (inout Proven) -> Void) -> Finding {
    var proven = SampleFindings.proven
    change(&proven)
    return SampleFindings.finding(.success(proven))
  }

  @Test func boundsHoldForWriterAndReader() throws {
    let text = String(repeating: "x", count: FindingsDocument.mostTextBytes)
    let subject = SampleFindings.image
    let good: [Finding] = [
      SampleFindings.finding(.failure(Failure(.logFork, text, text)), anchor: .trustRoot(text)),
      SampleFindings.finding(
        .success(SampleFindings.proven),
        subjects: Array(repeating: subject, count: FindingsDocument.mostSubjects)),
      proven { $0.checks = Array(repeating: Check(text, .passed), count: 2) },
      proven { $0.times = Array(repeating: $0.times[0], count: FindingsDocument.mostElements) },
    ]
    for finding in good { #expect(try read(written([finding])).count == 1) }
    let bad: [Finding] = [
      SampleFindings.finding(.failure(Failure(.logFork, text + "x", ""))),
      SampleFindings.finding(.failure(Failure(.logFork, "", text + "x"))),
      SampleFindings.finding(.failure(Failure(.logFork, "", "")), anchor: .trustRoot(text + "x")),
      SampleFindings.finding(.failure(Failure(.logFork, "", "")), kind: .attestation(predicateType: text + "x")),
      SampleFindings.finding(
        .failure(Failure(.logFork, "", "")),
        subjects: Array(repeating: subject, count: FindingsDocument.mostSubjects + 1)),
      proven { $0.checks = [Check("", .passed, text + "x")] },
      proven { $0.times = Array(repeating: $0.times[0], count: FindingsDocument.mostElements + 1) },
      proven { $0.statement = StatementFacts(predicateType: text + "x", statement: []) },
    ]
    for finding in bad {
      do {
        _ = try written([finding])
        Issue.record("written")
      } catch {
        #expect((error as? Failure)?.reason == .findingsMalformed)
      }
    }
  }

  @Test func aStatementIsBounded() throws {
    func finding(_ count: Int) -> Finding {
      proven { $0.statement = StatementFacts(predicateType: "t", statement: [UInt8](repeating: 0x20, count: count)) }
    }
    #expect(FindingsDocument.mostStatementBytes == 16 << 20)
    #expect(throws: Failure.self) { try written([finding(FindingsDocument.mostStatementBytes + 1)]) }
    #expect(throws: Failure.self) { try written([finding(FindingsDocument.mostStatementBytes + 3)]) }
  }

  /// The bound on all of them, at a smaller one.
  @Test func statementsAreBoundedTogether() throws {
    #expect(FindingsDocument.mostStatementBytesTogether == 64 << 20)
    let findings = (1...3).map { count in
      proven { $0.statement = StatementFacts(predicateType: "t", statement: [UInt8](repeating: 1, count: count)) }
    }
    let node = JSONNode(try FindingsDocument.json(findings), named: "findings", malformed: .findingsMalformed)
    #expect(try FindingsDocument.findings(in: node, statementBytes: 6).count == 3)
    #expect(throws: Failure(.findingsMalformed, "findings: [2].outcome.proven.statement.bytes")) {
      try FindingsDocument.findings(in: node, statementBytes: 5)
    }
  }
}
