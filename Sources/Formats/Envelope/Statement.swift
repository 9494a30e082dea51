package import Octets
package import Reasons
package import StrictJSON

/// An in-toto statement (in-toto attestation spec, v0.1 and v1 statement.md): a predicate about artifacts that are named
/// by digest.
package struct Statement: Sendable {
  package struct Subject: Sendable {
    /// A label, in v1 optional. Artifacts are matched by digest alone.
    package let name: [UInt8]?
    /// Each digest as written; of `sha256` and `sha512` it is certain that they are lower-case hexadecimal of the right
    /// length. At least one.
    package let digests: [(algorithm: String, hex: [UInt8])]
    package let annotations: JSON?
  }

  /// `_type`, of which no other value is read.
  package static let types = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"]
  /// `cosign attest --type spdx` signs an SPDX document as text, whatever the statement's specification says.
  package static let spdxType = "https://spdx.dev/Document"
  /// Subjects of one statement; our own bound. A GitHub attestation has at most 1024.
  package static let mostSubjects = 10_000
  /// Algorithms in one DigestSet; our own bound.
  package static let mostDigests = 32

  /// At least one.
  package let subjects: [Subject]
  /// A TypeURI: printable ASCII, so that comparing it as `String` compares bytes.
  package let predicateType: String
  /// An object; nil where it is absent or null, which means the same as empty. Under `spdxType` it may be a text.
  package let predicate: JSON?
  /// The subjects' sha256 and sha512 digests, in order. Others are ignored, as digest_set.md demands.
  package let subjectDigests: [ClaimedDigest]

  /// Reads a statement; unknown fields are ignored, as the specification demands.
  /// - Throws: `statement.malformed`, or what `JSON(parsing:)` throws.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    let node = try JSONNode(parsing: bytes, named: "statement", malformed: .statementMalformed)
    let type = try node.required("_type")
    let typeBytes = try type.bytes()
    guard Self.types.contains(where: { Array($0.utf8) == typeBytes }) else {
      throw type.failure("“\(printable(typeBytes, limit: 80))” is no statement type that Assay reads")
    }

    var subjects: [Subject] = []
    var claimed: [ClaimedDigest] = []
    for subject in try node.required("subject").elements(atMost: Self.mostSubjects) {
      var digests: [(algorithm: String, hex: [UInt8])] = []
      for (algorithm, value) in try subject.required("digest").members() {
        let text = try value.bytes()
        let name = String(decoding: algorithm, as: UTF8.self)
        guard digests.count < Self.mostDigests else { throw value.failure("too many digests of one subject") }
        guard !text.isEmpty else { throw value.failure("empty") }
        if name == "sha256" || name == "sha512" {
          guard
            let digest = try? ClaimedDigest(
              algorithm + [UInt8(ascii: ":")] + text, in: "", malformed: .statementMalformed)
          else { throw value.failure("no \(name) digest in lower-case hexadecimal") }
          claimed.append(digest)
        }
        digests.append((name, text))
      }
      guard !digests.isEmpty else { throw try subject.required("digest").failure("no digest") }
      subjects.append(
        Subject(
          name: try subject.optional("name")?.bytes(), digests: digests,
          annotations: try subject.optional("annotations")?.value))
    }
    guard !subjects.isEmpty else { throw try node.required("subject").failure("no subject") }
    self.subjects = subjects
    subjectDigests = claimed

    let predicateType = try node.required("predicateType")
    let uri = try predicateType.bytes()
    guard !uri.isEmpty, uri.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw predicateType.failure("no URI: “\(printable(uri, limit: 80))”")
    }
    self.predicateType = String(decoding: uri, as: UTF8.self)
    if let predicate = try node.optional("predicate") {
      switch predicate.value {
      case .object: self.predicate = predicate.value
      case .string where self.predicateType == Self.spdxType: self.predicate = predicate.value
      default: throw predicate.failure("an object is wanted")
      }
    } else {
      predicate = nil
    }
  }
}
