import Envelope
package import Findings
import MalwareScan
package import Octets
package import OpenVEX
import Provenance
package import Reasons
import SoftwareBill
package import StrictJSON
import TestResult
import VulnerabilityScan

/// What an attestation says, read once from its signed statement. Rules about contents are judged over it; it must be asked
/// of attestations alone whose own signature holds.
package struct Contents: Sendable {
  enum Facts: Sendable {
    case provenance(Provenance)
    case bill(SoftwareBill)
    case vulnerabilities(VulnerabilityScan)
    case vex(OpenVEX)
    case tests(TestResult)
    case malware(MalwareScan)
    /// Of a type that nobody here understands: `where` looks into it all the same.
    case other
  }

  package let predicateType: String
  /// The predicate; an empty object where there is none.
  package let predicate: JSON
  let facts: Result<Facts, Failure>

  /// Never fails: what does not read is in `failure`. Linear in the statement, within the bounds of `JSONLimits.usual`.
  package init(_ statement: StatementFacts) {
    predicateType = statement.predicateType
    do throws(Failure) {
      let predicate = try Statement(parsing: statement.statement).predicate ?? .object(JSONObject())
      self.predicate = predicate
      facts = Result { () throws(Failure) in try Self.facts(predicate, of: statement) }
    } catch {
      predicate = .object(JSONObject())
      facts = .failure(error)
    }
  }

  /// Why the predicate is not what its type says; nil where it is, or where nobody here can tell. A requirement that asks
  /// for the type alone asks this too: otherwise any text would do for a bill of materials.
  package var failure: Failure? {
    if case .failure(let failure) = facts { return failure }
    return nil
  }

  /// The VEX document that it is, if it is one.
  package var vex: OpenVEX? {
    if case .success(.vex(let document)) = facts { return document }
    return nil
  }

  private static func facts(_ predicate: JSON, of statement: StatementFacts) throws(Failure) -> Facts {
    let type = statement.predicateType
    let node = JSONNode(predicate, named: "predicate", malformed: .predicateMalformed)
    switch PredicateTypes.name(of: type) {
    case "slsa-provenance":
      return .provenance(type == Provenance.v1 ? try Provenance(v1: node) : try Provenance(v0_2: node))
    case "spdx": return .bill(try SoftwareBill(spdx: node))
    case "cyclonedx": return .bill(try SoftwareBill(cycloneDX: node))
    case "vulnerabilities":
      let isCosigns = type == PredicateTypes.cosignVulnerabilities
      return .vulnerabilities(isCosigns ? try VulnerabilityScan(cosign: node) : try VulnerabilityScan(inToto: node))
    case "openvex": return .vex(try OpenVEX(node, of: statement.statement.count))
    case "test-result": return .tests(try TestResult(node))
    case "malware-scan": return .malware(try MalwareScan(node))
    default: return .other
    }
  }
}

/// What a rule about contents is judged under.
package struct ContentCircumstances: Sendable {
  package let now: UnixTime
  let vex: VEXIndex
  package private(set) var waivedVulnerabilities: Set<String>

  /// - Parameters:
  ///   - digests: the image's own: of the manifest, and of the indexes that lead to it.
  ///   - vex: documents about this image that the authorities signed whom the rule names.
  package init(
    now: UnixTime, digests: [ClaimedDigest], vex: [OpenVEX] = [], waivedVulnerabilities: Set<String> = []
  ) {
    self.now = now
    self.vex = VEXIndex(vex, about: digests)
    self.waivedVulnerabilities = waivedVulnerabilities
  }

  /// The same, where these do not count.
  func waiving(_ vulnerabilities: Set<String>) -> ContentCircumstances {
    var other = self
    other.waivedVulnerabilities = vulnerabilities
    return other
  }
}

/// What a rule found.
package struct ContentOutcome: Hashable, Sendable {
  /// Empty: it holds.
  package var failures: [Failure] = []
  /// Words for the explanation.
  package var notes: [String] = []
  /// From when on it no longer holds, by age; nil where it always will.
  package var until: UnixTime?

  package init(failures: [Failure] = [], notes: [String] = [], until: UnixTime? = nil) {
    self.failures = failures
    self.notes = notes
    self.until = until
  }

  package var holds: Bool { failures.isEmpty }

  mutating func add(_ other: ContentOutcome) {
    failures += other.failures
    notes += other.notes
    until = [until, other.until].compactMap(\.self).min()
  }
}
