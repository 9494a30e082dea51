import Octets
import OpenVEX
import Patterns
package import Reasons
import SoftwareBill
package import StrictJSON

/// What a bill of materials must not hold.
///
///     bill: {deniedLicenses: T*, deniedPackages: T*}
package struct BillRule: Hashable, Sendable {
  /// Of licences. An exact text is compared without regard to ASCII letter case, as SPDX compares identifiers.
  package var deniedLicenses: TextRules?
  /// Of packages, by URL, or by `name@version`. An exact URL denies what it covers (purl-spec), a pattern is matched with and
  /// without qualifiers.
  package var deniedPackages: TextRules?

  package init() {}

  func judge(_ facts: SoftwareBill) -> ContentOutcome {
    let unlicensed = facts.packages.count { $0.licenses.isEmpty }
    let without = unlicensed > 0 ? ", \(unlicensed) of them without a licence" : ""
    var outcome = ContentOutcome(notes: ["\(facts.format), \(facts.packages.count) packages\(without)"])
    if let deniedLicenses { judgeLicenses(facts, deniedLicenses, &outcome) }
    if let deniedPackages {
      let wanted = deniedPackages.packageURLs
      let denied = facts.packages.filter { package in
        Self.names(package).contains { name in deniedPackages.all.contains { $0.acceptsLines(name) } }
          || !wanted.isEmpty
            && package.urls.compactMap { PackageURL(Array($0.utf8)) }.contains { url in
              wanted.contains { $0.covers(url) }
            }
      }
      if !denied.isEmpty {
        outcome.failures.append(
          Failure(
            .billPackageDenied, "bill: packages",
            "\(listed(denied.prefix(5).map { quoted(Self.label($0)) }, of: denied.count)); denied is "
              + deniedPackages.shortWording))
      }
    }
    return outcome
  }

  private func judgeLicenses(_ facts: SoftwareBill, _ denied: TextRules, _ outcome: inout ContentOutcome) {
    // A bill names few licences many times.
    var known: [[UInt8]: Bool] = [:]
    var found: [String] = []
    var count = 0
    for package in facts.packages {
      for license in package.licenses {
        let key = Array(license.utf8)
        let isDenied = known[key] ?? LicenseExpression(license).isDenied(by: denied.deniesLicense)
        known[key] = isDenied
        guard isDenied else { continue }
        count += 1
        if found.count < 5 { found.append("\(quoted(Self.label(package))) under \(quoted(license))") }
      }
    }
    guard count > 0 else { return }
    outcome.failures.append(
      Failure(
        .billLicenseDenied, "bill: licences", "\(listed(found, of: count)); denied is \(denied.shortWording)"))
  }

  private static func label(_ package: SoftwareBill.Package) -> String {
    package.version.map { "\(package.name)@\($0)" } ?? package.name
  }

  /// Every text that a denial may mean it by.
  private static func names(_ package: SoftwareBill.Package) -> [String] {
    var names = [label(package)]
    for url in package.urls {
      names.append(url)
      let bare = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
      if bare.count < url.utf8.count { names.append(String(decoding: Array(bare), as: UTF8.self)) }
    }
    return names
  }
}

extension TextRules {
  fileprivate func deniesLicense(_ name: String) -> Bool {
    all.contains { rule in
      switch rule {
      case .exactly(let text): Self.lowered(text) == Self.lowered(name)
      case .matching: rule.acceptsLines(name)
      }
    }
  }

  /// Exact texts that are package URLs: compared decoded, and without a version for all versions.
  fileprivate var packageURLs: [PackageURL] {
    all.compactMap { rule in if case .exactly(let text) = rule { PackageURL(Array(text.utf8)) } else { nil } }
  }

  private static func lowered(_ text: String) -> [UInt8] {
    text.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
  }
}

extension TextRule {
  /// A text as it is or, where it has several lines, with each run of blanks and line feeds as one blank: a pattern's dot
  /// stands for no line feed, and bills hold whole licences.
  fileprivate func acceptsLines(_ text: String) -> Bool {
    if accepts(text) { return true }
    guard text.utf8.contains(where: { $0 < 0x20 }) else { return false }
    return accepts(
      text.utf8.split { $0 <= 0x20 }.map { String(decoding: Array($0), as: UTF8.self) }.joined(separator: " "))
  }
}

// MARK: The document

extension BillRule {
  package init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["deniedLicenses", "deniedPackages"])
    deniedLicenses = try node.textRules("deniedLicenses")
    deniedPackages = try node.textRules("deniedPackages")
  }

  package var json: JSON {
    var object = JSONObject()
    object.append("deniedLicenses", deniedLicenses)
    object.append("deniedPackages", deniedPackages)
    return .object(object)
  }
}
