import Base64
import MiniatureSigstore
import Octets
import Policy

// What attestations must say, once their own signature holds.

extension PolicyTable {
  private static func attest(
    _ type: String, _ predicate: JSONText, by owner: String = "security", of image: SampleImage = PolicySite.image
  ) -> Attachment {
    PolicySite.attestation(owner, type, predicate, of: image)
  }

  private static func provenance(_ predicate: JSONText, by owner: String = "security") -> [Attachment] {
    [attest("https://slsa.dev/provenance/v1", predicate, by: owner)]
  }

  /// Provenance, every member both ways; v0.2 says the same in other words.
  static let provenance = PolicyTable(
    "provenance", authorities: [Allow.key("security"), Allow.key("build")].joined(separator: ","),
    #"""
    "rules":[{"name":"r","scope":{},"require":{"attestation":{"type":"slsa-provenance","by":"security","provenance":{
      "builder":["https://builder.miniature.example/hosted@v1",{"matching":"https://builder\\.miniature\\.example/v0/.*"}],
      "buildType":["https://actions.github.io/buildtypes/workflow/v1","https://slsa.dev/provenance/v0.2/workflow"],
      "source":{"matching":"https://git\\.miniature\\.example/acme/.*"},
      "ref":{"matching":"refs/tags/v[0-9.]+"},"commit":{"matching":"[0-9a-f]{40}"},
      "externalParameters":{"allowed":["workflow"],"values":{"/workflow/path":".github/workflows/release.yml"}},
      "materials":{"each":{"matching":"git\\+https://.*"},"required":[{"matching":".*/acme/app@.*"}]}}}}}]
    """#,
    [
      .init("as it should be", provenance(PolicySite.provenance()), .admit),
      .init(
        "by another key", provenance(PolicySite.provenance(), by: "build"), .refuse, "signature.key-mismatch"),
      .init("none", [], .incomplete, "attestation.missing"),
      .init(
        "about another image",
        [attest("https://slsa.dev/provenance/v1", PolicySite.provenance(), of: PolicySite.otherImage)], .refuse,
        "signature.subject-mismatch"),
      .init(
        "the second builder", provenance(PolicySite.provenance(builder: "https://builder.miniature.example/v0/7")),
        .admit),
      .init(
        "another builder", provenance(PolicySite.provenance(builder: "https://laptop.example")), .refuse,
        "provenance.builder-mismatch"),
      .init(
        "another build type", provenance(PolicySite.provenance(type: "https://laptop.example/make")), .refuse,
        "provenance.build-type-mismatch"),
      .init(
        "the second build type", provenance(PolicySite.provenance(type: "https://slsa.dev/provenance/v0.2/workflow")),
        .admit),
      .init(
        "another repository",
        provenance(
          PolicySite.provenance(
            repository: "https://git.miniature.example/evil/app",
            material: "git+https://git.miniature.example/acme/app@refs/tags/v1.0.0")), .refuse,
        "provenance.source-mismatch"),
      .init(
        "a branch",
        provenance(
          PolicySite.provenance(
            ref: "refs/heads/main", material: "git+https://git.miniature.example/acme/app@refs/heads/main")),
        .refuse, "provenance.ref-mismatch"),
      .init("no commit", provenance(PolicySite.provenance(commit: "main")), .refuse, "provenance.commit-mismatch"),
      .init(
        "a parameter more", provenance(PolicySite.provenance(beside: ("debug", "true"))), .refuse,
        "provenance.parameter-forbidden"),
      .init(
        "another value of a parameter", provenance(PolicySite.provenance(path: ".github/workflows/debug.yml")), .refuse,
        "provenance.parameter-mismatch"),
      .init(
        "a material more", provenance(PolicySite.provenance(materialBeside: "https://elsewhere.example/blob")), .refuse,
        "provenance.material-mismatch"),
      .init(
        "a material less",
        provenance(PolicySite.provenance(material: "git+https://git.miniature.example/acme/other@refs/tags/v1.0.0")),
        .refuse, "provenance.commit-mismatch"),
      .init("not provenance at all", provenance(["builder": "x"]), .refuse, "predicate.malformed"),
    ])

  // MARK: Bills, scans, tests

  private static func bill(license: String, package: String) -> JSONText {
    [
      "spdxVersion": "SPDX-2.3",
      "packages": [
        [
          "name": "openssl", "versionInfo": "3.0.1", "licenseConcluded": .string(license),
          "externalRefs": [["referenceType": "purl", "referenceLocator": .string(package)]],
        ]
      ],
    ]
  }
  private static let cycloneDX: JSONText = [
    "bomFormat": "CycloneDX", "specVersion": "1.6",
    "components": [["name": "busybox", "version": "1.36", "licenses": [["license": ["id": "GPL-2.0-only"]]]]],
  ]

  private static func time(_ daysAgo: Int64) -> String { "\(UnixTime(PolicySite.now - daysAgo * 86_400))" }

  private static func scan(
    _ severities: String..., scanner: String = "pkg:github/aquasecurity/trivy@0.60", daysAgo: Int64 = 1
  ) -> JSONText {
    [
      "scanner": [
        "uri": .string(scanner),
        "result": [
          "SchemaVersion": 2,
          "Results": [
            [
              "Vulnerabilities": .array(
                severities.enumerated().map { number, severity in
                  [
                    "VulnerabilityID": .string("CVE-\(number + 1)"), "PkgName": "openssl",
                    "Severity": .string(severity),
                    "PkgIdentifier": ["PURL": "pkg:deb/debian/openssl@3.0.1"],
                  ]
                })
            ]
          ],
        ],
      ],
      "metadata": ["scanStartedOn": .string(time(daysAgo)), "scanFinishedOn": .string(time(daysAgo))],
    ]
  }

  private static func vex(
    _ name: String, _ status: String = "not_affected", about image: SampleImage = PolicySite.image
  ) -> JSONText {
    [
      "@context": "https://openvex.dev/ns/v0.2.0", "timestamp": .string(time(1)),
      "statements": [
        [
          "vulnerability": ["name": .string(name)], "status": .string(status), "justification": "component_not_present",
          "products": [["@id": .string("pkg:oci/app@" + image.digest.replacing(":", with: "%3A"))]],
        ]
      ],
    ]
  }

  private static func malware(_ infected: Int, scanner: String = "clamav/clamav:stable", daysAgo: Int64 = 1) -> JSONText
  {
    let when = time(daysAgo).prefix(19).replacing("-", with: ":").replacing("T", with: " ")
    let found = infected > 0 ? "/scan/a: EICAR FOUND\n" : ""
    let report =
      "\(found)\n----------- SCAN SUMMARY -----------\nScanned files: 21\nInfected files: \(infected)\nEnd Date:   \(when)\n"
    return ["scanner": ["uri": .string(scanner), "report": .string(Base64.encode(Array(report.utf8)))]]
  }

  private static func tests(_ result: String, passed: [String], failed: [String] = []) -> JSONText {
    [
      "result": .string(result), "configuration": [],
      "passedTests": .array(passed.map { .string($0) }), "failedTests": .array(failed.map { .string($0) }),
    ]
  }

  private static let (spdxType, cosignType) = (
    "https://spdx.dev/Document", "https://cosign.sigstore.dev/attestation/vuln/v1"
  )
  private static let (malwareType, testType) = (
    "https://scout.docker.com/virus/v0.1", "https://in-toto.io/attestation/test-result/v0.1"
  )
  private static let vexType = "https://openvex.dev/ns/v0.2.0"
  private static let review = "https://acme.example/review/v1"

  static let contents = PolicyTable(
    "contents", authorities: [Allow.key("security"), Allow.key("build")].joined(separator: ","),
    #"""
    "rules":[
     {"name":"bill","scope":{"tag":"bill"},"require":{"attestation":{"type":["spdx","cyclonedx"],"by":"security","bill":{
       "deniedLicenses":["AGPL-3.0-only",{"matching":"GPL-3\\.0.*"}],"deniedPackages":"pkg:deb/debian/openssl@1.0.1"}}}},
     {"name":"scan","scope":{"tag":"scan"},"require":{"attestation":{"type":"vulnerabilities","by":"security","vulnerabilities":{
       "most":{"critical":0,"high":1,"medium":1,"low":1,"unknown":1},"scanner":{"matching":".*/trivy@.*"},"maxScanAge":"7d","vex":{"by":"build"}}}}},
     {"name":"malware","scope":{"tag":"malware"},"require":{"attestation":{"type":"malware-scan","by":"security","malware":{
       "scanner":{"matching":"clamav/.*"},"maxScanAge":"7d"}}}},
     {"name":"tests","scope":{"tag":"tests"},"require":{"attestation":{"type":"test-result","by":"security","tests":{
       "required":["unit",{"matching":"e2e/.*"}]}}}},
     {"name":"review","scope":{"tag":"review"},"require":{"attestation":{"type":"https://acme.example/review/v1","by":"security","where":[
       {"at":"/result","equals":"approved"},{"at":"/kind","oneOf":["full","quick"]},{"at":"/by","matching":".*@acme\\.example"},
       {"at":"/score","atLeast":7},{"at":"/open","atMost":0},{"at":"/draft","exists":false},{"at":"/finished","notOlderThan":"30d"}]}}},
     {"name":"any-bill","scope":{"tag":"any-bill"},"require":{"attestation":{"type":"spdx","by":"security"}}},
     {"name":"clean-scan","scope":{"tag":"clean"},"require":{"attestation":{"type":"malware-scan","by":"security","malware":{}}}},
     {"name":"tests-passed","scope":{"tag":"passed"},"require":{"attestation":{"type":"test-result","by":"security","tests":{}}}}],
    "waivers":[{"name":"W-1","vulnerabilities":["CVE-1","CVE-2"],"scope":{"repository":"docker.io/waived/app"},"reason":"a","approver":"b","expires":"2999-01-01T00:00:00Z"}]
    """#,
    bills + scans + otherScans + reviews)

  /// Any predicate, by comparisons; each of them both ways.
  private static var reviews: [PolicyScenario] {
    func review(_ name: String, _ changed: (String, JSONText)?, _ verdict: Verdict, _ reason: String? = nil)
      -> PolicyScenario
    {
      var members: [(String, JSONText)] = [
        ("result", "approved"), ("kind", "full"), ("by", "ada@acme.example"), ("score", 8), ("open", 0),
        ("finished", .string(time(3))),
      ]
      if let changed {
        members.removeAll { $0.0 == changed.0 }
        members.append(changed)
      }
      return .init(name, [attest(Self.review, .object(members))], named: ["a/b:review"], verdict, reason)
    }
    return [
      review("a review", nil, .admit), review("a quick review", ("kind", "quick"), .admit),
      review("not approved", ("result", "rejected"), .refuse, "predicate.value-mismatch"),
      review("no result", ("result", .null), .refuse, "predicate.value-mismatch"),
      review("another kind", ("kind", "none"), .refuse, "predicate.value-mismatch"),
      review("by somebody else", ("by", "eve@elsewhere.example"), .refuse, "predicate.value-mismatch"),
      review("too low a score", ("score", 6), .refuse, "predicate.value-mismatch"),
      review("something open", ("open", 1), .refuse, "predicate.value-mismatch"),
      review("a draft", ("draft", true), .refuse, "predicate.value-mismatch"),
      review("an old review", ("finished", .string(time(31))), .incomplete, "predicate.too-old"),
    ]
  }

  private static let bills: [PolicyScenario] = [
    .init(
      "a bill", [attest(spdxType, bill(license: "MIT", package: "pkg:deb/debian/openssl@3.0.1"))],
      named: ["a/b:bill"], .admit),
    .init("a bill of the other kind", [attest("https://cyclonedx.org/bom", cycloneDX)], named: ["a/b:bill"], .admit),
    .init(
      "a denied licence", [attest(spdxType, bill(license: "MIT AND AGPL-3.0-only", package: "pkg:a/b"))],
      named: ["a/b:bill"], .refuse, "bill.license-denied"),
    .init(
      "a licence denied by a pattern", [attest(spdxType, bill(license: "GPL-3.0-or-later", package: "pkg:a/b"))],
      named: ["a/b:bill"], .refuse, "bill.license-denied"),
    .init(
      "a denied package", [attest(spdxType, bill(license: "MIT", package: "pkg:deb/debian/openssl@1.0.1"))],
      named: ["a/b:bill"], .refuse, "bill.package-denied"),
    .init("no bill", [], named: ["a/b:bill"], .incomplete, "attestation.missing"),
    .init(
      "a bill that is none", [attest(spdxType, ["a": 1])], named: ["a/b:any-bill"], .refuse, "predicate.malformed"),
    .init(
      "any bill", [attest(spdxType, bill(license: "AGPL-3.0-only", package: "pkg:a/b"))], named: ["a/b:any-bill"],
      .admit),
    .init(
      "a bill of the other kind where one is wanted", [attest("https://cyclonedx.org/bom", cycloneDX)],
      named: ["a/b:any-bill"], .incomplete, "attestation.missing"),
  ]

  private static let scans: [PolicyScenario] = [
    .init("a clean scan", [attest(cosignType, scan())], named: ["a/b:scan"], .admit),
    .init(
      "as many as allowed", [attest(cosignType, scan("HIGH", "MEDIUM", "LOW", "UNKNOWN"))], named: ["a/b:scan"],
      .admit),
    .init(
      "a critical one", [attest(cosignType, scan("CRITICAL"))], named: ["a/b:scan"], .refuse,
      "vulnerability.above-limit"),
    .init(
      "two high ones", [attest(cosignType, scan("HIGH", "HIGH"))], named: ["a/b:scan"], .refuse,
      "vulnerability.above-limit"),
    .init(
      "two medium ones", [attest(cosignType, scan("MEDIUM", "MEDIUM"))], named: ["a/b:scan"], .refuse,
      "vulnerability.above-limit"),
    .init(
      "two low ones", [attest(cosignType, scan("LOW", "LOW"))], named: ["a/b:scan"], .refuse,
      "vulnerability.above-limit"),
    .init(
      "two unknown ones", [attest(cosignType, scan("UNKNOWN", "UNKNOWN"))], named: ["a/b:scan"], .refuse,
      "vulnerability.above-limit"),
    .init(
      "another scanner", [attest(cosignType, scan(scanner: "pkg:github/acme/scan@1"))], named: ["a/b:scan"], .refuse,
      "scan.scanner-mismatch"),
    .init("an old scan", [attest(cosignType, scan(daysAgo: 8))], named: ["a/b:scan"], .incomplete, "scan.too-old"),
    .init(
      "not affected", [attest(cosignType, scan("CRITICAL")), attest(vexType, vex("CVE-1"), by: "build")],
      named: ["a/b:scan"], .admit),
    .init(
      "affected", [attest(cosignType, scan("CRITICAL")), attest(vexType, vex("CVE-1", "affected"), by: "build")],
      named: ["a/b:scan"], .refuse, "vulnerability.above-limit"),
    .init(
      "not affected, says somebody else",
      [attest(cosignType, scan("CRITICAL")), attest(vexType, vex("CVE-1"), by: "security")], named: ["a/b:scan"],
      .refuse, "vulnerability.above-limit"),
    .init(
      "not affected is another image",
      [
        attest(cosignType, scan("CRITICAL")),
        attest(vexType, vex("CVE-1", about: PolicySite.otherImage), by: "build"),
      ], named: ["a/b:scan"], .refuse, "vulnerability.above-limit"),
    .init("waived", [attest(cosignType, scan("CRITICAL", "CRITICAL"))], named: ["waived/app:scan"], .admit),
    .init(
      "one more than waived", [attest(cosignType, scan("CRITICAL", "CRITICAL", "CRITICAL"))],
      named: ["waived/app:scan"], .refuse, "vulnerability.above-limit"),
  ]

  private static let otherScans: [PolicyScenario] = [
    .init("no malware", [attest(malwareType, malware(0))], named: ["a/b:malware"], .admit),
    .init("malware", [attest(malwareType, malware(1))], named: ["a/b:malware"], .refuse, "malware.found"),
    .init(
      "malware, whoever scans", [attest(malwareType, malware(1))], named: ["a/b:clean"], .refuse, "malware.found"),
    .init(
      "another malware scanner", [attest(malwareType, malware(0, scanner: "other"))], named: ["a/b:malware"], .refuse,
      "scan.scanner-mismatch"),
    .init(
      "an old malware scan", [attest(malwareType, malware(0, daysAgo: 9))], named: ["a/b:malware"], .incomplete,
      "scan.too-old"),

    .init("tests", [attest(testType, tests("PASSED", passed: ["unit", "e2e/login"]))], named: ["a/b:tests"], .admit),
    .init(
      "a failed test", [attest(testType, tests("FAILED", passed: ["unit", "e2e/login"], failed: ["x"]))],
      named: ["a/b:passed"], .refuse, "tests.failed"),
    .init(
      "a test that was not run", [attest(testType, tests("PASSED", passed: ["e2e/login"]))], named: ["a/b:tests"],
      .refuse, "tests.missing"),
    .init(
      "no test that matches", [attest(testType, tests("PASSED", passed: ["unit"]))], named: ["a/b:tests"],
      .refuse, "tests.missing"),
    .init("tests that passed", [attest(testType, tests("PASSED", passed: []))], named: ["a/b:passed"], .admit),
  ]
}
