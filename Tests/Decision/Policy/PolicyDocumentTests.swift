import Base64
import Cryptography
import Octets
import Policy
import Reasons
import StrictJSON
import Testing

/// What a policy document may say.
@Suite struct PolicyDocumentTests {
  static let whole =
    #"{"format":"assay-policy/1","name":"all of it","description":"two\nlines","default":"refuse","#
    + #""authorities":[{"name":"k","operator":"K","keys":["\#(EvaluationTests.named("a"))","\#(EvaluationTests.named("b"))"]},"#
    + #"{"name":"i","keyless":{"identity":["x",{"matching":".*@y"}],"issuer":"iss","trustRoot":"sigstore"},"#
    + #""needs":{"transparencyLog":"inclusion","timestamp":true,"certificateTimestamp":true,"witnesses":2}},"#
    + #"{"name":"c","certificate":{"authority":"CN=x","identity":"y"}}],"#
    + #""requirements":[{"name":"both","all":[{"signature":{"by":"k"}},{"signature":{"by":["i","c"],"atLeast":2,"#
    + #""covers":"index","maxAge":"30d"}}]}],"#
    + #""rules":[{"name":"one","scope":{"registry":"r","repository":["a/*","b/**"],"tag":"v*","platform":"linux/amd64","#
    + #""environment":"e","team":"t","exporter":"x","medium":"m"},"require":{"use":"both"},"allowForeignLayers":true,"#
    + #""limits":{"trustRoot":"90d","timestamp":"12h","logSnapshot":"5m","revocationList":"90s"}},"#
    + #"{"name":"two","scope":{},"refuse":"no"},"#
    + #"{"name":"three","scope":{},"require":{"name":"n","atLeast":1,"of":[{"attestation":{"type":["t","u"],"by":"k"}},"#
    + #"{"any":[{"use":"both"}]}]}}],"#
    + #""waivers":[{"name":"w","waives":"both","scope":{"digest":"\#(EvaluationTests.image)"},"reason":"r","approver":"a","#
    + #""expires":"2027-01-01T00:00:00+01:00"},{"name":"v","vulnerabilities":["CVE-1"],"scope":{},"reason":"r","#
    + #""approver":"a","expires":"2027-01-01T00:00:00Z"}],"#
    + #""deny":[{"digest":"\#(EvaluationTests.other)","reason":"r"},{"identity":"i","issuer":"j","reason":"r"},"#
    + #"{"logEntry":{"log":"l","index":7},"reason":"r"}]}"#

  @Test func theCanonicalFormReadsBackAsItself() throws {
    let policy = try Policy(json: Self.whole)
    let again = try Policy(canonical: policy.canonical)
    #expect(again.canonical == policy.canonical)
    #expect(again.authorities == policy.authorities)
    #expect(again.rules == policy.rules)
    #expect(again.waivers == policy.waivers)
    #expect(again.denials == policy.denials)
    #expect(again.description == policy.description)
  }

  /// Only the canonical form is read where that is wanted.
  @Test func otherFormsAreNotCanonical() throws {
    #expect(throws: Failure(.policyMalformed, "policy")) { try Policy(canonical: Array(Self.whole.utf8)) }
  }

