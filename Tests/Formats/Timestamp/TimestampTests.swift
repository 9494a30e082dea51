import DER
import Cryptography
import Octets
import Reasons
import TestSupport
import Testing
import Timestamp

@Suite struct TimestampTests {
  static func reason(_ body: () throws -> Void) -> Reason? {
    do {
      try body()
      return nil
    } catch {
      return (error as? Failure)?.reason
    }
  }

  static func infoReason(_ bytes: [UInt8]) -> Reason? { reason { _ = try TimestampInfo(parsing: bytes) } }
  static func responseReason(_ bytes: [UInt8]) -> Reason? { reason { _ = try TimestampResponse(parsing: bytes) } }

  // MARK: The statement

  @Test func readsWhatIsThere() throws {
    var sketch = TokenSketch()
    sketch.infoTail =
      DERWriter.sequence(DERWriter.integer(2), [0x80, 1, 3], [0x81, 1, 4]) + DERWriter.boolean(true)
      + DERWriter.integer(42) + DERWriter.element(0xA0, [1, 2])
      + DERWriter.element(0xA1, DERWriter.sequence(DERWriter.oid("1.2.3"), DERWriter.octets([])))
    let info = try TimestampInfo(parsing: sketch.statement)
    #expect(info.imprintAlgorithm == .sha256)
    #expect(info.imprint == [UInt8](repeating: 7, count: 32))
    #expect(info.time == UnixTime(1_785_585_600))
    #expect(info.accuracy?.seconds == 2)
    #expect(info.accuracy?.milliseconds == 3)
    #expect(info.accuracy?.microseconds == 4)
    #expect(info.isOrdered)
    #expect(info.nonce == [42])
    #expect(info.serial == [5])
    #expect(info.policy.description == "1.3.6.1.4.1.57264.2")
  }

  @Test(arguments: [
    ("2.16.840.1.101.3.4.2.1", HashAlgorithm.sha256), ("2.16.840.1.101.3.4.2.2", .sha384),
    ("2.16.840.1.101.3.4.2.3", .sha512),
  ])
  func readsImprints(identifier: String, algorithm: HashAlgorithm) throws {
    for null in [false, true] {
      var sketch = TokenSketch()
      sketch.imprintAlgorithm = DERWriter.algorithm(identifier, null: null)
      sketch.imprint = [UInt8](repeating: 1, count: algorithm.size)
      #expect(try TimestampInfo(parsing: sketch.statement).imprintAlgorithm == algorithm)
    }
  }

  static let departures: [Departure<TokenSketch>] = [
    Departure("another version") { $0.infoVersion = 2 },
    Departure("a short imprint") { $0.imprint.removeLast() },
    Departure("a long imprint") { $0.imprint.append(0) },
    Departure("a hash with parameters") {
      $0.imprintAlgorithm = DERWriter.sequence(DERWriter.oid("2.16.840.1.101.3.4.2.1"), DERWriter.integer(1))
    },
    Departure("NULL with contents") {
      $0.imprintAlgorithm = DERWriter.sequence(DERWriter.oid("2.16.840.1.101.3.4.2.1"), [5, 1, 0])
    },
    Departure("UTCTime") { $0.time = DERWriter.element(0x17, Array("260801120000Z".utf8)) },
    Departure("a time of no day") { $0.time = DERWriter.time("20260231120000Z") },
    Departure("an explicit default") { $0.infoTail = DERWriter.boolean(false) },
    Departure("milliseconds of 0") { $0.infoTail = DERWriter.sequence([0x80, 1, 0]) },
    Departure("milliseconds of 1000") { $0.infoTail = DERWriter.sequence([0x80, 2, 3, 0xE8]) },
    Departure("microseconds of 1000") { $0.infoTail = DERWriter.sequence([0x81, 2, 3, 0xE8]) },
    Departure("negative seconds") { $0.infoTail = DERWriter.sequence([0x02, 1, 0xFF]) },
    Departure("an unknown part of the accuracy") { $0.infoTail = DERWriter.sequence([0x82, 1, 1]) },
    Departure("fields out of order") { $0.infoTail = DERWriter.integer(1) + DERWriter.boolean(true) },
    Departure("an unknown field") { $0.infoTail = DERWriter.octets([1]) },
    Departure("a critical extension") {
      $0.infoTail = DERWriter.element(
        0xA1, DERWriter.sequence(DERWriter.oid("1.2.3"), DERWriter.boolean(true), DERWriter.octets([])))
    },
    Departure("an extension without value") {
      $0.infoTail = DERWriter.element(0xA1, DERWriter.sequence(DERWriter.oid("1.2.3")))
    },
    Departure("no sequence") { $0.content = [0x04, 0x00] },
    Departure("data behind") { $0.content = $0.statement + [5, 0] },
  ]

