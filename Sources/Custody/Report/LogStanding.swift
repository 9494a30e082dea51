import Base64
package import LogHistory
package import LogSnapshot
package import Octets
package import Reasons
import SignedNote
package import SiteRules
import StrictJSON

extension TrustFacts {
  /// A log of which snapshots were accepted.
  package struct Log: Sendable {
    package let origin: [UInt8]
    package let size: UInt64
    package let root: [UInt8]
    /// The leaf that accepted this state.
    package let leaf: UInt64
    /// Witnesses of the installed policy that cosigned it.
    package let witnessed: [Witnessed]
    package let age: Aged

    /// - Parameters:
    ///   - note: the newest accepted checkpoint, verified when it was.
    ///   - claimed: what the machine's clock said then: the state was there by that time, if nobody better says so.
    ///   - limit: the site's.
    package init(
      note: [UInt8], acceptedAt leaf: UInt64, _ claimed: UnixTime, witnesses policy: TLogPolicy?, now: UnixTime,
      limit: AgeRules.Limit?
    ) throws(Failure) {
      let checkpoint = try Checkpoint(parsing: note)
      origin = checkpoint.origin
      size = checkpoint.size
      root = checkpoint.root
      self.leaf = leaf
      // A later policy may name a witness under whose name a stranger's line stands here. Nobody cosigned then: that is
      // no reason to give no verdict at all.
      witnessed = policy.flatMap { try? checkpoint.cosignatures(under: $0, named: "checkpoint") } ?? []
      age = Aged(
        of: .logSnapshot, named: printable(origin, limit: 100),
        // A witness whose clock is ahead keeps nothing young.
        from: witnessed.map(\.time).filter { $0 <= now }.max() ?? claimed, at: now,
        limit: limit)
    }

    var json: JSON {
      [
        "origin": .text(printable(origin)), "size": .integer(Int64(clamping: size)),
        "root": .text(Base64.encode(root)), "leaf": .integer(Int64(clamping: leaf)),
        "witnesses": .array(witnessed.map { ["name": .text(printable($0.witness)), "time": "\($0.time)"] }),
      ]
    }
  }
}
