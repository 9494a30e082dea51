import Cryptography
import Octets
import Reasons
import StrictJSON
import TUFMetadata

/// One metadata file of the site: a page and what was signed of it.
struct Sheet: Hashable, Sendable {
  var page: Page
  /// By key ID. What is kept was verified when it came, or is looked through again before it counts.
  var signatures: [KeyID: [UInt8]] = [:]

  init(_ page: Page) { self.page = page }

  var role: SiteRole { page.role }
  var fileName: String { role.fileName(page.version) }

  /// What is signed.
  func message() throws(MakingError) -> [UInt8] {
    try metadata { () throws(Failure) in try page.json.olpcCanonical(named: fileName) }
  }

  /// The file: for people to read before they sign, so with line breaks; signatures in the order of their IDs.
  func serialized() -> [UInt8] {
    let sorted = signatures.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let list = sorted.map { id, signature -> JSON in ["keyid": .string(id.utf8), "sig": .text(Hex.encode(signature))] }
    let file: JSON = ["signatures": .array(list), "signed": page.json]
    return file.serialized(pretty: true) + [UInt8(ascii: "\n")]
  }

  /// The keys of `signers` that signed, each once.
  func signed(by signers: Signers) throws(MakingError) -> [SiteKey] {
    let message = try message()
    return signers.keys.filter { key in
      signatures[key.id].map { key.isSignature($0, over: message) } ?? false
    }
  }

  // MARK: Reading

  /// Reads what this module wrote: a file that says anything that a page does not hold is refused, and so nothing that
  /// somebody wrote into it is lost unseen.
  init(parsing bytes: [UInt8], as role: SiteRole, named name: String) throws(MakingError) {
    let read: (header: MetadataHeader, signed: [UInt8], signatures: [KeyID: [UInt8]], body: Page.Body)
    switch role {
    case .root:
      let file = try metadata { () throws(Failure) in try SignedMetadata<RootMetadata>(parsing: bytes, named: name) }
      let root = file.body
      let roles: [(SiteRole, RoleKeys)] = [
        (.root, root.root), (.timestamp, root.timestamp), (.snapshot, root.snapshot), (.targets, root.targets),
      ]
      read = (root.header, file.signed, file.signatures, .root(try Self.signers(roles, root.keys)))
    case .targets:
      let file = try Self.targets(bytes, name)
      var roles: [(SiteRole, RoleKeys)] = []
      for delegation in file.body.delegations {
        guard let role = SiteRole.carriers.first(where: { $0.name == delegation.name }) else {
          throw Self.foreign(name, "it delegates to \(delegation.name)")
        }
        roles.append((role, delegation.signers))
      }
      read = (
        file.body.header, file.signed, file.signatures, .delegations(try Self.signers(roles, file.body.keys))
      )
    case .trust, .policy, .deny, .logs:
      let file = try Self.targets(bytes, name)
      var files: [[UInt8]: FileFacts] = [:]
      for (path, target) in file.body.targets {
        guard target.claim.digests.count == 1, let digest = target.claim.digests.first, digest.algorithm == .sha256
        else { throw Self.foreign(name, "a target without SHA-256 alone") }
        files[path] = FileFacts(length: target.length, sha256: digest.bytes)
      }
      if let problem = TargetName.problem(files.keys, of: role) { throw Self.foreign(name, problem) }
      read = (file.body.header, file.signed, file.signatures, .files(files))
    case .snapshot:
      let file = try metadata { () throws(Failure) in
        try SignedMetadata<SnapshotMetadata>(parsing: bytes, named: name)
      }
      var versions: [SiteRole: Int64] = [:]
      for (listed, claim) in file.body.roles {
        guard let role = SiteRole.listed.first(where: { $0.name == listed }) else {
          throw Self.foreign(name, "it lists \(listed)")
        }
        versions[role] = claim.version
      }
      read = (file.body.header, file.signed, file.signatures, .snapshot(versions))
    case .timestamp:
      let file = try metadata { () throws(Failure) in
        try SignedMetadata<TimestampMetadata>(parsing: bytes, named: name)
      }
      read = (file.body.header, file.signed, file.signatures, .timestamp(file.body.snapshot.version))
    }
    let days = try metadata { () throws(Failure) in
      var limits = JSONLimits.usual
      limits.bytes = TUFLimits.targetsBytes
      let document = try JSONNode(parsing: bytes, named: name, malformed: .tufMalformed, limits: limits)
      return try document.required("signed").required(Page.daysMember).integer()
    }
    guard Page.usableDays.contains(days) else { throw Self.foreign(name, "\(days) days") }
    page = Page(role, version: read.header.version, days: days, at: UnixTime(0), read.body)
    page.expires = read.header.expires
    signatures = read.signatures
    guard try message() == read.signed else { throw Self.foreign(name, "it says more") }
  }

  private static func targets(_ bytes: [UInt8], _ name: String) throws(MakingError) -> SignedMetadata<TargetsMetadata> {
    try metadata { () throws(Failure) in try SignedMetadata(parsing: bytes, named: name) }
  }

  private static func signers(
    _ roles: [(SiteRole, RoleKeys)], _ keys: [KeyID: TUFKey]
  ) throws(MakingError) -> [SiteRole: Signers] {
    var signers: [SiteRole: Signers] = [:]
    for (role, own) in roles { signers[role] = try Signers(own, of: keys, for: role) }
    return signers
  }

  private static func foreign(_ name: String, _ detail: String) -> MakingError {
    .metadata(Failure(.tufMalformed, name, "not as `assay trust` writes it: \(detail)"))
  }
}
