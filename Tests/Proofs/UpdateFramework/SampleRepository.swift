import MiniatureSigstore
import Octets
import Reasons
import StrictJSON
import TUFMetadata
import UpdateFramework

/// A TUF repository in memory: what a publisher decides, and the files that come of it. A test changes one decision and
/// publishes again.
struct SampleRepository {
  struct SampleDelegation {
    var name: String
    var scope: (String, [String])
    var isTerminating = false
    /// Who must sign, in this delegator's opinion; nil takes the role's own keys.
    var keys: [SampleKey]?
  }

  /// What lies below `metadata`.
  var files: [String: [UInt8]] = [:]
  var versions: [String: Int64] = [:]
  var expires: [String: String] = [:]
  /// Who may sign, and who does; the first where the second is silent.
  var keys: [String: [SampleKey]] = [:]
  var signers: [String: [SampleKey]] = [:]
  var thresholds: [String: Int] = [:]
  /// Paths and contents, by role.
  var targets: [String: [String: [UInt8]]] = ["targets": ["a.txt": Array("a".utf8)]]
  var delegations: [String: [SampleDelegation]] = [:]
  var isConsistent = true
  /// Whether lists say lengths and digests.
  var isHashed = false
  /// Changes `signed` before it is signed.
  var edits: [String: (JSON) -> JSON] = [:]

  /// Published once, with a key of its own for each role.
  init(_ change: (inout SampleRepository) -> Void = { _ in }) {
    for role in ["root", "timestamp", "snapshot", "targets"] {
      keys[role] = [SampleKey(.ed25519)]
      versions[role] = 1
    }
    change(&self)
    publish()
  }

  /// Adds a role with one key, its targets and its delegation.
  mutating func delegate(
    _ name: String, from delegator: String = "targets", _ scope: (String, [String]) = ("paths", ["*"]),
    isTerminating: Bool = false, holding paths: [String] = []
  ) {
    if keys[name] == nil {
      keys[name] = [SampleKey(.ed25519)]
      versions[name] = 1
      targets[name] = [:]
    }
    for path in paths { targets[name]?[path] = Array("\(name): \(path)".utf8) }
    delegations[delegator, default: []].append(
      SampleDelegation(name: name, scope: scope, isTerminating: isTerminating))
  }

  // MARK: Publishing

  /// Writes everything, in the order in which one thing leads to another.
  mutating func publish() {
    for role in targets.keys.sorted() { publishTargets(role) }
    publishSnapshot()
    publishTimestamp()
    publishRoot()
  }

  /// The next version of everything but the root.
  mutating func publishNext() {
    for role in versions.keys where role != "root" { versions[role, default: 0] += 1 }
    publish()
  }

  mutating func publishNextRoot() {
    versions["root", default: 0] += 1
    publishRoot()
  }

  func name(_ role: String) -> String {
    RoleName(role).fileName(version: isConsistent ? versions[role] : nil)
  }

  mutating func publishTargets(_ role: String) {
    var all: [(String, JSON)] = []
    for (path, contents) in (targets[role] ?? [:]).sorted(by: { $0.key < $1.key }) {
      all.append((path, Self.claim(contents)))
    }
    var signed: [(String, JSON)] = [("targets", Self.object(all))]
    if let list = delegations[role] {
      let holders = list.flatMap { $0.keys ?? keys[$0.name] ?? [] }
      let roles = list.map { delegation in
        var members = Self.role(delegation.keys ?? keys[delegation.name] ?? [], thresholds[delegation.name] ?? 1)
        members.append(("name", .text(delegation.name)))
        members.append(("terminating", .bool(delegation.isTerminating)))
        members.append((delegation.scope.0, .array(delegation.scope.1.map { .text($0) })))
        return Self.object(members)
      }
      signed.append(("delegations", ["keys": Self.keys(holders), "roles": .array(roles)]))
    }
    files[name(role)] = sign(role, "targets", signed)
  }

  mutating func publishSnapshot() {
    let meta = targets.keys.sorted().map { role in ("\(role).json", listing(role)) }
    files[name("snapshot")] = sign("snapshot", "snapshot", [("meta", Self.object(meta))])
  }

  mutating func publishTimestamp() {
    files["timestamp.json"] = sign("timestamp", "timestamp", [("meta", ["snapshot.json": listing("snapshot")])])
  }

  mutating func publishRoot() {
    let top = ["root", "timestamp", "snapshot", "targets"]
    let roles = top.map { ($0, Self.object(Self.role(keys[$0] ?? [], thresholds[$0] ?? 1))) }
    let signed: [(String, JSON)] = [
      ("consistent_snapshot", .bool(isConsistent)), ("keys", Self.keys(top.flatMap { keys[$0] ?? [] })),
      ("roles", Self.object(roles)),
    ]
    files["\(versions["root"] ?? 0).root.json"] = sign("root", "root", signed)
  }

