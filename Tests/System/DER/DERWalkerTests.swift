import DER
import TestSupport
import Testing

@Suite struct DERWalkerTests {
  @Test(
    arguments: [
      ([0x30, 0x00], 0), ([0x04, 0x01, 0xAA], 1), ([0x04, 0x81, 0x80] + [UInt8](repeating: 1, count: 128), 128),
      ([0x04, 0x82, 0x01, 0x00] + [UInt8](repeating: 1, count: 256), 256),
    ] as [([UInt8], Int)])
  func readsAnElement(bytes: [UInt8], length: Int) throws {
    var walker = DERWalker(bytes)
    let element = try walker.element()
    #expect(element.contents.count == length)
    #expect(element.whole == 0..<bytes.count)
    #expect(walker.isAtEnd)
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
    #expect(throws: DERError.self) {
      var walker = DERWalker(bytes)
      _ = try walker.element()
    }
  }

  @Test func staysInsideAnElement() throws {
    // The inner element's length reaches into what follows the outer one.
    var walker = DERWalker([0x30, 0x03, 0x04, 0x02, 0xAA, 0xBB])
    var inner = walker.inside(try walker.element())
    #expect(throws: DERError.self) { _ = try inner.element() }
  }

  @Test(arguments: [[], [0x00, 0x7F], [0xFF, 0x80]] as [[UInt8]])
  func refusesIntegersThatAreNotMinimal(contents: [UInt8]) {
    #expect(throws: DERError.self) {
      var walker = DERWalker(DERWriter.element(0x02, contents))
      _ = try walker.integer("test")
    }
  }

  @Test(arguments: [[0x00, 0x80], [0x7F], [0xFF, 0x7F], [0x80]] as [[UInt8]])
  func readsMinimalIntegers(contents: [UInt8]) throws {
    var walker = DERWalker(DERWriter.element(0x02, contents))
    #expect(try walker.integer("test").elementsEqual(contents))
  }

  @Test(arguments: [[0xFF], [0x00, 0x80, 0, 0, 0]] as [[UInt8]])
  func refusesSmallIntegersOutOfRange(contents: [UInt8]) {
    #expect(throws: DERError.self) {
      var walker = DERWalker(DERWriter.element(0x02, contents))
      _ = try walker.smallInteger("test")
    }
  }

  @Test(arguments: [[], [0x01], [0x00, 0x00]] as [[UInt8]])
  func refusesOtherBooleans(contents: [UInt8]) {
    #expect(throws: DERError.self) {
      var walker = DERWalker(DERWriter.element(0x01, contents))
      _ = try walker.boolean("test")
    }
  }

  @Test func readsObjectIdentifiersThatAreSome() throws {
    var walker = DERWalker([0x06, 0x01, 0x2A, 0x06, 0x01, 0x80])
    #expect(try walker.objectIdentifier("test") == [0x2A])
    #expect(throws: DERError.self) { try walker.objectIdentifier("test") }
  }

  @Test func finishesOnlyAtTheEnd() {
    #expect(throws: DERError.self) {
      var walker = DERWalker([0x05, 0x00, 0x05, 0x00])
      _ = try walker.element()
      try walker.finish("test")
    }
  }

  @Test(arguments: [
    ("a byte", "30"), ("length cut off", "3081"), ("contents cut off", "300105"),
    ("long length for a short value", "308100"),
    ("length with a leading zero", "30820001ff"), ("length of 5 bytes", "308500000000010500"),
    ("indefinite", "30800000"), ("tag of several bytes", "3f2001ff"), ("behind the end", "05000500"),
    ("inner value longer than the outer", "30020501"), ("inner tag without length", "300105"),
  ])
  func refusesWhatIsNotWellFormed(what: String, hex: String) {
    #expect(throws: DERError.self, "\(what)") { try DERWalker.checkWellFormed(unhex(hex), "value") }
  }

  @Test func boundsDepth() throws {
    func nested(_ depth: Int) -> [UInt8] { (0..<depth).reduce([]) { inner, _ in DERWriter.element(0x30, inner) } }
    _ = try DERWalker.checkWellFormed(nested(DERWalker.depthLimit), "value")
    #expect(throws: DERError.self) {
      try DERWalker.checkWellFormed(nested(DERWalker.depthLimit + 1), "value")
    }
  }
}
