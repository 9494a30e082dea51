import ArgumentParser
import TestSupport
import Testing

@testable import CommandLine

/// The procedure of trust-bundles/README.md, by its own script.
@Suite struct TrustSampleTests {
  @Test func isBuilt() throws {
    let home = try TemporaryFolder()
    let said = try TrustSample.build(in: home)
    #expect(said.contains("Packed the folder bundle-2: 6 files"))
    #expect(said.contains("root 2 wants 2 more signatures by root 1: of "))
    #expect(!said.contains("No appliance of this version"))
    // Our own client goes from the first root through the rotation to the files.
    let client = ["--metadata-dir", home.path("trusted")]
    try TUFClient.parse(client + ["init", home.path("sample/bundle-2/metadata/1.root.json")]).run()
    for (target, source) in [
      ("trust/sample/builder.pem", "builder.pub"), ("policy/age-limits.json", "age-limits.json"),
      ("deny/000002.json", "denial.json"), ("logs/log.tar", "log.tar"),
    ] {
      let place = ["--repository", home.path("sample/bundle-2"), "--target-dir", home.path("targets")]
      try TUFClient.parse(client + place + ["--target-name", target, "download"]).run()
      #expect(try home.read("targets/" + target.replacing("/", with: "%2F")) == home.read("sample/in/\(source)"))
    }
  }

  /// The first bundle, with its log snapshot, in an appliance that was set up for it.
  @Test func isTaken() throws {
    let home = try TemporaryFolder()
    try TrustSample.build(in: home)
    try runChecked(["tar", "-xf", home.path("sample/bundle-1.tar.zst"), "-C", home.path])
    let appliance = try TestSupport.Assay()
    for command in [
      ["init", "--tpm", "software"], ["trust", "pin", home.path("metadata/1.root.json")],
      ["trust", "import", home.path("sample/bundle-1.tar.zst")],
    ] {
      let result = try appliance.run(command)
      #expect(result.status == 0, "\(command): \(result.errors)")
      if command[1] == "import" { #expect(result.output.contains("sample.example/log: ")) }
    }
  }
}
