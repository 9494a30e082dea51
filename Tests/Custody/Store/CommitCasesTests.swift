import Cryptography
import TPM
import TestSupport
import Testing

@testable import Ledger

/// One thing that befalls a store, and how its next opening ends.
struct CommitCase: Sendable, CustomTestStringConvertible {
  let name: String
  let words: String
  let ending: CommitRig.Ending
  let kinds: [Kind]
  let play: @Sendable (CommitRig) throws -> Void

  /// - Parameters:
  ///   - words: what was in the way, or why it is so.
  ///   - kinds: the TPMs that it is tried on. One of the other kind lies in no folder of its store.
  init(
    _ name: String, _ words: String, _ ending: CommitRig.Ending, on kinds: [Kind] = [.software],
    _ play: @escaping @Sendable (CommitRig) throws -> Void
  ) {
    self.name = name
    self.words = words
    self.ending = ending
    self.kinds = kinds
    self.play = play
  }

  var testDescription: String { name }

  func run(on kind: Kind) throws {
    let rig = try CommitRig(kind)
    try play(rig)
    try rig.expect(ending)
  }
}

/// The cases of docs/formats/CommitProtocol.md, Starting, over a real TPM: its signatures, its policy, its memory.
/// RecoveryTests has the disk's part of them, over an anchor in a file.
///
/// All of them begin with leaves `one` and `two` behind the provisioning: record 3. Where a store runs, it holds all
/// that was ever given to anybody, and goes on; where it is refused, nothing was changed (`CommitRig.expect`).
@Suite(.serialized) struct CommitCasesTests {
  @Test(arguments: cases(on: .software)) func overTheTPMInThisProcess(_ one: CommitCase) throws {
    try one.run(on: .software)
  }

  #if DEBUG
    private static let tools = isInstalled("tpm2_nvundefine") && SwTPM.isPresent

    /// The main path once more, over a socket, with a plug to pull.
    @Test(.enabled(if: tools, "needs swtpm and tpm2-tools"), arguments: cases(on: .swtpm))
    func overATPMOfItsOwn(_ one: CommitCase) throws { try one.run(on: .swtpm) }
  #endif

  private static func cases(on kind: Kind) -> [CommitCase] {
    (crashes + copies + branches + forgeries + edits + chips + beginnings).filter { $0.kinds.contains(kind) }
  }

  // MARK: The power goes

