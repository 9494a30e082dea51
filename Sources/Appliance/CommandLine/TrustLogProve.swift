import ArgumentParser
import LogHistory
import LogSnapshot
import LogStore
import MerkleTree
import Octets
import Reasons
import Roles
import SignedNote
import Store

/// `assay trust log prove`
struct TrustLogProve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that an entry is in a log, for people without this machine.",
    discussion: """
      Writes a C2SP tlog-proof: the path from the entry up to a checkpoint that the log signed, with every signature \
      line that the checkpoint came with. Any tool that has the log's key can check it. The checkpoint is the newest \
      accepted one, or the one that came with the entry's own proof. Its extra data is the entry's body, where that \
      is carried and not too long: SHA-256 over a zero byte and the body is the leaf hash.

        assay trust log prove sha256:9f86d0… --output x.tlog-proof
        assay trust log prove 27246492 --log 'rekor.sigstore.dev - 1193050959916656506' --output x.tlog-proof
      """)

  @Argument(help: .init("The entry's index in its tree, or sha256:… of what it says was signed.", valueName: "ENTRY"))
  var entry: String
  @Option(help: .init("The log's origin, where several are known.", valueName: "ORIGIN")) var log: String?
  @Option(help: .init("Write to this file, not to standard output.", valueName: "FILE")) var output: String?
  @OptionGroup var state: StateOptions

  /// Bytes of a body that goes along: a proof with it is within what LogProof reads.
  private static let mostExtra = 32 << 10

  private struct Proven {
    let log: AcceptedLogs.Log
    let leafHash: [UInt8]
    let body: [UInt8]?
    let proof: InclusionProof
    let note: [UInt8]?
  }

  func run() throws {
    let logs = try AcceptedLogs(try state.running())
    let chosen = try Self.choose(logs.logs, named: log)
    let proven: Proven
    if let index = UInt64(entry) {
      guard chosen.count == 1 else { throw UsageMistake("An index is of one log: name it with --log ORIGIN.") }
      proven = try prove(index, in: chosen[0])
    } else {
      proven = try prove(
        try TrustLogFind.digest(entry, "An entry is named by its index, or by what was signed"), chosen)
    }
    let name = "entry \(proven.proof.index) of \(printable(proven.log.origin, limit: 100))"
    guard let note = proven.note else {
      throw Failure(
        .logSnapshotEntryUnproven, name,
        "it is proven in the state of \(proven.proof.size) entries, whose signed note is not kept")
    }
    // Of an earlier state, the note lay on the disk.
    try logs.verify(note, named: name)
    let extra = proven.body.flatMap { $0.count <= Self.mostExtra ? $0 : nil }
    let proof = try LogProof(index: proven.proof.index, path: proven.proof.path, checkpoint: note, extra: extra)
    try OutputFile.write(proof.serialized(), to: output)
    Voice.say(
      "\(name), leaf hash \(Hex.encode(proven.leafHash)), in the tree of \(Quantity.count(proven.proof.size, "entry", "entries"))"
    )
  }

  /// - Parameter name: an origin; nil where none was given.
  static func choose(_ logs: [AcceptedLogs.Log], named name: String?) throws -> [AcceptedLogs.Log] {
    guard let name else { return logs }
    let chosen = logs.filter { $0.origin.elementsEqual(name.utf8) }
    guard !chosen.isEmpty else {
      throw UsageMistake("No log of the origin “\(name)” is known: assay trust log status.")
    }
    return chosen
  }

  private func prove(_ digest: ClaimedDigest, _ logs: [AcceptedLogs.Log]) throws -> Proven {
    let found = logs.flatMap { log in log.kept.entries(signing: digest).entries.map { (log: log, entry: $0) } }
    guard let (log, entry) = found.first else {
      throw Failure(.logEntryMissing, "\(digest)", "no carried entry says that this was signed")
    }
    guard found.count == 1 else {
      let all = found.map { "\($0.entry.leaf.index) --log '\(printable($0.log.origin, limit: 100))'" }
      throw UsageMistake("Several entries say so; name one: \(all.joined(separator: ", "))")
    }
    return Self.proven(log, entry)
  }

  private func prove(_ index: UInt64, in log: AcceptedLogs.Log) throws -> Proven {
    let (kept, shown) = (log.kept, printable(log.origin, limit: 100))
    guard index < kept.accepted.head.size else {
      throw UsageMistake(
        "“\(shown)” has \(kept.accepted.head.size) entries in its newest accepted state, numbered from 0.")
    }
    var leaf: KeptLeaf?
    kept.forEachLeaf(in: index..<index + 1) { leaf = $0 }
    if let leaf, let entry = kept.entries(leafHash: leaf.leafHash).entries.first(where: { $0.leaf.index == index }) {
      return Self.proven(log, entry)
    }
    guard let (leafHash, proof) = kept.inclusionProof(of: index) else {
      throw Failure(
        .logSnapshotEntryUnproven, "entry \(index) of \(shown)",
        "neither hash tiles that lead to the newest accepted state nor a proof of its own are kept")
    }
    return Proven(
      log: log, leafHash: leafHash, body: nil, proof: proof, note: kept.accepted.checkpoint.note.serialized())
  }

  private static func proven(_ log: AcceptedLogs.Log, _ entry: KeptEntry) -> Proven {
    Proven(log: log, leafHash: entry.leaf.leafHash, body: entry.leaf.body, proof: entry.proof, note: entry.note)
  }
}
