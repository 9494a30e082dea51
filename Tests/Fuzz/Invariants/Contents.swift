import MalwareScan
import OpenVEX
import Provenance
import Reasons
import SiteRules
import SoftwareBill
import StrictJSON
import TestResult
import VulnerabilityScan

/// Predicates of attestations, and the site's own rules: what is read of them depends on their values, and not on how
/// these are spelled. Read again from its own compact form, a document says the same.
enum ContentsInvariant {
  static func checkProvenance(_ bytes: [UInt8]) throws -> Bool {
    let old = try check(bytes) { try Provenance(v0_2: $0) }
    return try check(bytes) { try Provenance(v1: $0) } || old
  }

  static func checkBill(_ bytes: [UInt8]) throws -> Bool {
    let spdx = try check(bytes) { try SoftwareBill(spdx: $0) }
    return try check(bytes) { try SoftwareBill(cycloneDX: $0) } || spdx
  }

  static func checkScan(_ bytes: [UInt8]) throws -> Bool {
    let cosign = try check(bytes) { try VulnerabilityScan(cosign: $0) }
    return try check(bytes) { try VulnerabilityScan(inToto: $0) } || cosign
  }

  static func checkVEX(_ bytes: [UInt8]) throws -> Bool { try check(bytes) { try OpenVEX($0, of: bytes.count) } }

  static func checkTest(_ bytes: [UInt8]) throws -> Bool { try check(bytes) { try TestResult($0) } }

  static func checkMalware(_ bytes: [UInt8]) throws -> Bool {
    try check(bytes) { node in
      let scan = try MalwareScan(node)
      try hold(scan.named.count <= MalwareScan.mostNamed, "more is named than may be")
      return scan
    }
  }

  static func checkRules(_ bytes: [UInt8]) throws -> Bool {
    let ages = try checkRule(bytes) { bytes throws(Failure) in try AgeRules(parsing: bytes, named: "i") }
    let people = try checkRule(bytes) { bytes throws(Failure) in try ApprovalRule(parsing: bytes, named: "i") }
    let lifted = try checkRule(bytes) { bytes throws(Failure) in try LiftedDenials(parsing: bytes, named: "i") }
    guard let list = try reading(bytes, { bytes throws(Failure) in try DenialList(parsing: bytes, named: "i") }) else {
      return ages || people || lifted
    }
    for denial in list.denials {
      let node = JSONNode(denial.json, named: "i", malformed: .rulesMalformed)
      try hold((try? Denial(node)) == denial, "another denial was written than was read")
    }
    return true
  }

  private static func checkRule<Rule: Equatable>(
    _ bytes: [UInt8], _ read: ([UInt8]) throws(Failure) -> Rule
  ) throws -> Bool {
    guard let rule = try reading(bytes, read) else { return false }
    guard let value = try? JSON(parsing: bytes, named: "i") else { throw Broken("a rule that is no JSON") }
    let again = try readingBack(value.serialized(), "a rule", read)
    try hold(rule == again, "another rule from another spelling")
    return true
  }

  private static func check<Document>(_ bytes: [UInt8], _ read: (JSONNode) throws -> Document) throws -> Bool {
    guard let value = try reading(bytes, { bytes throws(Failure) in try JSON(parsing: bytes, named: "i") }) else {
      return false
    }
    let compact = try readingBack(value.serialized(), "JSON") { bytes throws(Failure) in
      try JSON(parsing: bytes, named: "i")
    }
    let first = try found(value, read)
    try hold(first == (try found(compact, read)), "something else was read from another spelling")
    return first != nil
  }

  private static func found<Document>(_ value: JSON, _ read: (JSONNode) throws -> Document) throws -> String? {
    do {
      return "\(try read(JSONNode(value, named: "i", malformed: .predicateMalformed)))"
    } catch is Failure { return nil }
  }
}
