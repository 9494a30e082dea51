import Octets
package import Reasons
package import StrictJSON

// SPDX 2.2 and 2.3 in JSON (spdx.github.io/spdx-spec/v2.3, clauses 6 and 7). Version 3 is another model.

extension SoftwareBill {
  private static let versions = ["SPDX-2.2", "SPDX-2.3"]

  /// - Throws: `predicate.malformed`, or `predicate.unsupported` for other versions and for texts that are no JSON.
  package init(spdx node: JSONNode) throws(Failure) {
    let document = try Self.document(in: node, mark: "spdxVersion")
    if document.value["spdxVersion"] == nil, document.value["@graph"] != nil {
      throw document.failure("SPDX 3 is not read", .predicateUnsupported)
    }
    let version = try document.required("spdxVersion")
    let text = try version.bytes()
    guard let known = Self.versions.first(where: { $0.utf8.elementsEqual(text) }) else {
      guard text.starts(with: "SPDX-".utf8) else { throw version.failure("no version of SPDX") }
      throw version.failure("“\(printable(text, limit: 40))” is not read", .predicateUnsupported)
    }
    format = known
    var packages: [Package] = []
    for node in try document.list("packages") { packages.append(try Package(spdx: node)) }
    self.packages = packages
  }
}

extension SoftwareBill.Package {
  fileprivate init(spdx node: JSONNode) throws(Failure) {
    name = try node.required("name").string()
    version = try node.stated("versionInfo")
    var urls: [String] = []
    for reference in try node.list("externalRefs")
    where try reference.optional("referenceType")?.bytes().elementsEqual("purl".utf8) ?? false {
      urls.append(try reference.required("referenceLocator").string())
    }
    self.urls = urls
    var licenses: [String] = []
    // Two words say nothing about a licence (clause 7.13).
    for key in ["licenseConcluded", "licenseDeclared"] {
      guard let license = try node.stated(key) else { continue }
      if !["NOASSERTION", "NONE"].contains(where: { $0.utf8.elementsEqual(license.utf8) }) { licenses.append(license) }
    }
    self.licenses = licenses
  }
}
