import ArgumentParser
import TestSupport
import Testing

@testable import CommandLine

/// The procedure of trust-bundles/README.md, by its own script.
@Suite struct TrustSampleTests {
  @Test func isBuilt() throws {
    let home = try TemporaryFolder()
    let said = try TrustSample.build(in: home)
    #expect(said.contains("Packed the folder bundle-2: 4 files"))
    #expect(said.contains("root 2 wants 2 more signatures by root 1: of "))
    #expect(!said.contains("No appliance of this version"))
    // Our own client goes from the first root through the rotation to the files.
    let client = ["--metadata-dir", home.path("trusted")]
    try TUFClient.parse(client + ["init", home.path("sample/bundle-2/metadata/1.root.json")]).run()
    for (target, source) in [
      ("trust/sample/builder.pem", "builder.pub"), ("policy/age-limits.json", "age-limits.json"),
      ("deny/000002.json", "denial.json"),
    ] {
      let place = ["--repository", home.path("sample/bundle-2"), "--target-dir", home.path("targets")]
      try TUFClient.parse(client + place + ["--target-name", target, "download"]).run()
      #expect(try home.read("targets/" + target.replacing("/", with: "%2F")) == home.read("sample/in/\(source)"))
    }
  }
}
