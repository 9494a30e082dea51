import Cryptography
import Octets
package import Reasons
package import StrictJSON

/// Reads findings, each within its bounds. That nothing else stands there, the document sees to.
struct FindingReader {
  private let mostBytes: Int
  private var statementBytes = 0

  /// - Parameter statementBytes: of all statements together.
  init(statementBytes: Int) { mostBytes = statementBytes }

  mutating func finding(_ node: JSONNode) throws(Failure) -> Finding {
    Finding(
      evidence: try node.required("evidence").computedDigest(), carrier: try node.required("carrier").text(),
      attachedTo: try node.optional("attachedTo").map { (node) throws(Failure) in try node.digest() },
      kind: try node.optional("kind").map { (node) throws(Failure) in try EvidenceKind(node) },
      subjects: try node.required("subjects").list(atMost: FindingsDocument.mostSubjects) {
        (node) throws(Failure) in try node.digest()
      }, anchor: try Finding.Anchor(node.required("anchor")), outcome: try outcome(node.required("outcome")))
  }

  private mutating func outcome(_ node: JSONNode) throws(Failure) -> Result<Proven, Failure> {
    if let failed = try node.optional("failed") {
      let failure = try FailureRecord.failure(failed)
      for text in [failure.subject, failure.detail] where text.utf8.count > FindingsDocument.mostTextBytes {
        throw failed.failure("longer than \(FindingsDocument.mostTextBytes) bytes")
      }
      return .failure(failure)
    }
    let proven = try node.required("proven")
    return .success(
      Proven(
        signer: try Signer(proven.required("signer")),
        times: try proven.required("times").list { (node) throws(Failure) in try EstablishedTime(node) },
        log: try proven.required("log").list { (node) throws(Failure) in try LogFacts(node) },
        checks: try proven.required("checks").list { (node) throws(Failure) in try Check(node) },
        statement: try proven.optional("statement").map { (node) throws(Failure) in try statement(node) }))
  }

  private mutating func statement(_ node: JSONNode) throws(Failure) -> StatementFacts {
    let text = try node.required("bytes")
    guard try text.bytes().count <= (FindingsDocument.mostStatementBytes + 2) / 3 * 4 else {
      throw text.failure("a statement of more than \(FindingsDocument.mostStatementBytes) bytes")
    }
    let bytes = try text.base64()
    statementBytes += bytes.count
    guard bytes.count <= FindingsDocument.mostStatementBytes, statementBytes <= mostBytes else {
      throw text.failure("a statement of \(bytes.count) bytes, all together \(statementBytes): more than is read")
    }
    return StatementFacts(predicateType: try node.required("predicateType").text(), statement: bytes)
  }
}

extension JSONNode {
  fileprivate func text() throws(Failure) -> String {
    let bytes = try bytes()
    guard bytes.count <= FindingsDocument.mostTextBytes else {
      throw failure("longer than \(FindingsDocument.mostTextBytes) bytes")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  fileprivate func number() throws(Failure) -> Int64 {
    guard let number = Int64(try text()) else { throw failure("no number of 64 bits, as text") }
    return number
  }

  fileprivate func computedDigest() throws(Failure) -> ComputedDigest {
    let claimed = try digest()
    guard let digest = ComputedDigest(handedOver: claimed.algorithm, claimed.bytes) else { throw failure("no digest") }
    return digest
  }

  fileprivate func list<Element>(
    atMost limit: Int = FindingsDocument.mostElements, _ read: (JSONNode) throws(Failure) -> Element
  ) throws(Failure) -> [Element] {
    guard case .array(let elements) = value, elements.count <= limit else {
      throw failure("a list of at most \(limit) is wanted")
    }
    var list: [Element] = []
    for node in try self.elements() { list.append(try read(node)) }
    return list
  }

  fileprivate func texts() throws(Failure) -> [String] {
    try list { (node) throws(Failure) in try node.text() }
  }
}

extension EvidenceKind {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    if node.value == "signature" {
      self = .signature
    } else {
      self = .attestation(predicateType: try node.required("attestation").text())
    }
  }
}

extension Finding.Anchor {
  package init(_ node: JSONNode) throws(Failure) {
    if node.value == "keys" { self = .keys } else { self = .trustRoot(try node.required("trustRoot").text()) }
  }
}

extension Check {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    self.init(
      try node.required("name").text(), try node.required("result").oneOf(Result.self),
      try node.required("detail").text())
  }
}

extension Signer {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    if let key = try node.optional("key") {
      self = .key(fingerprint: try key.computedDigest())
    } else {
      self = .certificate(try CertificateFacts(node.required("certificate")))
    }
  }
}

extension CertificateFacts {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    self.init(
      fingerprint: try node.required("fingerprint").computedDigest(),
      keyFingerprint: try node.required("keyFingerprint").computedDigest(),
      identities: try node.required("identities").texts(),
      issuer: try node.optional("issuer").map { (node) throws(Failure) in try node.text() },
      extensions: try node.required("extensions").list { (node) throws(Failure) in
        NamedValue(try node.required("name").text(), try node.required("value").text())
      }, authority: try node.required("authority").text(),
      notBefore: UnixTime(try node.required("notBefore").number()),
      notAfter: UnixTime(try node.required("notAfter").number()),
      certificateTimestamps: try node.required("certificateTimestamps").texts())
  }
}

extension EstablishedTime {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    let time = UnixTime(try node.required("time").number())
    if let log = try node.optional("log") {
      self.init(time, .signedEntryTimestamp(log: try log.text()))
    } else {
      self.init(time, .timestampAuthority(try node.required("timestampAuthority").text()))
    }
  }
}

extension LogFacts {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    self.init(
      log: try node.required("log").text(), index: try node.required("index").number(),
      entryKind: try node.required("entryKind").text(),
      proofs: try node.required("proofs").list { (node) throws(Failure) in try node.oneOf(Proof.self) },
      snapshotLeaf: try node.optional("snapshotLeaf").map { (node) throws(Failure) in try node.hexadecimal(count: 32) },
      isIndexProven: try node.required("indexProven").bool(), witnesses: try node.required("witnesses").texts())
  }
}
