import Octets
import Reasons
import Report
import StrictJSON

/// A report in words. Its text is whatever its writer put there, so every word goes through `printable`.
enum ReportText {
  static func verdict(_ report: ReportFile) throws(Failure) -> String {
    try text(details(report).required("verdict"))
  }

  static func lines(_ report: ReportFile) throws(Failure) -> [String] {
    let predicate = try report.statement.required("predicate")
    let details = try details(report)
    var lines = [
      "Verification summary\(report.isSigned ? "" : "  — NOT SIGNED")",
      "  verdict     \(try text(details.required("verdict")))",
      "  about       \(try text(predicate.required("resourceUri")))",
    ]
    for name in try details.required("names").elements() { lines.append("  name        \(try text(name)) (unsigned)") }
    lines += [
      "  time        \(try text(predicate.required("timeVerified"))), by the machine's own clock",
      "  verifier    \(try text(predicate.required("verifier").required("id")))",
    ]
    if let floor = try details.required("time").optional("notBefore") {
      lines.append(
        "              not before \(try text(floor.required("time"))), by \(try text(floor.required("basis")))")
    }
    if let position = try details.optional("ledger") {
      lines.append("  recorded    in commit \(try position.required("commit").integer()) of the appliance's ledger")
    }
    if try details.required("verifier").optional("softwareTPM")?.bool() == true {
      lines.append("              a software TPM, for trying out")
    }
    let policy = try predicate.required("policy")
    let file = try details.required("policyOrigin").optional("name").map { (node) throws(Failure) in
      " " + (try text(node))
    }
    lines += [
      "  policy      \(try text(policy.required("uri")))\(file ?? ""), “\(try text(details.required("policyName")))”",
      "              sha256:\(try text(policy.required("digest").required("sha256")))",
    ]
    lines.append("  canonical   \(try text(details.required("policy")))")
    for (said, node) in try details.required("occasion").members() {
      lines.append("  said        \(printable(said)): \(try text(node))")
    }
    for waiver in try details.required("waivers").elements() {
      lines.append(
        "  waiver      \(try text(waiver.required("name"))) by \(try text(waiver.required("approver"))) until "
          + "\(try text(waiver.required("expires"))): \(try text(waiver.required("reason")))")
    }
    for allowance in try details.required("allowances").elements() {
      lines.append("  allowance   \(try text(allowance))")
    }
    for part in try details.required("parts").elements() {
      let label = try part.optional("platform").map { (node) throws(Failure) in try text(node) }
      let role = try text(part.required("role"))
      lines.append(
        "  part        \(try text(part.required("verdict")))  \(label ?? role)  \(try text(part.required("digest")))")
      for rule in try part.required("rules").elements() {
        lines.append("              \(try text(rule.required("verdict")))  rule \(try text(rule.required("rule")))")
        if let requirement = try rule.optional("requirement") {
          lines += try self.requirement(requirement, indent: "                ")
        }
      }
    }
    for reason in try details.required("reasons").elements() {
      let words = try reason.optional("detail").map { (node) throws(Failure) in ": " + (try text(node)) } ?? ""
      lines.append(
        "  reason      \(try text(reason.required("reason"))): \(try text(reason.required("subject")))\(words)")
    }
    for piece in try details.required("evidence").elements() { lines += try evidence(piece) }
    return lines
  }

  /// A requirement and what it is made of, each leaf with what met it or what is missing.
  private static func requirement(_ node: JSONNode, indent: String) throws(Failure) -> [String] {
    func all(_ key: String) throws(Failure) -> [String] {
      var texts: [String] = []
      for element in try node.optional(key)?.elements() ?? [] { texts.append(try text(element)) }
      return texts
    }
    var words = try text(node.required("requires"))
    if let count = try node.optional("count")?.integer(), count > 1 { words += " \(count)" }
    let types = try all("types")
    if !types.isEmpty { words += " \(types.joined(separator: " or "))" }
    let authorities = try all("by")
    if !authorities.isEmpty { words += " by \(authorities.joined(separator: " or "))" }
    let name = try node.optional("name").map { (node) throws(Failure) in try text(node) + ": " } ?? ""
    var lines = ["\(indent)\(try text(node.required("verdict")))  \(name)\(words)"]
    if let waiver = try node.optional("waivedBy") { lines.append("\(indent)  by waiver \(try text(waiver))") }
    for waiver in try all("allowances") { lines.append("\(indent)  with waiver \(waiver)") }
    for note in try all("notes") { lines.append("\(indent)  \(note)") }
    for evidence in try all("metBy") { lines.append("\(indent)  by \(evidence)") }
    for reason in try node.optional("reasons")?.elements() ?? [] {
      lines.append("\(indent)  \(try text(reason.required("reason"))): \(try text(reason.required("subject")))")
    }
    for part in try node.optional("parts")?.elements() ?? [] { lines += try requirement(part, indent: indent + "  ") }
    return lines
  }

  private static func evidence(_ piece: JSONNode) throws(Failure) -> [String] {
    var lines = ["  evidence    \(try text(piece.required("digest"))) by \(try text(piece.required("carrier")))"]
    if let failed = try piece.optional("failed") {
      lines.append("              failed: \(try text(failed.required("reason")))")
    }
    guard let proven = try piece.optional("proven") else { return lines }
    let signer = try proven.required("signer")
    if let identities = try signer.optional("identities") {
      for identity in try identities.elements() { lines.append("              signed by \(try text(identity))") }
      if let issuer = try signer.optional("issuer") { lines.append("              issuer \(try text(issuer))") }
    } else {
      lines.append("              signed by key \(try text(signer.required("key")))")
    }
    for time in try proven.required("times").elements() {
      lines.append("              at \(try text(time.required("time"))), \(try text(time.required("source")))")
    }
    for check in try proven.required("checks").elements() {
      lines.append("              \(try text(check.required("result")))  \(try text(check.required("check")))")
    }
    return lines
  }

  private static func details(_ report: ReportFile) throws(Failure) -> JSONNode {
    try report.statement.required("predicate").required(VerificationSummary.detailsField)
  }

  private static func text(_ node: JSONNode) throws(Failure) -> String { printable(try node.bytes(), limit: 4096) }
}
