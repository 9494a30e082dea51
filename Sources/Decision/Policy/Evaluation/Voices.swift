import Findings
import Octets

/// Who stands behind findings, each person or body once: what has a key, an identity or an operator in common is of one
/// voice. So one signer cannot pose as two, by two certificates of one identity, by one key with a certificate and
/// without, or under two authorities of one operator.
struct Voices {
  private enum Mark: Hashable {
    case key(ClaimedDigest)
    case identity(issuer: [UInt8], [UInt8])
    case `operator`([UInt8])
  }

  private let voices: [Int: Int]

  /// - Parameter positions: of findings that prove something.
  init(_ positions: [Int], _ policy: Policy, _ matter: Matter) {
    var union = UnionFind()
    var holders: [Mark: Int] = [:]
    for (number, position) in positions.enumerated() {
      union.add()
      guard case .success(let proven) = matter.findings.findings[position].outcome else { continue }
      for mark in Self.marks(of: proven.signer, under: matter.findings.findings[position].anchor, policy, matter) {
        if let holder = holders[mark] { union.join(holder, number) } else { holders[mark] = number }
      }
    }
    var voices: [Int: Int] = [:]
    for (number, position) in positions.enumerated() { voices[position] = union.root(number) }
    self.voices = voices
  }

  var count: Int { Set(voices.values).count }

  /// The voices of some of the findings.
  func of(_ positions: [Int]) -> Set<Int> { Set(positions.compactMap { voices[$0] }) }

  private static func marks(
    of signer: Signer, under anchor: Finding.Anchor, _ policy: Policy, _ matter: Matter
  ) -> [Mark] {
    var marks: [Mark]
    switch signer {
    case .key(let fingerprint): marks = [.key(ClaimedDigest(fingerprint))]
    case .certificate(let facts):
      let issuer = Array((facts.issuer ?? facts.authority).utf8)
      marks = [.key(ClaimedDigest(facts.keyFingerprint))]
      marks += facts.identities.map { .identity(issuer: issuer, Array($0.utf8)) }
    }
    // Whoever could speak for two operators speaks for the first that the policy names.
    let authority = policy.authorities.indices.first {
      matter.standings[$0].anchor == anchor && policy.authorities[$0].signer.accepts(signer)
    }
    if let authority { marks.append(.operator(Array(policy.authorities[authority].operator.utf8))) }
    return marks
  }
}

/// Numbers in groups that only grow together.
private struct UnionFind {
  private var parents: [Int] = []

  mutating func add() { parents.append(parents.count) }

  mutating func root(_ number: Int) -> Int {
    var number = number
    while parents[number] != number {
      parents[number] = parents[parents[number]]
      number = parents[number]
    }
    return number
  }

  mutating func join(_ one: Int, _ other: Int) {
    let (one, other) = (root(one), root(other))
    // The lower stays, so that the answer does not depend on the order of joining.
    parents[max(one, other)] = min(one, other)
  }
}

/// Numbers for what can be had: one kind of evidence by one authority. Types of attestations that go by one short name are
/// of one kind.
struct OfferNumbers {
  private struct Offer: Hashable {
    /// Nil for signatures.
    let type: [UInt8]?
    let voice: Int
  }

  private var numbers: [Offer: Int] = [:]

  subscript(kind: EvidenceKind?, by voice: Int) -> Int {
    mutating get {
      guard case .attestation(let type)? = kind else { return number(Offer(type: nil, voice: voice)) }
      return self[type, by: voice]
    }
  }

  subscript(type: String?, by voice: Int) -> Int {
    mutating get {
      number(Offer(type: type.map { Array((PredicateTypes.name(of: $0) ?? $0).utf8) }, voice: voice))
    }
  }

  private mutating func number(_ offer: Offer) -> Int {
    let number = numbers[offer] ?? numbers.count
    numbers[offer] = number
    return number
  }
}

/// The most requirements that can each have an offer of its own (augmenting paths, Kuhn 1955).
enum Matching {
  static func most(_ choices: [Set<Int>]) -> Int {
    var owner: [Int: Int] = [:]
    func place(_ requirement: Int, _ tried: inout Set<Int>) -> Bool {
      for voice in choices[requirement].sorted() where tried.insert(voice).inserted {
        guard let other = owner[voice] else {
          owner[voice] = requirement
          return true
        }
        if place(other, &tried) {
          owner[voice] = requirement
          return true
        }
      }
      return false
    }
    return choices.indices.reduce(0) { count, requirement in
      var tried: Set<Int> = []
      return place(requirement, &tried) ? count + 1 : count
    }
  }
}
