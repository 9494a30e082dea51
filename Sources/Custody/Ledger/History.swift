import Cryptography
import MerkleTree
import SQLite

/// A ledger's contents, proven to be one history: each record follows from the one before, and the leaves are the last
/// one's. Whether it is the newest only the anchor knows.
struct History: Sendable {
  private(set) var tree: GrowingTree
  private(set) var commits: CommitChain

  enum Damage: Error {
    case finding(Finding)
    /// The file, or the disk below it.
    case sqlite(SQLiteError)
    /// Anything else that is not the history's fault.
    case machine(LedgerError)
  }

  /// Of a store that has no commit yet.
  init() {
    tree = GrowingTree()
    commits = CommitChain()
  }

  /// Reads and proves the leaves of a chain, in the order of docs/formats/CommitProtocol.md, Reading.
  /// - Parameter visit: sees each leaf in order, before anything is proven of the whole.
  init(
    _ commits: CommitChain, _ file: LedgerFile, key: PublicKey, cipher: RowCipher, visit: (UInt64, [UInt8]) -> Void
  ) throws(Damage) {
    self.commits = commits
    tree = GrowingTree()
    guard let last = commits.last else { throw .finding(.fileAltered("it holds no commit")) }
    try Self.verify(last, key)
    let rows = try sqlite { () throws(SQLiteError) in try file.rows() }
    while try sqlite({ () throws(SQLiteError) in try rows.step() }) {
      let (position, row) = try sqlite { () throws(SQLiteError) in (try rows.integer(0), try rows.blob(1)) }
      let index = tree.size
      guard position == index, index < last.record.size else {
        throw .finding(.treeAltered(number: last.record.number))
      }
      guard let leaf = try? cipher.open(row, at: index, salt: commits.salt(ofLeafAt: index)) else {
        throw .finding(.leafAltered(index: index))
      }
      tree.append(leaf)
      visit(index, leaf)
    }
    guard tree.size == last.record.size, tree.root == last.record.root else {
      throw .finding(.treeAltered(number: last.record.number))
    }
  }

  /// Adds a commit whose leaves are in the tree already.
  mutating func append(_ commit: SignedCommit) { commits.append(commit) }

  mutating func append(leaf: [UInt8]) { tree.append(leaf) }

  /// Takes back leaves of a commit that came to nothing.
  mutating func forgetUncommitted() { tree.truncate(to: commits.last?.record.size ?? 0) }

  static func verify(_ commit: SignedCommit, _ key: PublicKey) throws(Damage) {
    do throws(CryptographyError) {
      try key.verify(commit.signature, digest: commit.record.digest, .ecdsa(.sha256))
    } catch {
      throw .finding(.signatureInvalid(number: commit.record.number))
    }
  }
}

func sqlite<Value>(_ body: () throws(SQLiteError) -> Value) throws(History.Damage) -> Value {
  do throws(SQLiteError) { return try body() } catch { throw .sqlite(error) }
}
