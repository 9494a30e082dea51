package import Reasons
package import StrictJSON

/// Findings as bytes, to be saved, or to pass from one process to another (docs/formats/Findings.md).
///
///     {"findings":[{"anchor":"keys","attachedTo":null,"carrier":"file signature-1","evidence":"sha256:…","kind":null,
///      "outcome":{"failed":{"detail":"…","offset":null,"reason":"bundle.malformed","subject":"…"}},"subjects":[]}],
///      "format":"assay-findings/1"}
///
/// Canonical JSON (RFC 8785): findings have these bytes and no others. Whoever reads them believes who wrote them: that
/// something was proven is a claim here, as every digest is.
package enum FindingsDocument {
  package static let format = "assay-findings/1"
  /// Statements take four thirds of `mostStatementBytesTogether`; the rest is for all else.
  package static let limits = JSONLimits(bytes: 128 << 20, depth: 16, values: 1_000_000)
  /// Findings; `FindingIndex` weighs no more pairs of a part and a finding.
  package static let most = 100_000
  /// Digests that one piece of evidence names: two for each subject of a statement.
  package static let mostSubjects = 20_000
  /// Elements of any other list within a finding.
  package static let mostElements = 1_024
  /// Bytes of any text.
  package static let mostTextBytes = 64 << 10
  /// Bytes of one statement, and of all of them.
  package static let mostStatementBytes = 16 << 20
  package static let mostStatementBytesTogether = 64 << 20

  /// - Throws: `findings.malformed` where they are more than is read again.
  package static func serialized(_ findings: [Finding]) throws(Failure) -> [UInt8] {
    let document: JSON = ["format": .text(format), "findings": try json(findings)]
    let bytes = try document.canonical()
    guard bytes.count <= limits.bytes else { throw tooMuch("\(bytes.count) bytes") }
    return bytes
  }

  /// - Throws: `findings.malformed`, and what JSON refuses.
  package static func findings(parsing bytes: [UInt8]) throws(Failure) -> [Finding] {
    let root = try JSONNode(parsing: bytes, named: "findings", malformed: .findingsMalformed, limits: limits)
    try root.verifyMembers(["format", "findings"])
    try root.verifyFormat(format)
    let findings = try self.findings(in: root.required("findings"))
    try root.verifyCanonical(bytes)
    return findings
  }

  // MARK: Inside another document

  /// - Throws: `findings.malformed` where they are more than is read again.
  package static func json(_ findings: [Finding]) throws(Failure) -> JSON {
    let values: JSON = .array(findings.map(\.record))
    // One reader's bounds for both sides: what is written can be read.
    _ = try self.findings(in: JSONNode(values, named: "findings", malformed: .findingsMalformed))
    return values
  }

  /// - Parameter statementBytes: of all statements together, where that is less.
  /// - Throws: `findings.malformed`.
  package static func findings(
    in node: JSONNode, statementBytes: Int = mostStatementBytesTogether
  ) throws(Failure) -> [Finding] {
    var reader = FindingReader(statementBytes: min(statementBytes, mostStatementBytesTogether))
    var findings: [Finding] = []
    for node in try node.failing(.findingsMalformed).elements(atMost: most) {
      let finding = try reader.finding(node)
      // Written again it is the same: no member was passed over, and no value has a second form.
      guard finding.record == node.value else { throw node.failure("not as it would be written") }
      findings.append(finding)
    }
    return findings
  }

  private static func tooMuch(_ detail: String) -> Failure {
    Failure(.findingsMalformed, "findings", "\(detail); at most \(limits.bytes) are read")
  }
}
