import Policy
import PolicyConversion
import Reasons
import Testing

/// Text of a source can be nothing but text in what is written.
@Suite struct HostileSourceTests {
  /// As JSON escapes: what ends a line for some reader, what ends a scalar, what looks like YAML, what is not seen.
  static let texts = [
    #"a\nrules: []"#, #"a\r- name: x"#, #"a\u0085b: c"#, #"a\u2028b: c"#, #"a\u2029b: c"#, #"\" \n refuse: no #"#,
    #"\\"#, #"\\\""#, "# no", "- a", "{a: b}", "&a", "*a", "!!str a", "|", ">", "%YAML 1.1", "---", "...", "null", "~",
    "yes", "0x1", #"\u0000"#, #"\u001b[2J"#, #"\u202e\u2066"#, #"\ufeff"#, #"\ud83d\ude00"#, #"\udb40\udc01"#,
    #"\u007f"#,
    "'", "`", "a: b", " a ", #"\t"#, "é", #"e\u0301"#,
  ]

  private static func sources(_ text: String) -> [String] {
    [
      """
      {"apiVersion": "policy.sigstore.dev/v1beta1", "kind": "ClusterImagePolicy", "metadata": {"name": "\(text)"},
       "\(text)": 1, "spec": {"images": [{"glob": "\(text)"}, {"glob": "**"}], "mode": "\(text)", "authorities": [
        {"name": "\(text)", "ctlog": {"url": "\(text)"}, "keyless": {"url": "\(text)", "identities": [
          {"issuer": "\(text)", "subject": "\(text)"}]}, "attestations": [{"name": "a", "predicateType": "x"}]},
        {"static": {"action": "fail", "message": "\(text)"}}]}}
      """,
      """
      {"default": [{"type": "sigstoreSigned", "keyPath": "\(text)"}], "\(text)": 1, "transports": {"docker": {"\(text)": [
        {"type": "sigstoreSigned", "fulcio": {"caPath": "\(text)", "oidcIssuer": "\(text)", "subjectEmail": "\(text)"},
         "rekorPublicKeyPath": "\(text)"}]}}}
      """,
      """
      {"version": "1.0", "trustPolicies": [{"name": "\(text)", "registryScopes": ["\(text)"], "\(text)": "\(text)",
        "signatureVerification": {"level": "strict"}, "trustStores": ["\(text)"]}]}
      """,
    ]
  }

  @Test(arguments: texts)
  func textStaysText(text: String) throws {
    for source in Self.sources(text) {
      let made = try Converted(source)
      // The same source with plain text has the same structure, line for line, but for what is listed.
      for line in made.lines {
        let words = line.drop { $0 == " " || $0 == "-" }
        let isComment = words.hasPrefix("# ")
        let isKey = words.split(separator: ":").first.map { $0.allSatisfy { $0.isASCII && $0.isLetter } } ?? false
        let isScalar = words.hasPrefix("\"") && words.hasSuffix("\"")
        #expect(isComment || isKey || isScalar, "\(line)")
        for scalar in line.unicodeScalars {
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: Issue.record("\(line.debugDescription)")
          default: break
          }
        }
      }
      // One `rules:` at the left edge, whatever the text says.
      #expect(made.lines.filter { $0 == "rules:" }.count == 1)
    }
  }

  @Test(arguments: texts)
  func oneSourceMakesTheSameBytes(text: String) throws {
    for source in Self.sources(text) {
      #expect(try Converted(source).policy.yaml == Converted(source).policy.yaml)
    }
  }

  @Test func identitiesAreWrittenByteForByte() throws {
    let made = try Converted(Self.sources(#"a\nb\u0000\u2028\ud83d\ude00\udb40\udc01é"#)[0])
    #expect(made.said.contains(#"identity: "a\nb\x00\u2028😀\U000e0001é""#))
    guard case .keyless(let rule) = made.read.authorities[0].signer else {
      Issue.record("no identity")
      return
    }
    #expect(rule.identity.accepts("a\nb\u{0}\u{2028}😀\u{e0001}é"))
  }

  @Test func namesStayNames() throws {
    let made = try Converted(
      #"{"version": "1.0", "trustPolicies": [{"name": "../ä b", "registryScopes": ["a"], "signatureVerification": {"level": "skip"}}, {"name": "../ä b", "registryScopes": ["b"], "signatureVerification": {"level": "skip"}}, {"name": "…", "registryScopes": ["c"], "signatureVerification": {"level": "skip"}}]}"#
    )
    #expect(made.said.contains("name: \"b\""))
    #expect(made.said.contains("name: \"b-2\""))
    #expect(made.said.contains("name: \"unnamed\""))
  }

  @Test func moreThanAPolicyHoldsIsRefused() throws {
    func authority(_ number: Int) -> String {
      let identities = (0..<256).map { #"{"issuer": "i", "subject": "\#(number)-\#($0)"}"# }.joined(separator: ", ")
      return #"{"keyless": {"trustRootRef": "r", "identities": [\#(identities)]}}"#
    }
    let authorities = (0..<5).map(authority).joined(separator: ", ")
    let failure = #expect(throws: Failure.self) {
      try Converted(
        #"{"apiVersion": "policy.sigstore.dev/v1beta1", "kind": "ClusterImagePolicy", "metadata": {"name": "a"}, "spec": {"images": [{"glob": "**"}], "authorities": [\#(authorities)]}}"#
      )
    }
    #expect(failure?.reason == .jsonLimitExceeded || failure?.reason == .policyMalformed)
  }
}
