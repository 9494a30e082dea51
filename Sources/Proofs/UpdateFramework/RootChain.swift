import Reasons
import TUFMetadata

extension RepositoryUpdate {
  /// §5.3: from the trusted root, one version at a time, to the newest that the repository has.
  mutating func updateRoot() throws(Failure) {
    // 5.3.3: at most so many, then on with what was reached.
    for _ in 0..<Self.rootLimit {
      // 5.3.2
      let old = state.root.body
      let (version, isLast) = old.version.addingReportingOverflow(1)
      // 5.3.3: no such file ends the chain.
      guard !isLast, let new = try root(version) else { break }
      let name = RoleName.root.fileName(version: version)
      // 5.3.4: the old threshold, and the new one's own.
      try new.verifySigned(by: old.root, of: old.keys, named: name)
      try new.verifySigned(by: new.body.root, of: new.body.keys, named: name)
      // 5.3.5: exactly one further. An equal one, which the specification would pass over, is no published root either.
      guard new.body.version == version else {
        throw Failure(.tufRootVersionMismatch, name, "version \(new.body.version)")
      }
      // 5.3.6: it may have expired; the last one is judged below.
      // 5.3.11, done where the root changes: what is forgotten must not come back because a later step failed.
      if old.rotates(\.timestamp, in: new.body) || old.rotates(\.snapshot, in: new.body) {
        state.timestamp = nil
        state.snapshot = nil
      }
      // 5.3.7, 5.3.8
      state.root = new
    }
    // 5.3.10
    try expiry.verify(state.root, named: RoleName.root.fileName(version: state.root.body.version))
    // 5.3.12: `listed` asks the root whether snapshots are consistent.
  }
}