  static let crashes: [CommitCase] = [
    CommitCase(
      "crash before the database", "Nothing is on the disk, and nobody was told of it.",
      .runs(["one", "two"]), on: Kind.allCases
    ) { try $0.crash(.signed, "three") },
    CommitCase(
      "crash after the database", "The record stands on the anchor, and is signed: forward by one step.",
      .runs(["one", "two", "three"]), on: Kind.allCases
    ) { try $0.crash(.stored, "three") },
    CommitCase(
      "crash after the anchor", "Only the receipt was lost.",
      .runs(["one", "two", "three"]), on: Kind.allCases
    ) { try $0.crash(.anchored, "three") },
    CommitCase(
      "crash while going forward", "The anchor was extended meanwhile, and must not be once more.",
      .runs(["one", "two", "three"]), on: Kind.allCases
    ) { rig in
      try rig.crash(.stored, "three")
      let pending = try rig.copy()
      _ = try rig.custody().extendAnchor(digest(try #require(try rig.bodies().last)))
      try rig.put(pending, CommitRig.disk)
    },
    CommitCase(
      "crash between the two copies, side file first", "Nobody was told of it: withdrawn.", .runs(["one", "two"])
    ) { rig in
      try rig.crash(.stored, "three")
      try rig.loseLog()
    },
    CommitCase(
      "crash between the two copies, database first", "The side file is written once more, then the anchor.",
      .runs(["one", "two", "three"])
    ) { rig in
      let before = try rig.copy()
      try rig.crash(.stored, "three")
      try rig.put(before, CommitRig.evenSide)
    },
    CommitCase(
      "crash after the anchor, on a disk that lies", "It lost the transaction that it had called safe: side file.",
      .runs(["one", "two", "three"])
    ) { rig in
      try rig.crash(.anchored, "three")
      try rig.loseLog()
    },
    CommitCase(
      "crash of a commit of several", "All of them or none.", .runs(["one", "two", "three", "four", "five"])
    ) { try $0.crash(.stored, "three", "four", "five") },
    CommitCase(
      "two crashes, one after the other", "Each goes forward by one step.", .runs(["one", "two", "three", "four"])
    ) { rig in
      try rig.crash(.stored, "three")
      try rig.crash(.stored, "four")
    },
  ]

  // MARK: Copies come back

  static let copies: [CommitCase] = [
    CommitCase(
      "old image", "One commit behind, without the side file that has it.", .refused(.unknown(stored: 3)),
      on: Kind.allCases
    ) { rig in
      let old = try rig.copy()
      try rig.commit("three")
      try rig.put(old, CommitRig.disk)
    },
    CommitCase("old image of long ago", "Three commits behind.", .refused(.unknown(stored: 3))) { rig in
      let old = try rig.copy()
      for name in ["three", "four", "five"] { try rig.commit(name) }
      try rig.put(old, CommitRig.disk)
    },
    CommitCase(
      "anchor one ahead", "The side file has the commit that the database lost: repaired.",
      .runs(["one", "two", "three"]), on: Kind.allCases
    ) { rig in
      let old = try rig.copy()
      try rig.commit("three")
      try rig.put(old, CommitRig.database)
    },
    CommitCase(
      "anchor one ahead, by several leaves", "One import is one commit; the other side file's turn.",
      .runs(["one", "two", "three", "four", "five", "six"])
    ) { rig in
      try rig.commit("three")
      let old = try rig.copy()
      try rig.commit("four", "five", "six")
      try rig.put(old, CommitRig.database)
    },
    CommitCase(
      "anchor one ahead, side files exchanged", "What they say counts, not their names.",
      .runs(["one", "two", "three"])
    ) { rig in
      let old = try rig.copy()
      try rig.commit("three")
      try rig.put(old, CommitRig.database)
      let (even, odd) = (rig.path + "/" + CommitRig.evenSide[0], rig.path + "/" + CommitRig.oddSide[0])
      try runChecked(["mv", even, even + ".new"])
      try runChecked(["mv", odd, even])
      try runChecked(["mv", even + ".new", odd])
    },
    CommitCase(
      "anchor two ahead", "Side files go one step, and say how far it is.", .refused(.older(stored: 3, confirmed: 5)),
      on: Kind.allCases
    ) { rig in
      let old = try rig.copy()
      try rig.commit("three")
      try rig.commit("four")
      try rig.put(old, CommitRig.database)
    },
    CommitCase(
      "anchor one behind", "An older state of the TPM, as no chip has it: signed, so forward by one step.",
      .runs(["one", "two", "three"])
    ) { rig in
      let old = try rig.copy()
      try rig.commit("three")
      try rig.putTPM(old)
    },
    CommitCase(
      "anchor two behind", "Signed both, and yet no crash leaves that.",
      .refused(.unconfirmed(stored: 5, confirmed: 3))
    ) { rig in
      let old = try rig.copy()
      try rig.commit("three")
      try rig.commit("four")
      try rig.putTPM(old)
    },
  ]

  // MARK: Two branches

  static let branches: [CommitCase] = [
    CommitCase(
      "withdrawn pending", "What nobody was told of may go.", .runs(["one", "two"]), on: Kind.allCases
    ) { rig in
      let before = try rig.copy()
      try rig.crash(.stored, "three")
      try rig.put(before, CommitRig.disk)
    },
    CommitCase(
      "another in the withdrawn one's place", "B, and never A.", .runs(["one", "two", "B"])
    ) { _ = try Self.fork($0) },
    CommitCase(
      "fork: A after B", "A counter would take it: both are number 4, signed, and on record 3.",
      .refused(.unknown(stored: 4)), on: Kind.allCases
    ) { rig in try rig.put(try Self.fork(rig), CommitRig.disk) },
    CommitCase(
      "fork: A's database beside B's side file", "B does not follow from A.", .refused(.unknown(stored: 4))
    ) { rig in try rig.put(try Self.fork(rig), CommitRig.database) },
    CommitCase(
      "fork: A's side file beside B's database", "It is not asked for.", .runs(["one", "two", "B"])
    ) { rig in try rig.put(try Self.fork(rig), CommitRig.evenSide) },
    CommitCase(
      "fork: A's side file beside what was before", "B was confirmed, and is nowhere.", .refused(.unknown(stored: 3))
    ) { rig in
      let before = try rig.copy()
      let branch = try Self.fork(rig)
      try rig.put(before, CommitRig.database)
      try rig.put(branch, CommitRig.evenSide)
    },
  ]

  /// Withdraws A, has B confirmed in its place, and gives the disk that has A.
  private static func fork(_ rig: CommitRig) throws -> String {
    let before = try rig.copy()
    try rig.crash(.stored, "A")
    let branch = try rig.copy()
    try rig.put(before, CommitRig.disk)
    try rig.commit("B")
    return branch
  }

  // MARK: Forgeries

  static let forgeries: [CommitCase] = [
    CommitCase(
      "forged pending", "Its rows are right, and a stranger signed it: the anchor stays.",
      .refused(.signatureInvalid(number: 4)), on: Kind.allCases
    ) { rig in
      try rig.crash(.stored, "three")
      let stranger = try SigningKey()
      try rig.forgeSignature { try stranger.sign($0) }
    },
    CommitCase(
      "pending signed by this TPM's report key", "Under the same policy, and not the commit key.",
      .refused(.signatureInvalid(number: 4))
    ) { rig in
      try rig.crash(.stored, "three")
      try rig.forgeSignature { try rig.custody().signReport(digest($0)) }
    },
    CommitCase(
      "pending signed by another TPM's commit key", "Each machine has its own.",
      .refused(.signatureInvalid(number: 4))
    ) { rig in
      let other = try CommitRig(.software)
      try rig.crash(.stored, "three")
      try rig.forgeSignature { try other.custody().signCommit(digest($0)) }
    },
    CommitCase(
      "pending with another row", "The signature names the row.", .refused(.leafAltered(index: 3))
    ) { rig in
      try rig.crash(.stored, "three")
      try rig.sql("UPDATE leaf SET row = (SELECT row FROM leaf WHERE position = 2) WHERE position = 3")
    },
    CommitCase(
      "forged side file", "The anchor names its record, and its signature is another.",
      .refused(.sideFileAltered(number: 3))
    ) { rig in
      try rig.truncate(from: 3)
      try rig.alter(CommitRig.oddSide, at: 195)
    },
    CommitCase(
      "side file with another row", "The anchor names its record, and its row does not open.",
      .refused(.sideFileAltered(number: 3))
    ) { rig in
      try rig.truncate(from: 3)
      try rig.alter(CommitRig.oddSide, at: nil)
    },
  ]

  // MARK: Edits

  static let edits: [CommitCase] = [
    CommitCase("edited row", "It does not open.", .refused(.leafAltered(index: 1)), on: Kind.allCases) { rig in
      try rig.sql(
        "UPDATE leaf SET row = CAST(substr(row, 1, 20) || x'0000' || substr(row, 23) AS BLOB) WHERE position = 1")
    },
    CommitCase("rows exchanged", "Each opens at its own place only.", .refused(.leafAltered(index: 1))) { rig in
      try rig.sql(
        """
        UPDATE leaf SET position = -1 WHERE position = 1; UPDATE leaf SET position = 1 WHERE position = 2;
        UPDATE leaf SET position = 2 WHERE position = -1
        """)
    },
    CommitCase("removed row", "There are fewer than the record says.", .refused(.treeAltered(number: 3))) { rig in
      try rig.sql("DELETE FROM leaf WHERE position = 2")
    },
    CommitCase("edited record", "The next one does not follow from it.", .refused(.recordAltered(number: 2))) { rig in
      try rig.sql("UPDATE commit_record SET body = zeroblob(160) WHERE number = 2")
    },
    CommitCase(
      "truncated last commit", "The side file has it.", .runs(["one", "two"]), on: Kind.allCases
    ) { try $0.truncate(from: 3) },
    CommitCase(
      "truncated last commit, and its side file", "It was confirmed, and is nowhere.", .refused(.unknown(stored: 2))
    ) { rig in
      try rig.truncate(from: 3)
      try rig.remove(CommitRig.oddSide[0])
    },
    CommitCase(
      "truncated last two commits", "One of them is more than a crash takes.",
      .refused(.older(stored: 1, confirmed: 3))
    ) { try $0.truncate(from: 2) },
    CommitCase("another store's history", "Every record says whose it is.", .anothers) { rig in
      try rig.take(CommitRig.disk, of: try CommitRig(.software))
    },
    CommitCase(
      "another store's side files", "The anchor names neither.", .refused(.unknown(stored: 2))
    ) { rig in
      try rig.truncate(from: 3)
      try rig.take(CommitRig.evenSide + CommitRig.oddSide, of: try CommitRig(.software))
    },
  ]

  // MARK: Hands on the TPM

  static let chips: [CommitCase] = [
    CommitCase(
      "index deleted", "By whoever has the owner's authorization.", .refused(.anchorMissing), on: Kind.allCases
    ) { try $0.deleteAnchor() },
    CommitCase(
      "index defined anew", "It was never written, which no crash brings about.", .refused(.anchorUnwritten),
      on: Kind.allCases
    ) { rig in
      try rig.deleteAnchor()
      try rig.defineAnchor()
    },
    CommitCase(
      "index defined anew under the first commit", "What an old snapshot would fit.", .refused(.anchorUnwritten)
    ) { rig in
      try rig.truncate(from: 2)
      try rig.deleteAnchor()
      try rig.defineAnchor()
    },
    CommitCase(
      "index defined anew, and every commit played into it",
      "By code that meets the policy: what it began with is nowhere.", .refused(.unknown(stored: 3)),
      on: Kind.allCases
    ) { rig in
      try rig.deleteAnchor()
      try rig.defineAnchor()
      try rig.replayIntoAnchor()
    },
    CommitCase("both indices deleted", "The policy names the counter.", .stops("Anchor missing")) { rig in
      let store = try rig.custody()
      try Provisioning.abandon(store.tpm, store.keys)
    },
    CommitCase("another machine's TPM", "It opens none of the keys.", .stops("Keys belong to another TPM")) { rig in
      try rig.takeTPM(of: try CommitRig(.software))
    },
    CommitCase("cleared TPM", "Its seeds are others.", .stops("another TPM"), on: [.swtpm]) { rig in
      try rig.swtpm?.tool(["tpm2_clear"])
    },
  ]

  // MARK: No history

  static let beginnings: [CommitCase] = [
    CommitCase(
      "no history", "Only provisioning makes one.", .stops("ledger was altered or damaged: it is gone"),
      on: Kind.allCases
    ) { try $0.remove("ledger") },
    CommitCase("no history, and the index defined anew", "Nor does that make one.", .stops("it is gone")) { rig in
      try rig.remove("ledger")
      try rig.deleteAnchor()
      try rig.defineAnchor()
    },
    CommitCase("no database", "Side files alone are no history.", .stops("There is no ledger")) { rig in
      for name in CommitRig.database { try rig.remove(name) }
    },
  ]
}
