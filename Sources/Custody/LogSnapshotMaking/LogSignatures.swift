import LogHistory
import LogSnapshot
import Octets
import Reasons
import RekorAnswer
import TrustRoot

/// What logs signed, verified where the operator gave a trust root. Without one nothing is: the appliance does it anyway,
/// by its own.
struct LogSignatures {
  private let known: [KnownLog]?

  init(_ trustRoot: TrustRoot?) { known = trustRoot?.transparencyLogs.map { KnownLog($0) } }

  /// - Throws: `log.unknown`, `log.checkpoint-invalid`.
  func verify(_ checkpoint: CarriedCheckpoint) throws(Failure) { _ = try signers(of: checkpoint) }

  /// The promise is by a log that signed the checkpoint, too.
  /// - Throws: `log.promise-invalid`; as for the checkpoint.
  func verifyPromise(of entry: RekorEntry, under checkpoint: CarriedCheckpoint) throws(Failure) {
    guard let signers = try signers(of: checkpoint), let promise = CarriedEntry(entry).promise else { return }
    guard let log = signers.first(where: { $0.logID == promise.logID }) else {
      throw Failure(.logPromiseInvalid, entry.subject, "it names another log than signed the checkpoint")
    }
    try log.verify(promise, of: entry.body, named: entry.subject)
  }

  private func signers(of checkpoint: CarriedCheckpoint) throws(Failure) -> [KnownLog]? {
    guard let known else { return nil }
    return try checkpoint.parsed.signers(among: known, named: checkpoint.source)
  }
}
