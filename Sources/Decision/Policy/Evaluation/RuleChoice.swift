import OCIImage
import Octets

/// Which rules a part answers to. More than one where the image has several names, or an index stands above several
/// platforms: all of them must be met, so that a second name is no way around the rules for the first.
package struct RuleChoice: Hashable, Sendable {
  /// Positions in the policy's rules, ascending.
  package let rules: [Int]
  /// Whether a name or platform of it finds no rule: then it is refused.
  package let isUnmatched: Bool
  /// Positions of the waivers whose scope it is in, expired or not.
  package let waivers: [Int]
}

/// The rules of an image's parts. What decides is the part's platform, of an index those of all that there are, the image's
/// names, and what the operator says.
struct RuleChooser {
  private let rules: [Rule]
  /// For each name the rules that match all but the platform, the first first.
  private let candidates: Set<[Int]>
  private let machines: Set<Machine>
  /// Waivers by position that every name is in the scope of.
  private let waivers: [(position: Int, scope: Scope)]
  /// For what answers for all platforms: an image may have ten thousand of them, and as many indexes.
  private var ofAll: (rules: [Int], isUnmatched: Bool, waivers: [(position: Int, scope: Scope)]) = ([], false, [])

  init(_ policy: Policy, _ image: Image, _ occasion: Occasion) {
    rules = policy.rules
    let designations = Designation.all(of: image, occasion)
    let said = Said(occasion)
    candidates = Set(
      designations.map { designation in
        policy.rules.indices.filter { policy.rules[$0].scope.matches(designation, said) }
      })
    machines = image.machines
    waivers = policy.waivers.enumerated().map { ($0.offset, $0.element.scope) }.filter { waiver in
      designations.allSatisfy { waiver.scope.matches($0, said) }
    }
    guard !image.parts.allSatisfy(\.isForMachines) else { return }
    let (chosen, isUnmatched) = chosen(for: machines)
    ofAll = (chosen, isUnmatched, meant(for: machines))
  }

  func choice(for part: Part) -> RuleChoice {
    let own = part.isForMachines ? part.machines : nil
    let (rules, isUnmatched) = own.map(chosen) ?? (ofAll.rules, ofAll.isUnmatched)
    let waivers = (own.map(meant) ?? ofAll.waivers).filter { waiver in
      waiver.scope.digest.isEmpty || !Set(waiver.scope.digest).isDisjoint(with: part.coveringDigests)
    }
    return RuleChoice(rules: rules, isUnmatched: isUnmatched, waivers: waivers.map(\.position))
  }

  private func chosen(for machines: Set<Machine>) -> (chosen: [Int], isUnmatched: Bool) {
    var chosen: Set<Int> = []
    var isUnmatched = false
    for machine in machines {
      for candidates in candidates {
        guard let end = candidates.firstIndex(where: { rules[$0].scope.matches(machine) }) else {
          isUnmatched = true
          // Of whatever machine it is, one of these is its rule, or none.
          if machine == .any { chosen.formUnion(candidates) }
          continue
        }
        // So are those that stand before the first for all machines.
        chosen.formUnion(machine == .any ? candidates[...end] : candidates[end...end])
      }
    }
    return (chosen.sorted(), isUnmatched)
  }

  /// A waiver must be meant for all that a part answers for.
  private func meant(for machines: Set<Machine>) -> [(position: Int, scope: Scope)] {
    waivers.filter { waiver in machines.allSatisfy { waiver.scope.matches($0) } }
  }
}

/// What a part runs on, as far as that is known.
enum Machine: Hashable {
  case platform(Platform)
  /// Nobody runs it.
  case none
  /// It says nothing, and a machine that runs it takes it for its own (containerd platforms, `Normalize`).
  case any
}

/// What an image is called, as far as that says something.
enum Designation: Hashable {
  case reference(ImageReference)
  /// A layout's name that is a tag alone.
  case tag([UInt8])
  case nameless

  /// The operator's name for it, else all that the archive gives.
  static func all(of image: Image, _ occasion: Occasion) -> Set<Designation> {
    // The operator names an image, and no tag of a layout: `alpine` is Docker's.
    if let name = occasion.name { return [.reference(ImageReference(name))] }
    let names = image.namesThatCount
    return names.isEmpty ? [.nameless] : Set(names.map(Designation.init))
  }

  private init(_ name: String) {
    self = CompletedName.isBareTag(name) ? .tag(Array(name.utf8)) : .reference(ImageReference(name))
  }
}

/// What the operator says, as bytes: asked of every scope.
struct Said {
  let environment: [UInt8]?
  let team: [UInt8]?
  let exporter: [UInt8]?
  let medium: [UInt8]?

  init(_ occasion: Occasion) {
    environment = occasion.environment.map { Array($0.utf8) }
    team = occasion.team.map { Array($0.utf8) }
    exporter = occasion.exporter.map { Array($0.utf8) }
    medium = occasion.medium.map { Array($0.utf8) }
  }
}

extension Scope {
  /// Everything but platform and digest.
  func matches(_ designation: Designation, _ said: Said) -> Bool {
    func says(_ wanted: [[UInt8]], _ said: [UInt8]?) -> Bool {
      wanted.isEmpty || said.map(wanted.contains) ?? false
    }
    guard says(environment, said.environment), says(team, said.team), says(exporter, said.exporter),
      says(medium, said.medium)
    else { return false }
    switch designation {
    case .reference(let name):
      return (registry.isEmpty || registry.contains(name.registry))
        && (repository.isEmpty || repository.contains { $0.matches(name.repository) })
        && (tag.isEmpty || name.tag.map { found in tag.contains { $0.matches(found) } } ?? false)
    case .tag(let found):
      return registry.isEmpty && repository.isEmpty && (tag.isEmpty || tag.contains { $0.matches(found) })
    case .nameless: return registry.isEmpty && repository.isEmpty && tag.isEmpty
    }
  }

  func matches(_ machine: Machine) -> Bool {
    guard !platform.isEmpty else { return true }
    guard case .platform(let found) = machine else { return false }
    return platform.contains { found.satisfies($0) }
  }
}

extension Image {
  /// Of everything that a machine runs.
  fileprivate var machines: Set<Machine> {
    let found = Set(parts.filter(\.isForMachines).flatMap(\.machines))
    return found.isEmpty ? [.none] : found
  }

  /// Whether some part of it is what a machine runs.
  var hasPlatforms: Bool { parts.contains(where: \.isForMachines) }
}

extension Part {
  var isForMachines: Bool {
    switch role {
    case .platform, .absent: true
    case .index, .attestationManifest: false
    }
  }

  /// What the index says that it runs on, and what its configuration says: a wrong label is no way around the rules.
  fileprivate var machines: Set<Machine> {
    guard let platform else { return [isForAnyMachine ? .any : .none] }
    return Set([platform, configuredPlatform].compactMap { $0.map(Machine.platform) })
  }
}