  private func listing(_ role: String) -> JSON {
    var members: [(String, JSON)] = [("version", .integer(versions[role] ?? 0))]
    if isHashed, let file = files[name(role)] {
      members.append(("length", .integer(Int64(file.count))))
      members.append(("hashes", ["sha256": .text(hexText(sha256(file)))]))
    }
    return Self.object(members)
  }

  private func sign(_ role: String, _ type: String, _ body: [(String, JSON)]) -> [UInt8] {
    let head: [(String, JSON)] = [
      ("_type", .text(type)), ("spec_version", "1.0.31"), ("version", .integer(versions[role] ?? 0)),
      ("expires", .text(expires[role] ?? "2030-01-01T00:00:00Z")),
    ]
    var signed = Self.object(head + body)
    if let edit = edits[role] { signed = edit(signed) }
    return Self.file(signed, by: signers[role] ?? keys[role] ?? [])
  }

  // MARK: Pieces

  static func file(_ signed: JSON, by signers: [SampleKey]) -> [UInt8] {
    guard let message = try? signed.olpcCanonical(named: "") else { preconditionFailure("no canonical form") }
    let signatures = signers.map { key -> JSON in
      let signature = key.sign(message, key.tufMethod)
      return ["keyid": .text(hexText(key.keyID)), "sig": .text(hexText(signature))]
    }
    return (["signed": signed, "signatures": .array(signatures)] as JSON).serialized(pretty: true)
  }

  static func object(_ members: [(String, JSON)]) -> JSON {
    .object(JSONObject(members.map { JSONObject.Member(key: Array($0.0.utf8), value: $0.1) }))
  }

  static func role(_ keys: [SampleKey], _ threshold: Int) -> [(String, JSON)] {
    [("keyids", .array(keys.map { .text(hexText($0.keyID)) })), ("threshold", .integer(Int64(threshold)))]
  }

  static func keys(_ keys: [SampleKey]) -> JSON {
    var members: [(String, JSON)] = []
    for key in keys where !members.contains(where: { $0.0 == hexText(key.keyID) }) {
      members.append((hexText(key.keyID), key.tufObject))
    }
    return object(members)
  }

  static func claim(_ contents: [UInt8]) -> JSON {
    [
      "length": .integer(Int64(contents.count)),
      "hashes": ["sha256": .text(hexText(sha256(contents))), "sha512": .text(hexText(SampleHash.sha512(contents)))],
    ]
  }

  // MARK: Reading

  func source(_ request: MetadataRequest) -> [UInt8]? { files[request.fileName] }

  /// Trust in the first root.
  func pinned() throws -> TrustedState { try TrustedState(pinning: files["1.root.json"] ?? []) }

  /// Brings `state`, or trust in the first root, up to this repository.
  func refreshed(_ state: TrustedState? = nil, _ expiry: Expiry = Self.strict) throws -> RepositoryUpdate {
    var update = RepositoryUpdate(of: try state ?? pinned(), expiry: expiry, from: source)
    try update.refresh()
    return update
  }

  static let strict = Expiry.strict(UnixTime(1_780_000_000))
}

extension SampleKey {
  var tufMethod: SignatureMethod? {
    if case .rsa = algorithm { return .rsaPSS(.sha256) }
    return nil
  }

  var tufObject: JSON {
    switch algorithm {
    case .ed25519: return Self.tuf("ed25519", "ed25519", hexText(spki.suffix(32)))
    case .rsa: return Self.tuf("rsa", "rsassa-pss-sha256", publicPEM)
    case .p384: return Self.tuf("ecdsa", "ecdsa-sha2-nistp384", publicPEM)
    default: return Self.tuf("ecdsa", "ecdsa-sha2-nistp256", publicPEM)
    }
  }

  static func tuf(_ type: String, _ scheme: String, _ text: String) -> JSON {
    ["keytype": .text(type), "scheme": .text(scheme), "keyval": ["public": .text(text)]]
  }
}

extension JSON {
  /// The same with the value under `path` changed.
  func changing(_ path: String..., to value: JSON?) -> JSON { changing(path[...], to: value) }

  private func changing(_ path: ArraySlice<String>, to value: JSON?) -> JSON {
    guard let key = path.first else { return value ?? .null }
    guard case .object(var object) = self else { preconditionFailure("no object at \(key)") }
    let rest = path.dropFirst()
    if let index = object.members.firstIndex(where: { $0.key.elementsEqual(key.utf8) }) {
      if rest.isEmpty, value == nil {
        object.members.remove(at: index)
      } else {
        object.members[index].value = object.members[index].value.changing(rest, to: value)
      }
    } else {
      object.append(key, JSON.null.changing(rest, to: value))
    }
    return .object(object)
  }
}

/// Why it was refused; nil where it was not.
func refusal(_ body: () throws -> Void) -> Reason? {
  do {
    try body()
    return nil
  } catch let failure as Failure {
    return failure.reason
  } catch {
    return nil
  }
}
