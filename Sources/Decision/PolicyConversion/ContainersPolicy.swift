import Cryptography
import Octets
import Reasons
import StrictJSON

/// containers-policy.json(5), of podman, skopeo and CRI-O.
///
/// The most specific scope decides alone, and all of its requirements must be met: our rules stand in this order. An
/// archive does not say how its images came, so that only the scopes of the transport `docker`, which are names, mean
/// anything here.
enum ContainersPolicy {
  private static let mostScopes = 1000

  static func convert(_ root: JSONNode, reading: (String) -> [UInt8]?) throws(Failure) -> PolicyDraft {
    var draft = PolicyDraft(name: "containers policy")
    draft.missing += try root.unknownMembers(["default", "transports"])
    var scopes: [(scope: ContainersScope, node: JSONNode)] = []
    for (name, transport) in try root.optional("transports")?.members() ?? [] {
      for (key, node) in try transport.members() {
        guard name.elementsEqual("docker".utf8) else {
          draft.missing.append(
            node.notExpressed("an archive does not say by which transport its images came, nor where they lay"))
          continue
        }
        switch ContainersScope.read(key) {
        case nil:
          draft.missing.append(node.notExpressed("a scope that matches no image of containers-policy.json either"))
        case let scope?: scopes.append((scope, node))
        }
      }
    }
    guard scopes.count <= mostScopes else { throw root.failure("more than \(mostScopes) scopes") }
    // Stable, so that one source makes one policy.
    for (scope, node) in scopes.sorted(by: { $0.scope.precedes($1.scope) }) {
      let asked = try ContainersRequirements(node, &draft, reading: reading)
      switch scope.kind {
      case .digest(let digest):
        // A rule has no digest in its scope. What is less specific may ask for less.
        let words =
          asked.isRejection ? "rejected by the converted policy" : "its own requirements could not be expressed"
        draft.deny(digest: digest, words)
        draft.missing.append(
          node.notExpressed("one digest under one name: denied under every name, until you take it out of `deny`"))
        draft.missing += asked.missing
      case .names(let names):
        draft.rule(scope.title, for: names, asked.answer, remarks: asked.remarks, missing: asked.missing)
      }
    }
    let node = try root.required("default")
    let asked = try ContainersRequirements(node, &draft, reading: reading)
    draft.ruleForEverything("default", asked.answer, remarks: asked.remarks, missing: asked.missing)
    return draft
  }
}

/// A scope of the transport `docker`, with its place among the others.
struct ContainersScope {
  enum Kind {
    case names([PolicyDraft.Name])
    case digest(String)
  }

  let kind: Kind
  let title: String
  /// One image, a repository or namespace, a host, a domain, everything: the most specific first; then the longer.
  private let rank: Int
  private let text: [UInt8]

  /// Nil where containers-policy.json matches nothing by it.
  static func read(_ text: [UInt8]) -> ContainersScope? {
    let shown = printable(text, limit: 60)
    guard !text.isEmpty else { return Self(kind: .names([.any]), title: "docker", rank: 4, text: text) }
    // Anything else would be a pattern, or be read as another text, in our scopes.
    guard text.count <= 400, text.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
    let whole = String(decoding: text, as: UTF8.self)
    if whole.hasPrefix("*.") {
      let domain = whole.dropFirst()
      guard domain.utf8.count > 1, !domain.utf8.contains(where: { "*/:@".utf8.contains($0) }) else { return nil }
      // The port is not looked at.
      return Self(
        kind: .names([.init(repository: "*\(domain)/**"), .init(repository: "*\(domain):*/**")]), title: shown, rank: 3,
        text: text)
    }
    guard !text.contains(UInt8(ascii: "*")), text.first != UInt8(ascii: "/"), text.last != UInt8(ascii: "/") else {
      return nil
    }
    if let at = whole.firstIndex(of: "@") {
      let digest = String(whole[whole.index(after: at)...])
      guard (try? ClaimedDigest(Array(digest.utf8), in: "", malformed: .policyMalformed)) != nil else { return nil }
      return Self(kind: .digest(digest), title: shown, rank: 0, text: text)
    }
    guard let slash = text.lastIndex(of: UInt8(ascii: "/")) else {
      return Self(kind: .names([.init(repository: "\(whole)/**")]), title: shown, rank: 2, text: text)
    }
    if let colon = text[slash...].firstIndex(of: UInt8(ascii: ":")) {
      let tag = String(decoding: text[(colon + 1)...], as: UTF8.self)
      guard !tag.isEmpty else { return nil }
      let repository = String(decoding: text[..<colon], as: UTF8.self)
      return Self(kind: .names([.init(repository: repository, tag: tag)]), title: shown, rank: 0, text: text)
    }
    return Self(
      kind: .names([.init(repository: whole), .init(repository: "\(whole)/**")]), title: shown, rank: 1, text: text)
  }

  func precedes(_ other: ContainersScope) -> Bool {
    if rank != other.rank { return rank < other.rank }
    if text.count != other.text.count { return text.count > other.text.count }
    return text.lexicographicallyPrecedes(other.text)
  }
}