  @Test("Each departure from TSTInfo is refused", arguments: departures)
  func refuses(departure: Departure<TokenSketch>) {
    var sketch = TokenSketch()
    #expect(Self.infoReason(sketch.statement) == nil)
    departure.apply(&sketch)
    #expect(Self.infoReason(sketch.statement) == .timestampMalformed)
  }

  @Test func tellsOtherHashesFromDamage() {
    var sketch = TokenSketch()
    sketch.imprintAlgorithm = DERWriter.algorithm("1.3.14.3.2.26", null: true)
    sketch.imprint = [UInt8](repeating: 1, count: 20)
    #expect(Self.infoReason(sketch.statement) == .signatureAlgorithmUnsupported)
  }

  @Test("Every cut and every changed byte is refused or read, never fatal")
  func survivesDamage() {
    var sketch = TokenSketch()
    sketch.infoTail = DERWriter.sequence(DERWriter.integer(2), [0x80, 1, 3]) + DERWriter.boolean(true)
    let sound = sketch.statement
    for count in 0..<sound.count { #expect(Self.infoReason(Array(sound.prefix(count))) != nil) }
    var refused = 0
    for place in sound.indices {
      for value in [0x00, 0x7F, 0x80, 0xFF] as [UInt8] where sound[place] != value {
        var damaged = sound
        damaged[place] = value
        if Self.infoReason(damaged) != nil { refused += 1 }
      }
    }
    #expect(refused > sound.count)
  }

  // MARK: The response

  @Test(arguments: [0, 1, nil] as [UInt8?])
  func findsTheToken(status: UInt8?) throws {
    var sketch = TokenSketch()
    sketch.status = nil
    let token = sketch.token { _ in [9] }
    sketch.status = status
    #expect(try TimestampResponse(parsing: sketch.token { _ in [9] }).token == token)
  }

  @Test func passesOverWordsInTheStatus() throws {
    let token = DERWriter.sequence(DERWriter.oid("1.2.3"))
    let status = DERWriter.sequence(
      DERWriter.integer(1), DERWriter.sequence(DERWriter.utf8("mostly")), DERWriter.bits([1]))
    #expect(try TimestampResponse(parsing: DERWriter.sequence(status, token)).token == token)
    let odd = DERWriter.sequence(DERWriter.integer(1), DERWriter.utf8("mostly"))
    #expect(Self.responseReason(DERWriter.sequence(odd, token)) == .timestampMalformed)
  }

  static let ungranted: [Departure<TokenSketch>] = [
    Departure("rejected") { $0.status = 2 },
    Departure("waiting") { $0.status = 3 },
    Departure("data behind the token") { $0.behindToken = [5, 0] },
  ]

  @Test(arguments: ungranted)
  func refusesResponses(departure: Departure<TokenSketch>) {
    var sketch = TokenSketch()
    departure.apply(&sketch)
    #expect(Self.responseReason(sketch.token { _ in [9] }) == .timestampMalformed)
  }

  @Test func refusesOtherResponses() {
    let granted = DERWriter.sequence(DERWriter.integer(0))
    #expect(Self.responseReason(DERWriter.sequence(granted)) == .timestampMalformed)
    #expect(Self.responseReason(TokenSketch().token { _ in [9] } + [0]) == .timestampMalformed)
    #expect(Self.responseReason([]) == .timestampMalformed)
  }

  @Test func refusesWhatIsTooLarge() {
    // Well formed: only its size speaks against it.
    func response(filler: Int) -> [UInt8] {
      DERWriter.sequence(
        DERWriter.sequence(DERWriter.integer(0)), DERWriter.sequence([UInt8](repeating: 0, count: filler)))
    }
    let most = TimestampResponse.sizeLimit - 13
    #expect(response(filler: most).count == TimestampResponse.sizeLimit)
    #expect(Self.responseReason(response(filler: most)) == nil)
    #expect(Self.responseReason(response(filler: most + 1)) == .timestampMalformed)
  }

  // MARK: Times

  @Test(
    arguments: [
      ("20260801120000Z", 1_785_585_600), ("20260801120000.5Z", 1_785_585_600), ("19691231235959Z", -1),
      ("20240229000000.001Z", 1_709_164_800),
    ] as [(String, Int64)])
  func readsTimes(text: String, seconds: Int64) {
    #expect(UnixTime(generalizedTime: Array(text.utf8)[...]) == UnixTime(seconds))
  }

  @Test(arguments: [
    "", "Z", "20260801120000", "20260801120000+0000", "202608011200Z", "20260801120000.Z", "20260801120000.50Z",
    "20260801120000.0Z", "20260801120000,5Z", "20260801120000.5.5Z", "20260801120060Z", "20260801240000Z",
    "20260229000000Z", "20261301000000Z", "2026-801120000Z", "20260801120000z", "20260801120000.5",
  ])
  func refusesOtherTimes(text: String) {
    #expect(UnixTime(generalizedTime: Array(text.utf8)[...]) == nil)
  }
}
