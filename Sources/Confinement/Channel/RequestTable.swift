/// Who may say what to whom, in which order, how often, and how large: on one screen. What is not here is not said; a
/// process that says it all the same is believed nothing and ended.
///
/// A step is never gone back from: what has a smaller step than what the same side said before is out of order.
package enum Message: UInt8, Sendable, CaseIterable {
  // Everybody, when confined: what is in force.
  case ready = 1
  /// Instead: why the role cannot confine itself, in words.
  case unable
  /// How far it has come: bytes done and to come.
  case progress
  /// The last word of whoever has no answer: a failure.
  case failed

  // Keeper to reader: one of these.
  case read
  /// Read, and copy into the folder that was handed over meanwhile.
  case quarantine
  case hash
  /// What lies on a medium with several archives, and the Sigstore bundles beside them.
  case survey
  /// The Sigstore bundles in one file.
  case readLoose
  case readBundle
  // And, where a bundle was read, names of files in it, and that their contents are wanted.
  case name
  case copy
  // Reader to keeper.
  /// Bytes that the answer names.
  case object
  /// Something that is said while a medium is copied.
  case notice
  /// The medium lies whole in the folder that was handed over.
  case quarantined
  /// The copy ended before its end, and not by the medium's fault.
  case stopped
  case reading
  case digest
  /// Something that lies on the medium; the Sigstore bundles in it follow as objects.
  case item
  case surveyed
  case entry
  case listed
  case piece
  case copied

  // Keeper to prover.
  case request
  case evidence
  // Prover to keeper, and back.
  case entriesOfLeaf
  case entriesSigning
  case historyOf
  case givenEntries
  case history
  case findings

  // Keeper to starter; with `start` passes the role's end of its channel.
  case start
  case end
  // Starter to keeper.
  case started
  case ended

  // Keeper to starter: what lies at a path of a medium; and back.
  case look
  case seen
}

package enum Role: String, Sendable, CaseIterable {
  case keeper, reader, prover, starter
}

package struct RequestRow: Sendable {
  package let message: Message
  package let sender: Role
  package let receiver: Role
  /// When it may be said.
  package let step: Int
  /// Times.
  package let most: Int
  /// Bytes of one.
  package let bytes: Int
  /// Bytes of all together.
  package let together: Int

  init(_ message: Message, _ sender: Role, _ receiver: Role, step: Int, most: Int, bytes: Int, together: Int? = nil) {
    self.message = message
    self.sender = sender
    self.receiver = receiver
    self.step = step
    self.most = most
    self.bytes = bytes
    self.together = together ?? bytes * most
  }
}

