import Octets
import Reasons
import Testing

@Suite struct ByteCursorTests {
  static func cursor(_ bytes: [UInt8]) -> ByteCursor { ByteCursor(bytes, of: "token", failing: .timestampMalformed) }

  @Test func readsForward() throws {
    var cursor = Self.cursor([1, 2, 3, 4, 5, 6])
    #expect(try cursor.byte() == 1)
    #expect(try Array(cursor.take(2)) == [2, 3])
    #expect(try cursor.take(0).isEmpty)
    #expect(cursor.remaining == 3)
    #expect(try cursor.bigEndian(3) == 0x040506)
    #expect(cursor.isAtEnd)
    #expect(cursor.position == 6)
  }

  @Test func bigEndianTakesEightBytes() throws {
    var cursor = Self.cursor([0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8])
    #expect(try cursor.bigEndian(8) == 0xfffe_fdfc_fbfa_f9f8)
  }

  @Test func neverPassesTheEnd() throws {
    var cursor = Self.cursor([1, 2])
    _ = try cursor.byte()
    let expected = Failure(.timestampMalformed, "token", at: 1)
    #expect(throws: expected) { try cursor.take(2) }
    #expect(throws: expected) { try cursor.take(.max) }
    #expect(throws: expected) { try cursor.take(-1) }
    #expect(throws: expected) { try cursor.bigEndian(2) }
    // A short read takes nothing.
    #expect(try cursor.byte() == 2)
    #expect(throws: Failure(.timestampMalformed, "token", at: 2)) { try cursor.byte() }
    #expect(cursor.failure("words") == Failure(.timestampMalformed, "token", at: 2))
  }
}
