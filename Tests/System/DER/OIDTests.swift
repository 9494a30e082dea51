import DER
import Testing

@Suite struct OIDTests {
  @Test(arguments: [
    ("2a864886f70d", "1.2.840.113549", OID(1, 2, 840, 113549)), ("550403", "2.5.4.3", OID(2, 5, 4, 3)),
    ("00", "0.0", OID(0, 0)), ("27", "0.39", OID(0, 39)), ("28", "1.0", OID(1, 0)), ("50", "2.0", OID(2, 0)),
    ("8837", "2.999", OID(2, 999)),
    ("2b0601040183bf300108", "1.3.6.1.4.1.57264.1.8", OID(1, 3, 6, 1, 4, 1, 57264, 1, 8)),
  ])
  func spellsItsContents(hex: String, text: String, oid: OID) {
    let contents = unhex(hex)
    #expect(OID.isWellFormed(contents[...]))
    #expect(OID(contents: contents[...]).description == text)
    #expect(oid.contents == contents)
    #expect(oid == contents[...])
  }

  @Test(arguments: [
    "", "80", "8001", "2a80", "2a86", "2a8001", "2affffffffffffffffff7f", "2a81818181818181818100",
  ])
  func refusesContents(hex: String) {
    #expect(!OID.isWellFormed(unhex(hex)[...]))
  }
}