  /// A key in place is named by its digest, in whatever form it was written.
  @Test func keysInPlaceAreKnownByDigest() throws {
    let pem = PEM.encode(try PrivateKey.generate(.p256).publicKey.spki, label: "PUBLIC KEY")
    let text = pem.replacing("\n", with: #"\n"#)
    let policy = try Policy(
      json: #"{"format":"assay-policy/1","name":"n","default":"refuse","authorities":[{"name":"k","keys":"\#(text)"}],"#
        + #""rules":[{"name":"r","scope":{},"require":{"signature":{"by":"k"}}}]}"#)
    let key = try PublicKey(pem: Array(pem.utf8))
    #expect(policy.keysInPlace == [key])
    #expect(policy.keys == [ClaimedDigest(key.fingerprint)])
    #expect(try Policy(canonical: policy.canonical).keys == policy.keys)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let find: String
    let replacement: String
    /// The place that the failure names.
    let place: String
    init(_ find: String, _ replacement: String, at place: String) {
      self.find = find
      self.replacement = replacement
      self.place = place
    }
    var testDescription: String { "\(find) → \(replacement)" }
  }

  static let digestOfA = "\(EvaluationTests.named("a"))"
  static let digestOfB = "\(EvaluationTests.named("b"))"

  static let wrong: [Wrong] = [
    Wrong("assay-policy/1", "assay-policy/2", at: "format"),
    Wrong(#""default":"refuse""#, #""default":"admit""#, at: "default"),
    Wrong(#""default":"refuse","#, "", at: "default"),
    Wrong(#""name":"all of it""#, #""name":"a\nb""#, at: "name"),
    Wrong(#""name":"k","#, #""name":"k k","#, at: "authorities[0].name"),
    Wrong(#""name":"i","keyless""#, #""name":"k","keyless""#, at: "authorities[1].name"),
    Wrong(digestOfA, "sha256:00", at: "authorities[0].keys[0]"),
    Wrong(digestOfA, "no key", at: "authorities[0].keys[0]"),
    Wrong(digestOfA, digestOfB, at: "authorities[0].keys"),
    Wrong(
      #""operator":"K","keys":["#, #""operator":"K","needs":{"timestamp":true},"keys":["#, at: "authorities[0].needs"),
    Wrong(#","issuer":"iss""#, "", at: "authorities[1].keyless.issuer"),
    Wrong(#"{"matching":".*@y"}"#, #"{"matching":"("}"#, at: "authorities[1].keyless.identity[1].matching"),
    Wrong(#""identity":["x",{"matching":".*@y"}]"#, #""identity":[]"#, at: "authorities[1].keyless.identity"),
    Wrong(#""identity":["x","#, #""identity":["","#, at: "authorities[1].keyless.identity[0]"),
    Wrong(#""timestamp":true"#, #""timestamp":false"#, at: "authorities[1].needs.timestamp"),
    Wrong(#""witnesses":2"#, #""witnesses":0"#, at: "authorities[1].needs.witnesses"),
    Wrong(#""transparencyLog":"inclusion""#, #""transparencyLog":"maybe""#, at: "authorities[1].needs.transparencyLog"),
    Wrong(#"{"name":"c","certificate""#, #"{"name":"c","keys":"\#(digestOfA)","certificate""#, at: "authorities[2]"),
    Wrong(
      #""all":[{"signature":{"by":"k"}},"#, #""all":[{"signature":{"by":"z"}},"#,
      at: "requirements[0].all[0].signature.by"),
    Wrong(#""all":[{"signature":{"by":"k"}},"#, #""all":[{"use":"both"},"#, at: "requirements[0].all[0].use"),
    Wrong(#""all":[{"signature":{"by":"k"}},"#, #""all":[{"use":"none"},"#, at: "requirements[0].all[0].use"),
    Wrong(#""all":[{"signature":{"by":"k"}},"#, #""all":[{},"#, at: "requirements[0].all[0]"),
    Wrong(
      #""all":[{"signature":{"by":"k"}},"#, #""all":[{"signature":{"by":["k","k"]}},"#,
      at: "requirements[0].all[0].signature.by[1]"),
    Wrong(#""all":[{"signature":{"by":"k"}},"#, #""all":[{"any":[]},"#, at: "requirements[0].all[0].any"),
    Wrong(
      #""all":[{"signature":{"by":"k"}},"#, #""all":[{"signature":{"by":"k"},"any":[]},"#, at: "requirements[0].all[0]"),
    Wrong(#""atLeast":2,"#, #""atLeast":0,"#, at: "requirements[0].all[1].signature.atLeast"),
    Wrong(#""covers":"index""#, #""covers":"some""#, at: "requirements[0].all[1].signature.covers"),
    Wrong(#""maxAge":"30d""#, #""maxAge":"30""#, at: "requirements[0].all[1].signature.maxAge"),
    Wrong(#""maxAge":"30d""#, #""maxAge":"030d""#, at: "requirements[0].all[1].signature.maxAge"),
    Wrong(#""maxAge":"30d""#, #""maxAge":"0d""#, at: "requirements[0].all[1].signature.maxAge"),
    Wrong(#""maxAge":"30d""#, #""maxAge":"99999d""#, at: "requirements[0].all[1].signature.maxAge"),
    Wrong(#""name":"two""#, #""name":"one""#, at: "rules[1].name"),
    Wrong(#""refuse":"no""#, #""refuse":"no","require":{"use":"both"}"#, at: "rules[1]"),
    Wrong(#""refuse":"no""#, #""refuse":"no","allowForeignLayers":true"#, at: "rules[1].refuse"),
    Wrong(#"{"name":"two","scope":{},"#, #"{"name":"two","#, at: "rules[1].scope"),
    Wrong(#""platform":"linux/amd64""#, #""platform":"linux""#, at: "rules[0].scope.platform"),
    Wrong(#""repository":["a/*","b/**"]"#, #""repository":[]"#, at: "rules[0].scope.repository"),
    Wrong(#""environment":"e""#, #""digest":"\#(digestOfA)""#, at: "rules[0].scope"),
    Wrong(#""limits":{"trustRoot":"90d","#, #""limits":{"roots":"90d","#, at: "rules[0].limits"),
    Wrong(#""name":"n","atLeast""#, #""name":"both","atLeast""#, at: "rules[2].require.name"),
    Wrong(#""atLeast":1,"of""#, #""atLeast":3,"of""#, at: "rules[2].require.atLeast"),
    Wrong(#""type":["t","u"],"#, "", at: "rules[2].require.of[0].attestation.type"),
    Wrong(#""name":"v","vulnerabilities""#, #""name":"w","vulnerabilities""#, at: "waivers[1].name"),
    Wrong(#""vulnerabilities":["CVE-1"]"#, #""vulnerabilities":[]"#, at: "waivers[1].vulnerabilities"),
    Wrong(#""expires":"2027-01-01T00:00:00Z""#, #""expires":"2027-01-01""#, at: "waivers[1].expires"),
    Wrong(
      #","approver":"a","expires":"2027-01-01T00:00:00+01:00""#, #","expires":"2027-01-01T00:00:00+01:00""#,
      at: "waivers[0].approver"),
    Wrong(#"{"logEntry":{"log":"l","index":7},"reason":"r"}"#, #"{"reason":"r"}"#, at: "deny[2]"),
    Wrong(#""deny":["#, #""denied":[],"deny":["#, at: ""),
  ]

  @Test(arguments: wrong) func saysWhere(_ wrong: Wrong) throws {
    let text = Self.whole.replacing(wrong.find, with: wrong.replacement, maxReplacements: 1)
    #expect(text != Self.whole)
    do {
      _ = try Policy(json: text)
      Issue.record("read")
    } catch let failure as Failure {
      #expect(failure.reason == .policyMalformed)
      #expect(failure.subject.hasPrefix(wrong.place.isEmpty ? "policy" : "policy: \(wrong.place)"), "\(failure)")
    }
  }

  /// A short name and one of its types in full ask for that type once; and the canonical form can be read.
  @Test func typesStandOnceInFull() throws {
    func types(_ list: [String]) throws -> Int? {
      let names = list.map { "\"\($0)\"" }.joined(separator: ",")
      let policy = try Policy.requiring(#"{"attestation":{"type":[\#(names)],"by":"a"}}"#)
      #expect(try Policy(canonical: policy.canonical).rules == policy.rules)
      guard case .attestation(let types)? = policy.rules[0].requirement?.demands[0].kind else { return nil }
      return types.count
    }
    #expect(try types(["slsa-provenance", "https://slsa.dev/provenance/v1", "slsa-provenance"]) == 2)
    let many = (0..<254).map { "t\($0)" }
    #expect(try types(many + ["slsa-provenance"]) == 256)
    #expect(throws: Failure.self) { try types(many + ["x", "slsa-provenance"]) }
  }

  /// References cannot make more of a document than it says.
  @Test func referencesAreCounted() throws {
    let doubling = (1...13).map {
      #"{"name":"n\#($0)","all":[{"use":"n\#($0 - 1)"},{"use":"n\#($0 - 1)"}]}"#
    }.joined(separator: ",")
    do {
      _ = try Policy.with(
        #""requirements":[{"name":"n0","signature":{"by":"a"}},\#(doubling)],"#
          + #""rules":[{"name":"r","scope":{},"require":{"use":"n13"}}]"#)
      Issue.record("read")
    } catch let failure as Failure {
      #expect(failure.reason == .policyMalformed)
      #expect(failure.detail.hasPrefix("more than 4096 requirements"))
    }
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) throws -> Policy {
      try .requiring(
        String(repeating: #"{"all":["#, count: depth - 1) + #"{"signature":{"by":"a"}}"#
          + String(repeating: "]}", count: depth - 1))
    }
    #expect(try nested(PolicyLimits.depth).rules.count == 1)
    #expect(throws: Failure.self) { try nested(PolicyLimits.depth + 1) }
  }
}
