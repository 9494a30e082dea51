/// An SPDX licence expression (SPDX 2.3, annex D), for the one question whether all ways through it are denied.
///
/// `AND` binds closer than `OR`. What is no expression is taken word by word, as if `AND` stood between: denying too much
/// is seen, denying too little is not.
package indirect enum LicenseExpression: Hashable, Sendable {
  /// One licence: the texts that name it. `GPL-2.0+ WITH X` is that, `GPL-2.0+` and `GPL-2.0`.
  case license([String])
  case every([LicenseExpression])
  case oneOf([LicenseExpression])

  /// Parentheses inside each other.
  private static let deepest = 32

  package init(_ text: String) {
    var parser = Parser(text)
    if let expression = parser.alternatives(depth: 0), parser.isAtEnd {
      self = expression
    } else {
      self = .every([.license([text])] + Self.words(text).map { .license(Self.names(of: $0)) })
    }
  }

  private static func words(_ text: String) -> [String] {
    text.utf8.split { byte in byte <= 0x20 || "()/,;&|".utf8.contains(byte) }.map {
      String(decoding: Array($0), as: UTF8.self)
    }
  }

  /// Every text that one identifier may be meant by: without the mark of later versions, as SPDX writes GNU's licences now
  /// and as it wrote them (`GPL-2.0` is `GPL-2.0-only`, `GPL-2.0+` is `GPL-2.0-or-later`), and out of another document.
  private static func names(of identifier: String) -> [String] {
    var names = [identifier]
    let own = identifier.split(separator: ":").last.map(String.init) ?? identifier
    if own.utf8.count < identifier.utf8.count { names.append(own) }
    func base(_ end: String) -> String? {
      own.lowercased().hasSuffix(end) ? String(own.dropLast(end.utf8.count)) : nil
    }
    let isGNU = ["gpl-", "lgpl-", "agpl-", "gfdl-"].contains { own.lowercased().hasPrefix($0) }
    if let base = base("+") {
      names += [base] + (isGNU ? ["\(base)-or-later"] : [])
    } else if isGNU, let base = base("-or-later") {
      names += [base, "\(base)+"]
    } else if isGNU {
      names.append(base("-only") ?? "\(own)-only")
      // `GPL-2.0-with-classpath-exception`, before exceptions stood apart.
      if let with = own.lowercased().firstRange(of: "-with-") {
        let version = String(own.prefix(own.lowercased()[..<with.lowerBound].count))
        names += Self.names(of: version)
      }
    }
    return names
  }

  /// A denied licence denies the expression unless an `OR` leaves a way around it.
  package func isDenied(by isDenied: (String) -> Bool) -> Bool {
    switch self {
    case .license(let names): names.contains(where: isDenied)
    case .every(let parts): parts.contains { $0.isDenied(by: isDenied) }
    case .oneOf(let parts): parts.allSatisfy { $0.isDenied(by: isDenied) }
    }
  }

  private struct Parser {
    private let tokens: [String]
    private var index = 0

    init(_ text: String) {
      var tokens: [String] = []
      var word: [UInt8] = []
      for byte in text.utf8 {
        let isParenthesis = byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
        guard isParenthesis || byte <= 0x20 else {
          word.append(byte)
          continue
        }
        if !word.isEmpty { tokens.append(String(decoding: word, as: UTF8.self)) }
        word = []
        if isParenthesis { tokens.append(byte == UInt8(ascii: "(") ? "(" : ")") }
      }
      if !word.isEmpty { tokens.append(String(decoding: word, as: UTF8.self)) }
      self.tokens = tokens
    }

    var isAtEnd: Bool { index == tokens.count }

    mutating func alternatives(depth: Int) -> LicenseExpression? {
      guard depth <= deepest, let first = conjunction(depth: depth) else { return nil }
      var parts = [first]
      while take("OR") {
        guard let next = conjunction(depth: depth) else { return nil }
        parts.append(next)
      }
      return parts.count == 1 ? first : .oneOf(parts)
    }

    private mutating func conjunction(depth: Int) -> LicenseExpression? {
      guard let first = single(depth: depth) else { return nil }
      var parts = [first]
      while take("AND") {
        guard let next = single(depth: depth) else { return nil }
        parts.append(next)
      }
      return parts.count == 1 ? first : .every(parts)
    }

    private mutating func single(depth: Int) -> LicenseExpression? {
      if take("(") {
        guard let inner = alternatives(depth: depth + 1), take(")") else { return nil }
        return inner
      }
      guard let name = identifier() else { return nil }
      var names = LicenseExpression.names(of: name)
      if take("WITH") {
        guard let exception = identifier() else { return nil }
        names += names.map { "\($0) WITH \(exception)" }
      }
      return .license(names)
    }

    private mutating func take(_ token: String) -> Bool {
      guard index < tokens.count, tokens[index] == token else { return false }
      index += 1
      return true
    }

    /// `idstring`, with the marks of references (`DocumentRef-x:LicenseRef-y`) and of later versions.
    private mutating func identifier() -> String? {
      guard index < tokens.count, !["AND", "OR", "WITH"].contains(tokens[index]) else { return nil }
      let isPlain = tokens[index].utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "-.+:_".utf8.contains(byte)
        }
      }
      guard isPlain else { return nil }
      index += 1
      return tokens[index - 1]
    }
  }
}
