package import Octets
package import Reasons

/// What the quarantine remembers of a medium (docs/formats/MediumRecord.md). It lies on the appliance's disk, and is
/// hostile like everything there: whoever uses it hashes the contents again.
package struct MediumRecord: Sendable, Equatable {
  package static let format = "assay-medium/1"
  /// Bytes of a record, without the list of files.
  package static let mostBytes = 16 << 20
  /// Images that were judged.
  package static let mostImages = 20_000
  /// Failures; a medium has `MediaLimits.failures` at the most.
  package static let mostFailures = 200
  /// Bytes of what a failure is said of, and of its words: all records are read at once where media are listed.
  package static let mostFailureBytes = 4096
  /// Bytes of a label or source.
  package static let mostNameBytes = 4096
  /// Bytes of an id; as many again in hexadecimal digits.
  package static let idBytes = 8

  package enum State: String, Sendable, CaseIterable {
    /// Not everything is there yet.
    case copying
    /// All contents are there, or the medium was read as far as it can be read.
    case complete
    /// The images have verdicts.
    case judged
  }

  package enum Kind: String, Sendable, CaseIterable { case tar, directory }
  package enum Packing: String, Sendable, CaseIterable { case gzip, zstd }
  package enum Verdict: String, Sendable, CaseIterable { case admit, refuse, incomplete }

  /// A moment as file systems keep it.
  package struct Moment: Hashable, Sendable {
    package let seconds: Int64
    /// 0 … 999,999,999.
    package let nanoseconds: Int64

    /// Nil unless the nanoseconds are less than a second.
    package init?(seconds: Int64, nanoseconds: Int64) {
      guard (0..<1_000_000_000).contains(nanoseconds) else { return nil }
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }
  }

  /// What tells whether a medium is the one that was being copied: of an archive its size and when it was changed last.
  /// A folder says so file by file, and what passes by once never.
  package struct Mark: Hashable, Sendable {
    package let size: UInt64
    package let modified: Moment

    package init(size: UInt64, modified: Moment) {
      self.size = size
      self.modified = modified
    }
  }

  /// The list of files, which lies beside the record.
  package struct Files: Hashable, Sendable {
    package let count: UInt64
    /// SHA-256 of the list's bytes.
    package let digest: ClaimedDigest

    package init(count: UInt64, digest: ClaimedDigest) {
      self.count = count
      self.digest = digest
    }
  }

  package struct Image: Hashable, Sendable {
    package let digest: ClaimedDigest
    package let verdict: Verdict
    /// Of the report's bytes; nil where none was kept.
    package let report: ClaimedDigest?

    package init(digest: ClaimedDigest, verdict: Verdict, report: ClaimedDigest?) {
      self.digest = digest
      self.verdict = verdict
      self.report = report
    }
  }

  /// 16 hexadecimal digits.
  package let id: String
  /// What people call the medium.
  package let label: String
  /// What failures call it.
  package let source: String
  /// When the copying began, by the machine's clock.
  package let taken: UnixTime
  package let mark: Mark?
  package var state = State.copying
  package var kind: Kind?
  package var packing: Packing?
  /// Bytes of the input as it came.
  package var size: UInt64 = 0
  /// Nil while the list is being written.
  package var files: Files?
  /// What is wrong with the medium although it could be read to its end.
  package var failures: [Failure] = []
  /// Why it could not be read at all; then nothing of it is kept.
  package var unreadable: Failure?
  package var images: [Image] = []

  package init(id: String, label: String, source: String, taken: UnixTime, mark: Mark?) {
    self.id = id
    self.label = label
    self.source = source
    self.taken = taken
    self.mark = mark
  }

  /// Whether the id is one, and no other name in a folder.
  package static func isID(_ text: String) -> Bool {
    text.utf8.count == 2 * idBytes && Hex.decode(Array(text.utf8)) != nil
  }
}
