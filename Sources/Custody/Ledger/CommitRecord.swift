package import Cryptography
package import Octets

/// What the caller states with a commit beside its leaves.
package struct CommitState: Hashable, Sendable {
  /// SHA-256 over the view that the leaves lead to, of the caller's making.
  package let stateRoot: [UInt8]
  /// The counter that withdraws old systems.
  package let policyVersion: UInt64
  /// No earlier than this, by signed evidence.
  package let timeFloor: UnixTime

  /// - Parameter stateRoot: 32 bytes.
  package init(stateRoot: [UInt8], policyVersion: UInt64, timeFloor: UnixTime) {
    self.stateRoot = stateRoot
    self.policyVersion = policyVersion
    self.timeFloor = timeFloor
  }
}

/// One step of the ledger: the tree behind it, and the anchor before it. docs/formats/CommitProtocol.md.
///
/// The anchor behind it is SHA-256(anchor before || SHA-256(body)), so that a body names its whole past.
package struct CommitRecord: Hashable, Sendable {
  static let magic = Array("assay-commit-v1\n".utf8)
  /// Bytes of a body: every field has a fixed size.
  package static let bodySize = 160
  package static let storeIDSize = 16
  package static let hashSize = 32

  package let storeID: [UInt8]
  /// 1 for the first.
  package let number: UInt64
  /// Leaves in the tree.
  package let size: UInt64
  /// RFC 6962 root hash.
  package let root: [UInt8]
  package let state: CommitState
  package let previousAnchor: [UInt8]

  init(
    storeID: [UInt8], number: UInt64, size: UInt64, root: [UInt8], state: CommitState, previousAnchor: [UInt8]
  ) {
    self.storeID = storeID
    self.number = number
    self.size = size
    self.root = root
    self.state = state
    self.previousAnchor = previousAnchor
  }

  /// Nil where the bytes are no body. Whether they are the store's is the caller's to ask.
  init?(decoding body: [UInt8]) {
    guard body.count == Self.bodySize, body.starts(with: Self.magic) else { return nil }
    var position = Self.magic.count
    func take(_ count: Int) -> [UInt8] {
      defer { position += count }
      return Array(body[position..<position + count])
    }
    func number() -> UInt64 { take(8).reduce(0) { $0 << 8 | UInt64($1) } }
    storeID = take(Self.storeIDSize)
    self.number = number()
    size = number()
    root = take(Self.hashSize)
    let stateRoot = take(Self.hashSize)
    let policyVersion = number()
    let timeFloor = UnixTime(Int64(bitPattern: number()))
    state = CommitState(stateRoot: stateRoot, policyVersion: policyVersion, timeFloor: timeFloor)
    previousAnchor = take(Self.hashSize)
  }

  package var body: [UInt8] {
    var body = Self.magic + storeID
    func append(_ value: UInt64) {
      for shift in stride(from: 56, through: 0, by: -8) {
        body.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
      }
    }
    append(number)
    append(size)
    body += root
    body += state.stateRoot
    append(state.policyVersion)
    append(UInt64(bitPattern: state.timeFloor.seconds))
    return body + previousAnchor
  }

  /// What is signed, and what the anchor is extended with.
  package var digest: ComputedDigest { Cryptography.digest(body) }

  /// The anchor's value behind this record.
  package var anchor: [UInt8] { Cryptography.digest(previousAnchor + digest.bytes).bytes }
}

/// A record as it is stored: with its signature, and what chose the key of its rows.
struct SignedCommit: Hashable {
  let record: CommitRecord
  /// Random, `AuthenticatedEncryption.saltSize` bytes.
  let salt: [UInt8]
  /// ECDSA, DER, over the record's digest.
  let signature: [UInt8]
}
