import Reasons

/// Failures in the order in which they were found, each once.
struct FailureList {
  private(set) var all: [Failure] = []
  private var seen: Set<Failure> = []

  mutating func append(_ failure: Failure) {
    if seen.insert(failure).inserted { all.append(failure) }
  }

  mutating func append(_ failures: [Failure]) {
    for failure in failures { append(failure) }
  }

  /// No more than a person reads: every image of the archive repeats them.
  var bounded: [Failure] {
    guard all.count > Limits.failures else { return all }
    // The rest goes under a reason that refuses if any does, so that cutting off never makes less of it.
    let reason = (all.first { $0.reason.effect == .refuse } ?? all[0]).reason
    return all.prefix(Limits.failures) + [Failure(reason, "archive", "and \(all.count - Limits.failures) more")]
  }
}
