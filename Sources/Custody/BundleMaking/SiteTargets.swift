import Cryptography
import Files
import Octets
import Reasons
import StrictJSON
import TUFMetadata

/// What became of a file that was added.
package struct Added: Hashable, Sendable {
  /// `trust/prod/trusted_root.json`
  package let path: [UInt8]
  package let facts: FileFacts
  package let isReplacement: Bool
}

extension Site {
  /// Bytes of a denial.
  static let denialLimit = 1 << 20

  /// Adds files to a role's draft. A denial gets the next number; every other file its own name, or `name`.
  package mutating func add(
    _ files: [String], as name: String? = nil, to role: SiteRole
  ) throws(MakingError) -> [Added] {
    try verifyCarrier(role)
    guard name == nil || files.count == 1 else {
      throw .refused(.name, "One name is for one file, and \(files.count) are given.")
    }
    guard role != .deny || name == nil else {
      throw .refused(.name, "A denial’s name is its number, which it is given: leave the name out.")
    }
    var page = try draft(role)
    var all = page.files
    var paths: [[UInt8]] = []
    for (index, file) in files.enumerated() {
      if role == .deny {
        try verifyDenial(file)
        paths.append(Self.denial(all.count + index + 1))
      } else {
        paths.append(try TargetName.path(name ?? String(file.split(separator: "/").last ?? ""), of: role))
      }
    }
    // What is published lies in the same folder until the next one is.
    let others = Set(all.keys).union((published[role]?.page.files ?? [:]).keys)
    if let likeness = TargetName.likeness(others.union(paths)) {
      throw .refused(.name, "\(likeness), and would be one on a stick.")
    }
    var added: [Added] = []
    for (file, path) in zip(files, paths) {
      let facts = try store(file, as: path)
      if all[path] == facts { continue }
      added.append(Added(path: path, facts: facts, isReplacement: all[path] != nil))
      all[path] = facts
    }
    guard !added.isEmpty else { throw .refused(.nothing, "\(role) has these files under these names already.") }
    page.body = .files(all)
    let draft = Sheet(page)
    guard draft.serialized().count <= targetsRoom else {
      throw .refused(.room, "\(role) would have \(all.count) files, more than clients read. Put many into one tar.")
    }
    drafts[role] = draft
    try settle()
    try save()
    return added
  }

  /// Takes targets out of a role's draft; the files stay in `targets` until the next version is published.
  package mutating func remove(_ names: [String], from role: SiteRole) throws(MakingError) {
    try verifyCarrier(role)
    guard role != .deny else {
      throw .refused(
        .denyOnlyGrows, "A denial is never removed. Lift it by a file of the policy role, which its people sign.")
    }
    var page = try draft(role)
    var all = page.files
    for name in names {
      let path = try TargetName.path(name, of: role)
      guard all.removeValue(forKey: path) != nil else {
        throw .refused(.targetUnknown, "\(role) has no \(printable(name)).")
      }
    }
    page.body = .files(all)
    drafts[role] = Sheet(page)
    try settle()
    try save()
  }

  private func verifyCarrier(_ role: SiteRole) throws(MakingError) {
    guard role.isCarrier else {
      let names = SiteRole.carriers.map(\.rawValue).joined(separator: ", ")
      throw .refused(.targetUnknown, "\(role) carries no files; \(names) do.")
    }
  }

  private func verifyDenial(_ path: String) throws(MakingError) {
    let bytes = try file(path) { () throws(FileError) in try DurableFile.read(path, atMost: Self.denialLimit) }
    guard let bytes else { throw .file(path: path, FileError("open", code: 2)) }
    _ = try metadata { () throws(Failure) in try JSON(parsing: bytes, named: path) }
  }

  // MARK: Files

  /// A file's name until all of it is there.
  static let incoming = "targets/incoming"

  /// Where a target lies: `trust/prod/<sha256>.trusted_root.json` (§6.2 of the specification).
  static func storedName(_ path: [UInt8], _ facts: FileFacts) -> String {
    let text = String(decoding: path, as: UTF8.self)
    let parts = text.split(separator: "/")
    let last = "\(Hex.encode(facts.sha256)).\(parts.last ?? "")"
    return (parts.dropLast().map(String.init) + [last]).joined(separator: "/")
  }

  /// Copies a file into `targets`, hashed on the way.
  private func store(_ source: String, as path: [UInt8]) throws(MakingError) -> FileFacts {
    let beside = folder + "/" + Self.incoming
    return try file(source) { () throws(FileError) in
      try DurableFile.makeParents(of: Self.incoming, below: folder)
      let input = try OpenFile(path: source)
      guard try input.status().kind == .regular else { throw FileError("open", code: 22) }
      let copy = try GrowingFile(beside)
      var digester = Digester(.sha256)
      var length: Int64 = 0
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let count = try input.readOn(into: &buffer, 0..<buffer.count)
        guard count > 0 else { break }
        digester.update(buffer[..<count])
        try copy.append(buffer[..<count])
        length += Int64(count)
      }
      let facts = FileFacts(length: length, sha256: digester.finish().bytes)
      let place = "targets/" + Self.storedName(path, facts)
      try DurableFile.makeParents(of: place, below: folder)
      try copy.finish(as: folder + "/" + place)
      return facts
    }
  }
}
