package import Octets
package import Reasons
package import StrictJSON

/// What all roles' metadata have in common (§4.2).
package struct MetadataHeader: Hashable, Sendable {
  package let version: Int64
  package let expires: UnixTime
}

/// The part of a metadata file that is signed.
package protocol MetadataBody: Sendable {
  /// The value of `_type`.
  static var type: String { get }
  /// Bytes of a whole file, where nothing else says how long it is.
  static var byteLimit: Int { get }

  var header: MetadataHeader { get }
  init(parsing signed: JSONNode, header: MetadataHeader) throws(Failure)
}

extension MetadataBody {
  package var version: Int64 { header.version }
  package var expires: UnixTime { header.expires }
}

/// One metadata file, read and believed in nothing: no signature has been verified.
///
///     {"signed": {"_type": "timestamp", "spec_version": "1.0", "version": 762, …},
///      "signatures": [{"keyid": "0c87432c…", "sig": "30440220…"}]}
package struct SignedMetadata<Body: MetadataBody>: Sendable {
  /// The file.
  package let bytes: [UInt8]
  /// What the signatures cover: the canonical form of `signed`, unknown members included.
  package let signed: [UInt8]
  /// The signatures that are lower-case hexadecimal. tuf-on-ci leaves `""` where somebody did not sign.
  package let signatures: [KeyID: [UInt8]]
  package let body: Body

  /// - Throws: `tuf.malformed`, `tuf.spec-version-unsupported`, `tuf.limit-exceeded`, or a reason of JSON's.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    var limits = JSONLimits.usual
    limits.bytes = Body.byteLimit
    let document = try JSONNode(parsing: bytes, named: subject, malformed: .tufMalformed, limits: limits)
    let signed = try document.required("signed")
    let type = try signed.required("_type")
    guard try type.bytes().elementsEqual(Body.type.utf8) else {
      throw type.failure("“\(printable(try type.bytes(), limit: 40))”, where \(Body.type) is wanted")
    }
    try Self.verifySpecification(try signed.required("spec_version"))
    let expires = try signed.required("expires")
    guard let time = UnixTime(rfc3339: try expires.bytes()) else { throw expires.failure("no RFC 3339 date-time") }
    let header = MetadataHeader(version: try signed.required("version").version(), expires: time)
    self.bytes = bytes
    body = try Body(parsing: signed, header: header)
    self.signed = try signed.value.olpcCanonical(named: subject)
    signatures = try Self.signatures(try document.required("signatures"))
  }

  /// Semantic Versioning's major number decides: `1.0`, as Sigstore has it, and `1.0.31` are one format.
  private static func verifySpecification(_ node: JSONNode) throws(Failure) {
    let parts = try node.bytes().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count),
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } })
    else { throw node.failure("no version of the TUF specification") }
    guard parts[0].elementsEqual("1".utf8) else {
      throw node.failure("version \(printable(try node.bytes(), limit: 20)); 1.x is read", .tufSpecVersionUnsupported)
    }
  }

  /// §4.2: a key ID stands once. Who signed twice would count twice elsewhere.
  private static func signatures(_ list: JSONNode) throws(Failure) -> [KeyID: [UInt8]] {
    var signatures: [KeyID: [UInt8]] = [:]
    var seen: Set<KeyID> = []
    for element in try list.elements(atMost: TUFLimits.keysOfRole) {
      let node = try element.required("keyid")
      let id = KeyID(try node.name())
      guard seen.insert(id).inserted else { throw node.failure("two signatures under one key ID") }
      let text = try element.required("sig").bytes()
      if !text.isEmpty, let signature = Hex.decode(text) { signatures[id] = signature }
    }
    return signatures
  }
}
