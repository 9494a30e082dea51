import Cryptography
package import LedgerLeaf
package import Octets
import Reasons
import SiteRules
import Store
import TUFMetadata
package import TrustStore
package import UpdateFramework

/// A trust bundle that verified as a whole, and what it would change. Nothing of it is in force before its events are
/// recorded, all of them in one commit.
package struct TrustImport: Sendable {
  package struct Change: Sendable {
    package let action: ObjectChange.Action
    package let name: Standing.ObjectName
    /// New; of what is removed, empty.
    package let content: [UInt8]
    /// What was in force under the name; nil where nothing was.
    package let before: [UInt8]?

    init(_ action: ObjectChange.Action, _ name: Standing.ObjectName, content: [UInt8], before: [UInt8]?) {
      self.action = action
      self.name = name
      self.content = content
      self.before = before
    }

    package var previous: ClaimedDigest? { before.map { ClaimedDigest(Cryptography.digest($0)) } }
  }

  package private(set) var changes: [Change]
  /// Log snapshots that the bundle lists anew, still to be verified (`LogImport`).
  let snapshots: [TrustBundle.PassedFile]
  package let ages: [Age]
  package let versions: [(role: String, version: Int64)]
  /// Chains of upstreams that it carries, by their folders.
  package let upstreams: [UpstreamStep]

  /// What people need to see: state of the repository itself left out, and of logs, which have words of their own.
  package var visible: [Change] {
    changes.filter { !InstalledTrust.states.contains($0.name.kind) }
  }

  /// The site's root, where the bundle brings a newer one: other people may sign from then on.
  package var newRoot: [UInt8]? {
    changes.first { $0.name.kind == InstalledTrust.state && $0.name.name.elementsEqual("root".utf8) }?.content
  }

  /// Verifies everything that the bundle carries against what was accepted before, down to the last file.
  ///
  /// - Parameters:
  ///   - standing: what is in force: the last accepted versions among it.
  ///   - read: gives an object that no leaf carries.
  ///   - now: the effective time; expiry is an age.
  /// - Throws: `tuf.…`, `trust-bundle.…`, `crl.…`, what is wrong with a file.
  package init(
    _ bundle: TrustBundle, onto standing: Standing, now: UnixTime, _ read: (ClaimedDigest) throws -> [UInt8]
  ) throws {
    func accepted(_ kind: [UInt8], _ name: String) throws -> [UInt8]? {
      guard let object = standing.objects[.init(kind: kind, name: Array(name.utf8))] else { return nil }
      return try object.content ?? read(object.digest)
    }
    guard let root = try accepted(InstalledTrust.state, "root") else {
      throw Failure(.trustBundleUnpinned, bundle.name)
    }
    let state = try TrustedState(
      root: root, timestamp: accepted(InstalledTrust.state, "timestamp"),
      snapshot: accepted(InstalledTrust.state, "snapshot"))
    try bundle.verifyRoots(behind: state.root.body.version)
    var kept: [[UInt8]: [UInt8]] = [:]
    for (name, object) in standing.objects(of: InstalledTrust.role) {
      kept[name] = try object.content ?? read(object.digest)
    }
    let known = kept
    var update = RepositoryUpdate(of: state, expiry: .aged(now), keeping: { known[$0.utf8] }) {
      (request) throws(Failure) in bundle.metadata(request)
    }
    try update.refresh()
    try update.verifyDelegations()

    var wanted: [Standing.ObjectName: [UInt8]] = [:]
    func keep(_ kind: [UInt8], _ name: [UInt8], _ bytes: [UInt8]?) {
      if let bytes { wanted[.init(kind: kind, name: name)] = bytes }
    }
    keep(InstalledTrust.state, Array("root".utf8), update.state.root.bytes)
    keep(InstalledTrust.state, Array("timestamp".utf8), update.state.timestamp?.bytes)
    keep(InstalledTrust.state, Array("snapshot".utf8), update.state.snapshot?.bytes)
    for (role, metadata) in update.roles { keep(InstalledTrust.role, role.utf8, metadata.bytes) }
    let logs = RoleName("logs")
    var snapshots: [TrustBundle.PassedFile] = []
    for path in Set(update.roles.values.flatMap { $0.body.targets.keys }) {
      let target = try update.target(TargetPath(path))
      let name = printable(path, limit: 200)
      guard let file = BundleFile(path, of: target.role) else {
        throw Failure(
          .trustBundleUnsupported, name, "this version takes no file of this name from the role \(target.role)")
      }
      if file == .logSnapshot {
        // What the role listed before was taken in, or there is nothing to take.
        if known[logs.utf8] == update.roles[logs]?.bytes { continue }
        snapshots.append(try Self.snapshot(target, named: name, bundle))
      } else {
        keep(file.kind, path, try Self.bytes(of: target, file, named: name, bundle, standing, read))
      }
    }
    upstreams = try UpstreamStep.verify(&wanted, after: standing, now: now, read)
    try Self.verifyRevocationLists(wanted, after: standing, read)
    self.snapshots = snapshots.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    try Self.verifyDenials(wanted, after: standing)
    changes = try Self.changes(from: standing, to: wanted, read)
    ages = update.ages
    versions = update.state.versions.map { ("\($0.key)", $0.value) }.sorted { $0.role < $1.role }
  }

  /// One file's bytes, and that they are something that is understood.
  private static func bytes(
    of target: Target, _ file: BundleFile, named name: String, _ bundle: TrustBundle, _ standing: Standing,
    _ read: (ClaimedDigest) throws -> [UInt8]
  ) throws -> [UInt8] {
    // A bundle may leave out what the machine has already.
    let present = standing.objects[.init(kind: file.kind, name: target.path.utf8)]
    guard let bytes = try bundle.target(target.storedNames()) ?? present.map({ try $0.content ?? read($0.digest) })
    else {
      throw Failure(.tufFileMissing, name, "it is listed, and not on the medium")
    }
    var verifier = try TargetVerifier(target)
    try verifier.update(bytes[...])
    _ = try verifier.finish()
    try file.verify(bytes, named: name)
    return bytes
  }

  private static func snapshot(
    _ target: Target, named name: String, _ bundle: TrustBundle
  ) throws(Failure) -> TrustBundle.PassedFile {
    guard let file = try bundle.passed(target.storedNames()) else {
      throw Failure(.tufFileMissing, name, "it is listed, and not on the medium")
    }
    try target.verify(length: file.size, file.digest)
    return file
  }

  /// Adds what the bundle's log snapshots change.
  package mutating func add(_ more: [Change]) { changes = (changes + more).sorted { $0.name < $1.name } }

  /// What will be in force of a kind.
  func contents(of kind: [UInt8], after standing: Standing, _ read: (Standing.Object) throws -> [UInt8]) throws
    -> [(name: [UInt8], bytes: [UInt8])]
  {
    var all: [[UInt8]: [UInt8]] = [:]
    let touched = changes.filter { $0.name.kind == kind }
    for (name, object) in standing.objects(of: kind) where !touched.contains(where: { $0.name.name == name }) {
      all[name] = try read(object)
    }
    for change in touched where change.action != .remove { all[change.name.name] = change.content }
    return all.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
  }

  /// What was denied stays denied, whoever signs the next bundle: lists are never altered or left out, and new ones take
  /// the next numbers. What was lifted must be there.
  private static func verifyDenials(
    _ wanted: [Standing.ObjectName: [UInt8]], after standing: Standing
  ) throws(Failure) {
    for (name, object) in standing.objects(of: InstalledTrust.denials) {
      guard let bytes = wanted[.init(kind: InstalledTrust.denials, name: name)] else {
        throw Failure(.trustBundleDenialAltered, printable(name), "it is in force, and the bundle leaves it out")
      }
      guard object.digest == digest(bytes) else {
        throw Failure(.trustBundleDenialAltered, printable(name), "it is in force as \(object.digest)")
      }
    }
    func all(_ kind: [UInt8]) -> [(path: [UInt8], bytes: [UInt8])] {
      wanted.filter { $0.key.kind == kind }.sorted { $0.key < $1.key }.map { ($0.key.name, $0.value) }
    }
    var lists: [(path: [UInt8], bytes: [UInt8])] = []
    for (path, bytes) in all(InstalledTrust.denials) {
      guard BundleFile.number(ofDenials: path) == lists.count + 1 else {
        throw Failure(.trustBundleDenialAltered, printable(path), "number \(lists.count + 1) is wanted before it")
      }
      lists.append((path, bytes))
    }
    var lifted: [(path: [UInt8], lifts: LiftedDenials)] = []
    for (path, bytes) in all(InstalledTrust.liftedDenials) {
      lifted.append((path, try LiftedDenials(parsing: bytes, named: printable(path))))
    }
    _ = try DenialsInForce(lists, lifted: lifted)
  }

  private static func changes(
    from standing: Standing, to wanted: [Standing.ObjectName: [UInt8]], _ read: (ClaimedDigest) throws -> [UInt8]
  ) throws -> [Change] {
    var changes: [Change] = []
    for (name, bytes) in wanted {
      let present = standing.objects[name]
      guard present?.digest != ClaimedDigest(digest(bytes)) else { continue }
      changes.append(
        Change(
          present == nil ? .add : .replace, name, content: bytes,
          before: try present.map { try $0.content ?? read($0.digest) }))
    }
    for (name, object) in standing.objects
    where InstalledTrust.kinds.contains(name.kind) && wanted[name] == nil {
      changes.append(
        Change(.remove, name, content: [], before: try object.content ?? read(object.digest)))
    }
    return changes.sorted { $0.name < $1.name }
  }

  // MARK: Recording

  /// Objects that no leaf holds, to be kept before the events are recorded.
  package var largeObjects: [[UInt8]] { changes.flatMap(\.largeObjects) }

  /// - Parameters:
  ///   - approvals: by which people it comes into force; they stand before it.
  ///   - next: the number of the first leaf.
  package func events(approvedBy approvals: [Approval] = [], at next: UInt64) -> [LedgerEvent] {
    let leaves = approvals.indices.map { next + UInt64($0) }
    return approvals.map(LedgerEvent.approval) + changes.map { $0.event(approvals: leaves) }
  }
}

extension TrustImport.Change {
  /// The content, where its leaf cannot hold it.
  package var largeObjects: [[UInt8]] { content.count > LedgerLeaf.mostContent ? [content] : [] }

  package func event(approvals: [UInt64]) -> LedgerEvent {
    let isRemoval = action == .remove
    let fits = !isRemoval && content.count <= LedgerLeaf.mostContent
    let digest = ClaimedDigest(Cryptography.digest(content))
    let object = ObjectChange(
      action: action, kind: name.kind, name: name.name, object: isRemoval ? previous ?? digest : digest,
      previous: isRemoval ? nil : previous, content: fits ? content : nil, approvals: approvals)
    return BundleFile(kind: name.kind)?.isPolicy == true ? .policyChange(object) : .trustChange(object)
  }
}
