import Octets
import Reasons
import TestSupport
import Testing

@Suite struct DERReaderTests {
  static func reason(_ body: () throws -> Void) -> Reason? {
    do {
      try body()
      return nil
    } catch {
      return (error as? Failure)?.reason
    }
  }

  static func reader(_ bytes: [UInt8]) -> DERReader { DERReader(bytes, of: "test", failing: .certificateMalformed) }

  @Test(
    arguments: [
      ([0x30, 0x00], 0), ([0x04, 0x01, 0xAA], 1), ([0x04, 0x81, 0x80] + [UInt8](repeating: 1, count: 128), 128),
      ([0x04, 0x82, 0x01, 0x00] + [UInt8](repeating: 1, count: 256), 256),
    ] as [([UInt8], Int)])
  func readsAnElement(bytes: [UInt8], length: Int) throws {
    var reader = Self.reader(bytes)
    let element = try reader.element()
    #expect(element.contents.count == length)
    #expect(element.whole == 0..<bytes.count)
    #expect(reader.isAtEnd)
  }

  @Test(
    "One value has one encoding, and nothing is read past the end",
    arguments: [
      ("empty", []), ("a tag alone", [0x30]), ("contents cut off", [0x04, 0x02, 0xAA]),
      ("an indefinite length", [0x30, 0x80, 0x00, 0x00]),
      ("a length in two octets too many", [0x04, 0x81, 0x01, 0xAA]),
      ("a leading zero in the length", [0x04, 0x82, 0x00, 0x80] + [UInt8](repeating: 1, count: 128)),
      ("a length cut off", [0x04, 0x82, 0x01]), ("five octets of length", [0x04, 0x85, 1, 1, 1, 1, 1]),
      ("a length of 4 GiB", [0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]), ("a high tag number", [0x1F, 0x01, 0x00]),
    ] as [(String, [UInt8])])
  func refusesOtherEncodings(name: String, bytes: [UInt8]) {
    #expect(
      Self.reason {
        var reader = Self.reader(bytes)
        _ = try reader.element()
      } == .certificateMalformed)
  }

  @Test func staysInsideAnElement() throws {
    // The inner element's length reaches into what follows the outer one.
    var reader = Self.reader([0x30, 0x03, 0x04, 0x02, 0xAA, 0xBB])
    var inner = try reader.sequence("outer")
    #expect(throws: Failure.self) { _ = try inner.element() }
  }

  @Test(arguments: [[], [0x00, 0x7F], [0xFF, 0x80]] as [[UInt8]])
  func refusesIntegersThatAreNotMinimal(contents: [UInt8]) {
    #expect(
      Self.reason {
        var reader = Self.reader(DERWriter.element(0x02, contents))
        _ = try reader.integer("test")
      } == .certificateMalformed)
  }

  @Test(arguments: [[0x00, 0x80], [0x7F], [0xFF, 0x7F], [0x80]] as [[UInt8]])
  func readsMinimalIntegers(contents: [UInt8]) throws {
    var reader = Self.reader(DERWriter.element(0x02, contents))
    #expect(try reader.integer("test").elementsEqual(contents))
  }

  @Test(arguments: [[0xFF], [0x00, 0x80, 0, 0, 0]] as [[UInt8]])
  func refusesSmallIntegersOutOfRange(contents: [UInt8]) {
    #expect(
      Self.reason {
        var reader = Self.reader(DERWriter.element(0x02, contents))
        _ = try reader.smallInteger("test")
      } == .certificateMalformed)
  }

  @Test(arguments: [[], [0x01], [0x00, 0x00]] as [[UInt8]])
  func refusesOtherBooleans(contents: [UInt8]) {
    #expect(
      Self.reason {
        var reader = Self.reader(DERWriter.element(0x01, contents))
        _ = try reader.boolean("test")
      } == .certificateMalformed)
  }

  @Test(arguments: [[], [0x80, 0x01], [0x2A, 0x86], [0x2A] + [UInt8](repeating: 0x81, count: 9) + [0]] as [[UInt8]])
  func refusesObjectIdentifiersThatAreNone(contents: [UInt8]) {
    #expect(
      Self.reason {
        var reader = Self.reader(DERWriter.element(0x06, contents))
        _ = try reader.objectIdentifier("test")
      } == .certificateMalformed)
  }

  @Test(arguments: ["1.2.840.113549.1.9.16.1.4", "2.5.29.17", "2.999.3", "0.9.2342", "1.3.6.1.4.1.57264.1.8"])
  func spellsObjectIdentifiers(text: String) throws {
    var reader = Self.reader(DERWriter.oid(text))
    #expect(OID(contents: try reader.objectIdentifier("test")).description == text)
  }

  @Test func encodesObjectIdentifiers() {
    #expect(OID(1, 2, 840, 113549, 1, 7, 2).contents == [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02])
  }

  @Test func finishesOnlyAtTheEnd() {
    #expect(
      Self.reason {
        var reader = Self.reader([0x05, 0x00, 0x05, 0x00])
        _ = try reader.element()
        try reader.finish("test")
      } == .certificateMalformed)
  }
}
