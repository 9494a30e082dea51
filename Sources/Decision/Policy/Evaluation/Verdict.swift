package import Reasons

/// The three answers. Ordered: of several, the worst is the answer of all.
package enum Verdict: String, Sendable, Comparable, CaseIterable {
  /// Every requirement is met by verified evidence.
  case admit
  /// Nothing is wrong, but evidence that the policy needs was not carried or decides nothing.
  case incomplete
  /// Something is invalid, revoked or forbidden.
  case refuse

  package static func < (one: Verdict, other: Verdict) -> Bool { one.severity < other.severity }

  /// The verdict that failures lead to.
  package init(_ failures: some Sequence<Failure>) {
    self = failures.lazy.map { Verdict($0.reason.effect) }.max() ?? .admit
  }

  /// The verdict on what could not be judged: whatever it failed by, that is no admission.
  package init(unjudged failures: [Failure]) { self = max(.incomplete, failures.isEmpty ? .refuse : Verdict(failures)) }

  private init(_ effect: Effect) {
    switch effect {
    case .refuse: self = .refuse
    case .incomplete: self = .incomplete
    case .note: self = .admit
    }
  }

  private var severity: Int {
    switch self {
    case .admit: 0
    case .incomplete: 1
    case .refuse: 2
    }
  }
}
