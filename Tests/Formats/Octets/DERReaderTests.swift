import DER
import Octets
import Reasons
import TestSupport
import Testing

/// What `DERReader` adds to `DERWalker`: whose bytes they are, what that means, and where.
@Suite struct DERReaderTests {
  static let operations:
    [(name: String, bytes: [UInt8], offset: UInt64, read: @Sendable (inout DERReader) throws -> Void)] = [
      ("element", [0x04], 0, { _ = try $0.element() }),
      ("element of a tag", [0x05, 0], 0, { _ = try $0.element(DERTag.set, "test") }),
      ("optional", [0x05], 0, { _ = try $0.optional(DERTag.null) }),
      ("sequence", [0x05, 0], 0, { _ = try $0.sequence("test") }),
      (
        "inside", [0x30, 1, 0x05], 2,
        { reader in
          var inside = try reader.sequence("test")
          _ = try inside.element()
        }
      ),
      ("objectIdentifier", [0x06, 0], 2, { _ = try $0.objectIdentifier("test") }),
      ("octetString", [0x05, 0], 0, { _ = try $0.octetString("test") }),
      ("integer", [0x02, 0], 2, { _ = try $0.integer("test") }),
      ("smallInteger", [0x02, 1, 0x80], 3, { _ = try $0.smallInteger("test") }),
      ("boolean", [0x01, 0], 2, { _ = try $0.boolean("test") }),
      ("finish", [0x05], 0, { try $0.finish("test") }),
      ("failure", [], 0, { throw $0.failure("test") }),
    ]

  @Test(arguments: operations.indices)
  func namesTheDocument(index: Int) throws {
    let operation = Self.operations[index]
    var reader = DERReader(operation.bytes, of: "somebody’s", failing: .certificateMalformed)
    let failure = #expect(throws: Failure.self, "\(operation.name)") { try operation.read(&reader) }
    #expect(failure?.reason == .certificateMalformed && failure?.subject == "somebody’s", "\(operation.name)")
    #expect(failure?.offset == operation.offset, "\(operation.name)")
  }
}
