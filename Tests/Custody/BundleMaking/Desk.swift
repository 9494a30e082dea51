import BundleMaking
import Cryptography
import Octets
import TestSupport

/// Its name is taken in these tests.
typealias TrustSite = BundleMaking.Site

/// Three people, a desk with a P-256 key, and the folder that they hand round.
struct Desk {
  static let start = UnixTime(1_795_000_000)

  let home: TemporaryFolder
  let a, b, c, desk: PrivateKey

  var path: String { home.path("site") }

  init() throws {
    home = try TemporaryFolder()
    a = try .generate(.ed25519)
    b = try .generate(.ed25519)
    c = try .generate(.ed25519)
    desk = try .generate(.p256)
  }

  /// Two of A, B, C, and the desk for what one may do alone.
  var plan: SitePlan {
    var plan = SitePlan(rootKeys: [a.publicKey, b.publicKey, c.publicKey], threshold: 2)
    for role in [SiteRole.deny, .logs, .snapshot, .timestamp] { plan.keys[role] = [desk.publicKey] }
    return plan
  }

  func make(_ change: (inout SitePlan) -> Void = { _ in }) throws {
    var plan = plan
    change(&plan)
    _ = try TrustSite.make(path, plan, at: Self.start)
  }

  /// The site, opened anew, so many days later.
  func site(days: Int64 = 0) throws -> TrustSite {
    try TrustSite(path, at: UnixTime(Self.start.seconds + days * 86_400))
  }

  func sign(_ keys: [PrivateKey]? = nil, days: Int64 = 0) throws {
    for key in keys ?? [a, b, desk] {
      var site = try site(days: days)
      _ = try site.sign(with: key)
    }
  }

  /// Adds a file with these contents.
  func add(_ name: String, _ contents: String, to role: SiteRole, days: Int64 = 0) throws {
    let file = try home.write("in", Array(contents.utf8))
    var site = try site(days: days)
    _ = try site.add([file], as: role == .deny ? nil : name, to: role)
  }

  /// More than any test makes.
  static let limits = BundleLimits(
    entries: 1_000_000, fileBytes: 1 << 40, totalBytes: 1 << 40, snapshotBytes: 1 << 40)

  @discardableResult
  func pack(_ name: String, days: Int64 = 0, within limits: BundleLimits = limits) throws -> Packed {
    var site = try site(days: days)
    return try site.pack(to: home.path(name), within: limits)
  }

  /// Made, filled, signed and packed once, into the folder `first`.
  static func published() throws -> Desk {
    let desk = try Desk()
    try desk.make()
    try desk.add("prod/root.json", "trusted", to: .trust)
    try desk.add("", #"{"denied": 1}"#, to: .deny)
    try desk.sign()
    try desk.pack("first")
    return desk
  }

  func state(_ role: SiteRole) throws -> DraftState? { try site().states().first { $0.role == role } }

  func edit(_ name: String, _ old: String, _ new: String) throws {
    let text = String(decoding: try home.read(name), as: UTF8.self)
    try home.write(name, Array(text.replacing(old, with: new).utf8))
  }
}

/// Which rule refuses; nil where nothing does, or something else.
func broken(_ body: () throws -> Void) -> MakingError.Rule? {
  do {
    try body()
  } catch MakingError.refused(let rule, _) {
    return rule
  } catch {}
  return nil
}
