import OCIImage

extension Scope {
  /// Whether every image in `other` is in this scope too, as far as that is certain: each field that is written here must be
  /// written there, by alternatives that are all covered.
  func covers(_ other: Scope) -> Bool {
    func all(_ wanted: [[UInt8]], _ found: [[UInt8]]) -> Bool {
      wanted.isEmpty || !found.isEmpty && Set(found).isSubset(of: wanted)
    }
    return all(registry, other.knownRegistries) && Self.cover(repository, other.knownRepositories)
      && Self.cover(tag, other.tag) && all(environment, other.environment) && all(team, other.team)
      && all(exporter, other.exporter) && all(medium, other.medium)
      && (platform.isEmpty
        || !other.platform.isEmpty
          && other.platform.allSatisfy { found in
            platform.contains { $0.leavesOpenAtLeast(found) }
          })
  }

  private static func cover(_ wanted: [Glob], _ found: [Glob]) -> Bool {
    wanted.isEmpty || !found.isEmpty && found.allSatisfy { found in wanted.contains { $0.covers(found) } }
  }

  /// Repositories begin with their registry: one says the other.
  private var knownRegistries: [[UInt8]] {
    guard registry.isEmpty else { return registry }
    let first = repository.map(\.firstSegment)
    return first.contains(nil) ? [] : first.compactMap { $0 }
  }

  private var knownRepositories: [Glob] {
    repository.isEmpty ? registry.map { Glob.everything(in: $0) } : repository
  }
}

extension Glob {
  /// A registry with a star in its name is none, and is matched by nothing.
  fileprivate static func everything(in registry: [UInt8]) -> Glob { Glob(registry + Array("/**".utf8)) }
}

extension Platform {
  /// Whether what satisfies `other` satisfies this.
  fileprivate func leavesOpenAtLeast(_ other: Platform) -> Bool {
    os == other.os && architecture == other.architecture && (variant == nil || variant == other.variant)
      && (osVersion == nil || osVersion == other.osVersion)
  }
}
