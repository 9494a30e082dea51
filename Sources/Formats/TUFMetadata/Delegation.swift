import Cryptography
import Octets
import Reasons
import StrictJSON

/// Who else may speak of which paths (§4.5, DELEGATIONS).
package struct Delegation: Sendable {
  package enum Scope: Sendable {
    case patterns([PathPattern])
    /// Lower-case hexadecimal beginnings of the SHA-256 of a path.
    case hashPrefixes([[UInt8]])
  }

  package let name: RoleName
  package let signers: RoleKeys
  /// Whether later delegations are ignored for paths that this one covers.
  package let isTerminating: Bool
  package let scope: Scope

  init(parsing node: JSONNode) throws(Failure) {
    name = RoleName(try node.required("name").name())
    signers = try RoleKeys(parsing: node)
    isTerminating = try node.required("terminating").bool()
    switch (try node.optional("paths"), try node.optional("path_hash_prefixes")) {
    case (let list?, nil):
      var patterns: [PathPattern] = []
      // An empty list delegates nothing, and is what a role without targets yet has.
      for element in try list.elements(atMost: TUFLimits.patterns) { patterns.append(PathPattern(try element.name())) }
      scope = .patterns(patterns)
    case (nil, let list?):
      var prefixes: [[UInt8]] = []
      for element in try list.elements(atMost: TUFLimits.patterns) {
        let prefix = try element.name()
        guard prefix.count <= 64, Hex.decode(prefix.count % 2 == 0 ? prefix : prefix + [0x30]) != nil else {
          throw element.failure("not the beginning of a SHA-256 in lower-case hexadecimal")
        }
        prefixes.append(prefix)
      }
      scope = .hashPrefixes(prefixes)
    default: throw node.failure("either paths or path_hash_prefixes is wanted")
    }
  }

  package func covers(_ path: TargetPath) -> Bool {
    switch scope {
    case .patterns(let patterns): patterns.contains { $0.matches(path) }
    case .hashPrefixes(let prefixes): prefixes.contains { path.digest.starts(with: $0) }
    }
  }
}

/// A target's path, ready to be compared with many delegations.
package struct TargetPath: Hashable, Sendable, CustomStringConvertible {
  package let utf8: [UInt8]
  let segments: [[Unicode.Scalar]]
  /// SHA-256 in lower-case hexadecimal.
  let digest: [UInt8]

  package init(_ utf8: [UInt8]) {
    self.utf8 = utf8
    segments = PathPattern.segments(utf8)
    digest = Array(Hex.encode(Cryptography.digest(utf8).bytes).utf8)
  }

  package init(_ text: String) { self.init(Array(text.utf8)) }

  package var description: String { printable(utf8, limit: 200) }
}
