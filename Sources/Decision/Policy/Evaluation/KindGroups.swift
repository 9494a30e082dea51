/// What is met by evidence, by its kind. Attestations whose types overlap are of one kind: one of them may be what both ask
/// for.
struct KindGroups<Member> {
  private struct Group {
    /// Nil for signatures.
    var types: Set<[UInt8]>?
    var members: [Member]

    func overlaps(_ other: Group) -> Bool {
      guard let types, let others = other.types else { return types == nil && other.types == nil }
      return !types.isDisjoint(with: others)
    }
  }

  private var groups: [Group] = []

  mutating func add(_ member: Member, of kind: EvidenceDemand.Kind) {
    var group = Group(members: [member])
    if case .attestation(let types) = kind { group.types = Set(types.map { Array($0.utf8) }) }
    // It may join groups that had nothing in common.
    while let place = groups.firstIndex(where: { $0.overlaps(group) }) {
      let other = groups.remove(at: place)
      group.members = other.members + group.members
      group.types?.formUnion(other.types ?? [])
    }
    groups.append(group)
  }

  var all: [[Member]] { groups.map(\.members) }
}
