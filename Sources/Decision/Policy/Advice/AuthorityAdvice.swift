import Octets
import Reasons
import StrictJSON

extension Policy {
  /// Authorities that nothing asks for, and those whose signers speak for another one.
  func authorityAdvice(_ root: JSONNode) throws(Failure) -> [Advice] {
    var asked: Set<[UInt8]> = []
    for key in ["rules", "requirements"] {
      for node in try root.optional(key)?.elements() ?? [] { Self.collect(node.value, &asked) }
    }
    var all: [Advice] = []
    for (position, authority) in authorities.enumerated() {
      if !asked.contains(Array(authority.name.utf8)) {
        all.append(
          Advice(
            .authorityUnused, at: "authorities[\(position)]",
            "no rule and no requirement asks for the authority “\(authority.name)”"))
      }
      let earlier = authorities[..<position]
      all += Self.advice(onKeysOf: authority, earlier, at: "authorities[\(position)].keys")
      if let other = earlier.first(where: { $0.takesIdentity(of: authority) }) {
        all.append(
          Advice(
            .authorityOvershadowed, at: "authorities[\(position)]",
            "“\(other.name)” accepts who is meant here, and stands first: their word counts for "
              + "\(printable(other.operator)), never for \(printable(authority.operator)); declare the narrower first"))
      }
    }
    return all
  }

  /// Every name that stands under a `by`.
  private static func collect(_ value: JSON, _ names: inout Set<[UInt8]>) {
    switch value {
    case .array(let elements): for element in elements { collect(element, &names) }
    case .object(let object):
      for member in object.members {
        guard member.key.elementsEqual("by".utf8) else {
          collect(member.value, &names)
          continue
        }
        let named: [JSON] = if case .array(let elements) = member.value { elements } else { [member.value] }
        for case .string(let name) in named { names.insert(name) }
      }
    case .null, .bool, .number, .string: break
    }
  }

  private static func advice(
    onKeysOf authority: Authority, _ earlier: ArraySlice<Authority>, at path: String
  ) -> [Advice] {
    guard case .keys(let keys) = authority.signer else { return [] }
    return earlier.compactMap { other in
      guard case .keys(let others) = other.signer, let key = keys.all.first(where: others.all.contains) else {
        return nil
      }
      return Advice(
        .authoritySharedKey, at: path,
        "the key \(key) is one of “\(other.name)” too: what it signs is the word of \(printable(other.operator)) alone")
    }
  }
}

extension Authority {
  /// Whether this one, which stands earlier, accepts an exact identity of the other's, for another operator.
  fileprivate func takesIdentity(of other: Authority) -> Bool {
    guard !`operator`.utf8.elementsEqual(other.operator.utf8) else { return false }
    switch (signer, other.signer) {
    case (.keyless(let rule), .keyless(let wanted)):
      return hasRoot(of: other) && rule.identity.accepts(anExact: wanted.identity)
        && wanted.issuer.all.contains { issuer in
          switch issuer {
          case .exactly(let text): rule.issuer.accepts(text)
          case .matching: rule.issuer.all.contains(issuer)
          }
        }
    case (.certificate(let rule), .certificate(let wanted)):
      return hasRoot(of: other) && rule.authority.utf8.elementsEqual(wanted.authority.utf8)
        && rule.identity.accepts(anExact: wanted.identity)
    default: return false
    }
  }

  private func hasRoot(of other: Authority) -> Bool {
    trustRoot.map { Array($0.utf8) } == other.trustRoot.map { Array($0.utf8) }
  }
}

extension TextRules {
  fileprivate func accepts(anExact other: TextRules) -> Bool {
    other.all.contains { if case .exactly(let text) = $0 { accepts(text) } else { false } }
  }
}
