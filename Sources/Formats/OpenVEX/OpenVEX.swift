package import Octets
package import Reasons
package import StrictJSON

/// An OpenVEX 0.2.0 document: which vulnerabilities matter in which products (docs/formats/OpenVEX.md).
package struct OpenVEX: Sendable {
  package enum Status: String, CaseIterable, Hashable, Sendable {
    case notAffected = "not_affected"
    case affected
    case fixed
    case underInvestigation = "under_investigation"

    /// Whether it takes a finding away.
    package var clears: Bool { self == .notAffected || self == .fixed }
  }

  package enum Justification: String, CaseIterable, Hashable, Sendable {
    case componentNotPresent = "component_not_present"
    case vulnerableCodeNotPresent = "vulnerable_code_not_present"
    case vulnerableCodeNotInExecutePath = "vulnerable_code_not_in_execute_path"
    case vulnerableCodeCannotBeControlled = "vulnerable_code_cannot_be_controlled_by_adversary"
    case inlineMitigationsAlreadyExist = "inline_mitigations_already_exist"
  }

  package struct Component: Sendable {
    /// Package URLs among its `@id` and `identifiers`, as far as they can be read.
    package let urls: [PackageURL]
    package let digests: [ClaimedDigest]
  }

  package struct Product: Sendable {
    package let component: Component
    package let subcomponents: [Component]
  }

  package struct Statement: Sendable {
    /// The vulnerability's name and its aliases.
    package let names: [[UInt8]]
    /// Nil where it says none: then it is about what the encapsulating statement is about.
    package let products: [Product]?
    package let status: Status
    package let justification: Justification?
    /// Its own, else the document's.
    package let time: UnixTime
  }

  /// The contexts of one model. 0.0.1 had another one under the first.
  package static let contexts = ["https://openvex.dev/ns", "https://openvex.dev/ns/v0.2.0"]
  /// Names of vulnerabilities times the components that they are said of, in one document of so many bytes. Each component is
  /// written with some dozens of bytes for a few names, and what reads the document is weighed by its bytes; our own bound.
  package static func mostPairs(in bytes: Int) -> Int { 1_000 + bytes / 4 }

  package let author: String?
  package let statements: [Statement]

  /// - Parameter bytes: of the statement around it.
  /// - Throws: `predicate.malformed`; `predicate.unsupported` for other versions; `json.limit-exceeded` beyond `mostPairs`.
  package init(_ node: JSONNode, of bytes: Int) throws(Failure) {
    let node = node.failing(.predicateMalformed)
    let context = try node.required("@context")
    let uri = try context.bytes()
    guard Self.contexts.contains(where: { $0.utf8.elementsEqual(uri) }) else {
      let isOther = uri.starts(with: "https://openvex.dev/ns/".utf8)
      throw context.failure(
        "“\(printable(uri, limit: 80))” is not read", isOther ? .predicateUnsupported : nil)
    }
    author = try node.stated("author")
    let time = try node.statedTime("timestamp")
    var statements: [Statement] = []
    var pairs = 0
    for element in try node.required("statements").elements() {
      let statement = try Statement(element, written: time)
      pairs += statement.names.count * (statement.products?.reduce(0) { $0 + 1 + $1.subcomponents.count } ?? 1)
      guard pairs <= Self.mostPairs(in: bytes) else {
        throw element.failure(
          "more than \(Self.mostPairs(in: bytes)) pairs of vulnerability and product in \(bytes) bytes",
          .jsonLimitExceeded)
      }
      statements.append(statement)
    }
    self.statements = statements
  }
}

extension OpenVEX.Statement {
  fileprivate init(_ node: JSONNode, written: UnixTime?) throws(Failure) {
    let vulnerability = try node.required("vulnerability")
    if case .string = vulnerability.value {
      throw vulnerability.failure("a name alone, as in OpenVEX 0.0.1, is not read", .predicateUnsupported)
    }
    var names = [try vulnerability.required("name").bytes()]
    for alias in try vulnerability.list("aliases") { names.append(try alias.bytes()) }
    self.names = names
    if let products = try node.optional("products") {
      var read: [OpenVEX.Product] = []
      for product in try products.elements() { read.append(try OpenVEX.Product(product)) }
      self.products = read
    } else {
      products = nil
    }
    status = try node.required("status").oneOf(OpenVEX.Status.self)
    justification = try node.optional("justification")
      .map { (node) throws(Failure) in try node.oneOf(OpenVEX.Justification.self) }
    if status == .notAffected, justification == nil, try node.stated("impact_statement") == nil {
      throw node.failure("“not_affected” wants a justification or an impact statement")
    }
    let own = try node.statedTime("timestamp")
    guard let time = own ?? written else {
      throw node.failure("neither the statement nor the document says when")
    }
    self.time = time
  }
}

extension OpenVEX.Product {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    component = try OpenVEX.Component(node)
    var subcomponents: [OpenVEX.Component] = []
    for element in try node.list("subcomponents") { subcomponents.append(try OpenVEX.Component(element)) }
    self.subcomponents = subcomponents
  }
}

extension OpenVEX.Component {
  /// The names of Appendix A that an image's digest may stand under.
  private static let algorithms = [("sha-256", "sha256"), ("sha-512", "sha512")]

  fileprivate init(_ node: JSONNode) throws(Failure) {
    var urls: [PackageURL] = []
    for text in [try node.optional("@id")?.bytes(), try node.optional("identifiers")?.optional("purl")?.bytes()] {
      if let text, let url = PackageURL(text), !urls.contains(url) { urls.append(url) }
    }
    self.urls = urls
    var digests: [ClaimedDigest] = []
    if let hashes = try node.optional("hashes") {
      for (name, algorithm) in Self.algorithms {
        guard let hash = try hashes.optional(name) else { continue }
        let text = try hash.bytes().map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
        digests.append(
          try ClaimedDigest(
            Array("\(algorithm):".utf8) + text, in: "predicate: \(hash.path)", malformed: .predicateMalformed))
      }
    }
    self.digests = digests
  }
}
