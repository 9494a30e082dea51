import Octets
package import Reasons
package import StrictJSON

// CycloneDX 1.4 to 1.6 in JSON (cyclonedx.org/docs/1.6/json). Components may hold components; the parser's bound on depth
// is the bound here.

extension SoftwareBill {
  private static let cycloneDXVersions = ["1.4", "1.5", "1.6"]

  /// - Throws: `predicate.malformed`, or `predicate.unsupported` for other versions and for texts that are no JSON.
  package init(cycloneDX node: JSONNode) throws(Failure) {
    let document = try Self.document(in: node, mark: "bomFormat")
    let mark = try document.required("bomFormat")
    guard try mark.bytes().elementsEqual("CycloneDX".utf8) else { throw mark.failure("“CycloneDX” is wanted") }
    let version = try document.required("specVersion")
    let text = try version.bytes()
    guard let known = Self.cycloneDXVersions.first(where: { $0.utf8.elementsEqual(text) }) else {
      throw version.failure("CycloneDX “\(printable(text, limit: 40))” is not read", .predicateUnsupported)
    }
    format = "CycloneDX \(known)"
    var packages: [Package] = []
    if let subject = try document.optional("metadata")?.optional("component") {
      try Self.collect(subject, into: &packages)
    }
    for component in try document.list("components") { try Self.collect(component, into: &packages) }
    self.packages = packages
  }

  private static func collect(_ node: JSONNode, into packages: inout [Package]) throws(Failure) {
    packages.append(try Package(cycloneDX: node))
    for component in try node.list("components") { try collect(component, into: &packages) }
  }
}

extension SoftwareBill.Package {
  fileprivate init(cycloneDX node: JSONNode) throws(Failure) {
    name = try node.required("name").string()
    version = try node.stated("version")
    urls = try node.stated("purl").map { [$0] } ?? []
    var licenses: [String] = []
    for choice in try node.list("licenses") {
      if let expression = try choice.stated("expression") { licenses.append(expression) }
      if let license = try choice.optional("license") {
        let (id, name) = (try license.stated("id"), try license.stated("name"))
        if let text = id ?? name { licenses.append(text) }
      }
    }
    self.licenses = licenses
  }
}
