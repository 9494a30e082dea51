import LogSnapshot
import Octets
import Reasons
import SignedNote

/// An entry as a pack holds it, integers big-endian:
///
///     1 version, 1 · 8 index in the tree · 4 length, body
///     1 whether a promise follows · 2 length, signature · 8 integrated time · 32 log ID · 8 index in the whole log
///     4 length, tlog-proof, 0 where there is none
struct EntryRecord: Hashable {
  private static let version: UInt8 = 1
  static let mostBytes = UInt32(CarriedEntry.mostBodyBytes + LogProof.mostBytes + 70_000)

  let index: UInt64
  let body: [UInt8]
  let promise: CarriedEntry.Promise?
  let proof: [UInt8]?

  init(index: UInt64, body: [UInt8], promise: CarriedEntry.Promise?, proof: [UInt8]?) {
    self.index = index
    self.body = body
    self.promise = promise
    self.proof = proof
  }

  init(decoding bytes: [UInt8]) throws(Failure) {
    var cursor = ByteCursor(bytes, of: "pack", failing: .logSnapshotMalformed)
    guard try cursor.byte() == Self.version else { throw cursor.failure("another version") }
    index = try cursor.bigEndian(8)
    body = Array(try cursor.take(Int(try cursor.bigEndian(4))))
    if try cursor.byte() == 1 {
      let signature = Array(try cursor.take(Int(try cursor.bigEndian(2))))
      let time = UnixTime(Int64(bitPattern: try cursor.bigEndian(8)))
      let logID = Array(try cursor.take(32))
      promise = CarriedEntry.Promise(
        signature: signature, integratedTime: time, logID: logID, logIndex: try cursor.bigEndian(8))
    } else {
      promise = nil
    }
    let proof = Array(try cursor.take(Int(try cursor.bigEndian(4))))
    self.proof = proof.isEmpty ? nil : proof
    guard cursor.isAtEnd else { throw cursor.failure("more than an entry") }
  }

  /// Nil where a part is longer than its length can say: a promise's signature beyond 64 KiB.
  var encoded: [UInt8]? {
    guard promise?.signature.count ?? 0 <= Int(UInt16.max) else { return nil }
    var bytes: [UInt8] = [Self.version]
    bytes += bigEndian(index, 8) + bigEndian(UInt64(body.count), 4) + body
    bytes.append(promise == nil ? 0 : 1)
    if let promise {
      bytes += bigEndian(UInt64(promise.signature.count), 2) + promise.signature
      bytes += bigEndian(UInt64(bitPattern: promise.integratedTime.seconds), 8) + promise.logID
      bytes += bigEndian(promise.logIndex, 8)
    }
    return bytes + bigEndian(UInt64(proof?.count ?? 0), 4) + (proof ?? [])
  }
}

func bigEndian(_ value: UInt64, _ size: Int) -> [UInt8] {
  (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (size - 1 - $0))) }
}
