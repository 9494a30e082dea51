import Dossier
import Findings
import OCIImage
import Reasons

/// Findings have one form: what is read is written as the same bytes.
enum FindingsInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let findings = try reading(bytes, { bytes throws(Failure) in try FindingsDocument.findings(parsing: bytes) })
    else { return false }
    try hold(findings.count <= FindingsDocument.most, "findings out of bounds")
    for finding in findings {
      try hold(finding.subjects.count <= FindingsDocument.mostSubjects, "subjects out of bounds")
      guard case .success(let proven) = finding.outcome else { continue }
      let size = proven.statement?.statement.count ?? 0
      try hold(size <= FindingsDocument.mostStatementBytes, "a statement out of bounds")
    }
    try hold((try? FindingsDocument.serialized(findings)) == bytes, "findings are written as other bytes")
    return true
  }
}

/// Facts that were saved have one form too; a dossier's image is the one that it was judged by.
enum DossierInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let whole = try reading(bytes) { bytes throws(Failure) in try Dossier.judgedWhole(bytes) }
    if let (image, _) = whole.flatMap({ $0 }) { try hold(!image.parts.isEmpty, "an image without parts") }
    guard let facts = try reading(bytes, { bytes throws(Failure) in try SavedFacts(parsing: bytes) }) else {
      return whole != nil
    }
    try hold((try? facts.serialized()) == bytes, "facts are written as other bytes")
    return true
  }
}
