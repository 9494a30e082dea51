import Cryptography
package import Octets
package import Reasons

/// What one leaf of the ledger says: one event, and when the machine's clock claimed that it was. Inert: a leaf is
/// history only where the ledger, or a proof under its checkpoint, says so.
///
///     01              format
///     03              kind: verdict
///     0000000068…     the clock's claim, seconds since 1970, eight bytes
///     …               the kind's fields, docs/formats/LedgerLeaf.md
///
/// Integers are big-endian; texts, byte strings and lists begin with a count of two bytes. One value has one encoding.
package struct LedgerLeaf: Hashable, Sendable {
  /// Bytes of a whole leaf: what an entry of C2SP tlog-tiles can hold, whose length has two bytes.
  package static let mostBytes = 65_535
  /// Bytes of an object (a trust root, a policy) that its leaf carries; larger ones go by their digest alone.
  package static let mostContent = 60_000
  /// Bytes of a text.
  package static let mostText = 1_024
  /// Items of a list; a digest takes up to 65 bytes.
  package static let mostItems = 800
  /// Bytes of a signed statement, a note or a signature.
  package static let mostStatement = 16_384
  /// Bytes of a SubjectPublicKeyInfo: RSA-4096 has 550.
  package static let mostKey = 1_024
  package static let storeIDSize = 16
  /// SHA-256.
  package static let hashSize = 32
  static let format: UInt8 = 1

  /// What the machine's clock said; a claim, never a proof of time.
  package let claimed: UnixTime
  package let event: LedgerEvent

  package init(claimed: UnixTime, _ event: LedgerEvent) {
    self.claimed = claimed
    self.event = event
  }

  /// - Throws: `ledger.leaf-malformed`, with the offset in `bytes`.
  package init(decoding bytes: [UInt8], named subject: String = "ledger leaf") throws(Failure) {
    guard bytes.count <= Self.mostBytes else {
      throw Failure(.ledgerLeafMalformed, subject, "\(bytes.count) bytes; at most \(Self.mostBytes) are read")
    }
    var reader = LeafReader(bytes, named: subject)
    let format = try reader.byte()
    guard format == Self.format else { throw reader.failure("format \(format), where this version reads 1") }
    let kind = try reader.code(LedgerEvent.Kind.self)
    claimed = try reader.time()
    event = try LedgerEvent(kind, reading: &reader)
    try reader.finish()
  }

  /// The leaf's one encoding.
  /// - Throws: `ledger.leaf-malformed` where a value is beyond the format's bounds.
  package func encoded() throws(Failure) -> [UInt8] {
    var writer = LeafWriter()
    writer.byte(Self.format)
    writer.code(event.kind)
    writer.time(claimed)
    try event.write(to: &writer)
    guard writer.bytes.count <= Self.mostBytes else {
      throw Failure(.ledgerLeafMalformed, "ledger leaf", "\(writer.bytes.count) bytes; at most \(Self.mostBytes) fit")
    }
    return writer.bytes
  }

  /// A text of any origin as leaves hold it: control characters become U+FFFD, and what is too long ends in an ellipsis.
  package static func text(_ text: String) -> [UInt8] {
    let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }
    var bytes: [UInt8] = []
    for scalar in scalars {
      let next = Array(String(Character(scalar)).utf8)
      guard bytes.count + next.count <= mostText - 3 else { return bytes + Array("…".utf8) }
      bytes += next
    }
    return bytes
  }

  static func isText(_ bytes: [UInt8]) -> Bool {
    guard (try? UTF8Span(validating: bytes.span)) != nil else { return false }
    return !String(decoding: bytes, as: UTF8.self).unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}

/// Distinct digests, sorted by algorithm and bytes: a set has one encoding.
package struct DigestSet: Hashable, Sendable {
  package let digests: [ClaimedDigest]

  package init(_ digests: [ClaimedDigest]) {
    func precedes(_ one: ClaimedDigest, _ other: ClaimedDigest) -> Bool {
      one.algorithm == other.algorithm
        ? one.bytes.lexicographicallyPrecedes(other.bytes) : one.algorithm.size < other.algorithm.size
    }
    var sorted: [ClaimedDigest] = []
    for digest in digests.sorted(by: precedes) where sorted.last != digest { sorted.append(digest) }
    self.digests = sorted
  }
}