package enum RequestTable {
  private static let kiB = 1 << 10
  private static let miB = 1 << 20

  package static let rows: [RequestRow] = [
    // message          from     to       step most       bytes
    RequestRow(.ready, .reader, .keeper, step: 0, most: 1, bytes: 64),
    RequestRow(.unable, .reader, .keeper, step: 0, most: 1, bytes: kiB),
    RequestRow(.read, .keeper, .reader, step: 1, most: 1, bytes: 8 * kiB),
    RequestRow(.quarantine, .keeper, .reader, step: 1, most: 1, bytes: 8 * kiB),
    RequestRow(.hash, .keeper, .reader, step: 1, most: 1, bytes: 8 * kiB),
    RequestRow(.survey, .keeper, .reader, step: 1, most: 1, bytes: 8 * kiB),
    RequestRow(.readLoose, .keeper, .reader, step: 1, most: 1, bytes: 8 * kiB),
    RequestRow(.progress, .reader, .keeper, step: 2, most: 2_000_000, bytes: 16),
    RequestRow(.object, .reader, .keeper, step: 2, most: 250_000, bytes: 16 * miB, together: 256 * miB),
    RequestRow(.notice, .reader, .keeper, step: 2, most: 4, bytes: 64),
    RequestRow(.item, .reader, .keeper, step: 2, most: 20_001, bytes: 8 * kiB, together: 32 * miB),
    RequestRow(.quarantined, .reader, .keeper, step: 3, most: 1, bytes: 0),
    RequestRow(.stopped, .reader, .keeper, step: 3, most: 1, bytes: 8 * kiB),
    RequestRow(.reading, .reader, .keeper, step: 3, most: 1, bytes: 128 * miB),
    RequestRow(.digest, .reader, .keeper, step: 3, most: 1, bytes: 160),
    RequestRow(.surveyed, .reader, .keeper, step: 3, most: 1, bytes: 0),
    RequestRow(.failed, .reader, .keeper, step: 7, most: 1, bytes: 64 * kiB),

    RequestRow(.readBundle, .keeper, .reader, step: 1, most: 1, bytes: 8 * kiB),
    RequestRow(.entry, .reader, .keeper, step: 2, most: 20_000, bytes: 16 * miB + 8 * kiB, together: 512 * miB),
    RequestRow(.listed, .reader, .keeper, step: 3, most: 1, bytes: 0),
    RequestRow(.name, .keeper, .reader, step: 4, most: 64, bytes: 4 * kiB),
    RequestRow(.copy, .keeper, .reader, step: 5, most: 1, bytes: 0),
    RequestRow(.piece, .reader, .keeper, step: 6, most: 10_000_000, bytes: miB + 4, together: 65 << 30),
    RequestRow(.copied, .reader, .keeper, step: 7, most: 1, bytes: 0),

    RequestRow(.ready, .prover, .keeper, step: 0, most: 1, bytes: 64),
    RequestRow(.unable, .prover, .keeper, step: 0, most: 1, bytes: kiB),
    RequestRow(.request, .keeper, .prover, step: 1, most: 1, bytes: 64 * miB),
    RequestRow(.object, .keeper, .prover, step: 2, most: 50_000, bytes: 16 * miB, together: 128 * miB),
    RequestRow(.evidence, .keeper, .prover, step: 3, most: 1, bytes: 128 * miB),
    RequestRow(.progress, .prover, .keeper, step: 4, most: 2_000_000, bytes: 16),
    RequestRow(.entriesOfLeaf, .prover, .keeper, step: 4, most: 200_000, bytes: 64),
    RequestRow(.entriesSigning, .prover, .keeper, step: 4, most: 200_000, bytes: 256),
    RequestRow(.historyOf, .prover, .keeper, step: 4, most: 200_000, bytes: 128 * kiB),
    RequestRow(.givenEntries, .keeper, .prover, step: 4, most: 400_000, bytes: 4 * miB),
    RequestRow(.history, .keeper, .prover, step: 4, most: 200_000, bytes: 1),
    RequestRow(.findings, .prover, .keeper, step: 5, most: 1, bytes: 128 * miB),
    RequestRow(.failed, .prover, .keeper, step: 5, most: 1, bytes: 64 * kiB),

    RequestRow(.ready, .starter, .keeper, step: 0, most: 1, bytes: 64),
    RequestRow(.unable, .starter, .keeper, step: 0, most: 1, bytes: kiB),
    RequestRow(.start, .keeper, .starter, step: 1, most: 1_000_000, bytes: 8 * kiB),
    RequestRow(.end, .keeper, .starter, step: 1, most: 1_000_000, bytes: 4),
    RequestRow(.look, .keeper, .starter, step: 1, most: 1_000_000, bytes: 8 * kiB),
    RequestRow(.started, .starter, .keeper, step: 1, most: 1_000_000, bytes: 4),
    RequestRow(.ended, .starter, .keeper, step: 1, most: 1_000_000, bytes: 5),
    RequestRow(.seen, .starter, .keeper, step: 1, most: 1_000_000, bytes: 25),
    RequestRow(.failed, .starter, .keeper, step: 1, most: 1_000_000, bytes: 5),
  ]

  static func row(_ message: Message, from sender: Role, to receiver: Role) -> RequestRow? {
    rows.first { $0.message == message && $0.sender == sender && $0.receiver == receiver }
  }
}
