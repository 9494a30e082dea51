import Files
import Octets
import TUFMetadata

/// What was removed from a site's folder because nothing lists it any more.
package struct Cleared: Sendable {
  /// Files of targets, and their bytes.
  package fileprivate(set) var files = 0
  package fileprivate(set) var bytes: UInt64 = 0
  /// Metadata files of older versions.
  package fileprivate(set) var versions = 0
  /// What ended it early; nothing depends on it.
  package fileprivate(set) var problem: MakingError?
}

extension Site {
  /// Removes what no published role lists, and what interrupted runs left: sticks are small, and snapshots of logs are not.
  /// Every root stays, and the newest version of everything else. Only names of our own making go; what else lies
  /// there is somebody's.
  ///
  /// - Precondition: nothing is drafted, and the bundle has its name: what goes is in an older bundle, or never was in one.
  func clear() -> Cleared {
    var cleared = Cleared()
    do throws(MakingError) {
      try clearMetadata(&cleared)
      var listed: Set<String> = []
      for role in SiteRole.carriers {
        for (path, facts) in published[role]?.page.files ?? [:] { listed.insert(Self.storedName(path, facts)) }
      }
      for role in SiteRole.carriers { try clearTargets("\(role)", listed: listed, &cleared) }
      for role in SiteRole.allCases { try removeFile(draftPath(role) + ".new") }
      try removeFile(folder + "/" + Self.incoming)
    } catch {
      cleared.problem = error
    }
    return cleared
  }

  private func clearMetadata(_ cleared: inout Cleared) throws(MakingError) {
    let place = folder + "/metadata"
    let names = try file(place) { () throws(FileError) in try Directory(path: place).names(atMost: .max) ?? [] }
    for name in names.map({ String(decoding: $0, as: UTF8.self) }) {
      let isLeftover = name.hasSuffix(".new")
      guard let (role, version) = Self.ownName(isLeftover ? String(name.dropLast(4)) : name) else { continue }
      if isLeftover {
        try removeFile(metadataPath(name))
      } else if role != .root, role != .timestamp, version < published[role]?.page.version ?? 0 {
        try removeFile(metadataPath(name))
        cleared.versions += 1
      }
    }
  }

  /// The role and version of a metadata file's name; nil for other names.
  private static func ownName(_ name: String) -> (SiteRole, Int64)? {
    let version = name.split(separator: ".").first.flatMap { Int64($0) } ?? 0
    return SiteRole.allCases.first { $0.fileName(version) == name }.map { ($0, version) }
  }

  /// - Parameter path: a folder below `targets`.
  private func clearTargets(_ path: String, listed: Set<String>, _ cleared: inout Cleared) throws(MakingError) {
    let place = "\(folder)/targets/\(path)"
    guard DurableFile.isTaken(place) else { return }
    let directory = try file(place) { () throws(FileError) in try Directory(path: place) }
    let names = try file(place) { () throws(FileError) in try directory.names(atMost: .max) ?? [] }
    var left = names.count
    for name in names {
      let status = try file(place) { () throws(FileError) in try directory.status(of: name) }
      let own = "\(path)/\(String(decoding: name, as: UTF8.self))"
      if status.kind == .directory {
        try clearTargets(own, listed: listed, &cleared)
        if !DurableFile.isTaken("\(folder)/targets/\(own)") { left -= 1 }
      } else if Self.isStoredName(name), !listed.contains(own) {
        try removeFile("\(folder)/targets/\(own)")
        left -= 1
        cleared.files += 1
        cleared.bytes += status.size
      }
    }
    // Now empty.
    if left == 0 { try file(place) { () throws(FileError) in try DurableFile.removeTree(place) } }
  }

  /// `<sha256>.<name>`
  private static func isStoredName(_ name: [UInt8]) -> Bool {
    name.count > 65 && name[64] == UInt8(ascii: ".") && Hex.decode(Array(name[..<64])) != nil
  }

  private func removeFile(_ path: String) throws(MakingError) {
    try file(path) { () throws(FileError) in try DurableFile.remove(path) }
  }
}
