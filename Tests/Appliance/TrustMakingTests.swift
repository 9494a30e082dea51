import ArgumentParser
import Cryptography
import Octets
import TestSupport
import Testing

@testable import CommandLine

/// What the commands say, and how they end.
@Suite struct TrustMakingTests {
  /// Keys a, b, c in a folder.
  static func keys() throws -> TemporaryFolder {
    let home = try TemporaryFolder()
    for name in ["a", "b", "c"] {
      let pem = try runChecked(["openssl", "genpkey", "-algorithm", "ed25519"])
      try home.write("\(name).pem", pem)
      try home.write("\(name).pub", runChecked(["openssl", "pkey", "-pubout"], input: pem))
    }
    return home
  }

  static func trust(_ command: String, in home: TemporaryFolder) throws -> RunResult {
    try TrustSample.trust(command.split(separator: " ").map(String.init), in: home.path)
  }

  static let new = "new site --root-key a.pub --root-key b.pub --root-key c.pub --threshold 2"

  @Test func everyCommandSaysWhatComesNext() throws {
    let home = try Self.keys()
    try home.write("x", [1])
    for (command, words) in [
      (Self.new, "Next: assay trust sign site"), ("add site --role trust x", "  trust 1 wants 2 more"),
      ("sign site", "signed 0 of 2 by targets 1"), ("sign site --key a.pem", "  root 1 wants 1 more"),
      ("sign site --detached out", "Next: assay trust sign site"),
      ("sign site --key b.pem", "Next: assay trust pack site"),
      ("pack site out.tar", "Next: nothing waits"), ("remove site --role trust x", "  trust 2 wants 2 more"),
      ("rotate site --role root --remove c.pub", "  root 2 wants 2 more signatures by root 1"),
      ("renew site", "Next: assay trust sign site"),
    ] {
      let result = try Self.trust(command, in: home)
      #expect(result.status == 0, "\(command): \(result.errors)")
      #expect(result.output.contains(words), "\(command): \(result.output)")
    }
  }

  /// A folder that was exchanged has other words.
  @Test func theFirstRootsWordsAreShown() throws {
    let home = try Self.keys()
    for command in [Self.new, "sign site --key a.pem", "sign site --key b.pem"] {
      #expect(try Self.trust(command, in: home).status == 0)
    }
    #expect(try Self.trust("sign site", in: home).output.contains("no fingerprint"))
    let packed = try Self.trust("pack site out.tar", in: home)
    let words = Proquint.words(Array(digest(try home.read("site/metadata/1.root.json")).bytes.prefix(16)))
    #expect(packed.output.contains(words))
    for command in [
      "rotate site --role root --remove c.pub --threshold 1", "sign site --key a.pem", "sign site --key b.pem",
      "pack site second.tar", "sign site", "renew site", "sign site --detached bytes",
    ] {
      let result = try Self.trust(command, in: home)
      #expect(result.status == 0, "\(command): \(result.errors)")
      #expect(result.output.contains(words) != command.hasPrefix("r"), "\(command): \(result.output)")
    }
    try runChecked(["mv", "site", "other"], in: home.path)
    // The same keys, but another day.
    let other = ["sign site --key a.pem", "sign site --key b.pem", "pack site third.tar", "sign site"]
    for command in [Self.new + " --at 2026-11-25T12:00:00Z"] + other.map({ $0 + " --at 2026-11-25T12:00:00Z" }) {
      let result = try Self.trust(command, in: home)
      #expect(result.status == 0 && !result.output.contains(words), "\(command): \(result.errors)")
    }
  }

  @Test func mergesCopies() throws {
    let home = try Self.keys()
    #expect(try Self.trust(Self.new, in: home).status == 0)
    try runChecked(["cp", "-r", "site", "other"], in: home.path)
    #expect(try Self.trust("sign site --key a.pem", in: home).status == 0)
    #expect(try Self.trust("sign other --key b.pem", in: home).status == 0)
    let result = try Self.trust("sign site --merge other", in: home)
    #expect(result.output.contains("’s signature of root 1: taken over"), "\(result.errors)")
    #expect(result.output.contains("Next: assay trust pack site"))
    #expect(try Self.trust("sign site --merge other", in: home).status == 64)
    #expect(try Self.trust("sign site --merge none", in: home).errors.contains("no site’s folder"))
  }

  /// The reader's own bounds, before anything is written.
  @Test func packsWhatAppliancesRead() throws {
    let home = try Self.keys()
    #expect(try Self.trust(Self.new, in: home).status == 0)
    try home.write("large", [UInt8](repeating: 0x61, count: 16 << 20 | 1))
    #expect(try Self.trust("add site --role trust large", in: home).status == 0)
    for key in ["a", "b"] { #expect(try Self.trust("sign site --key \(key).pem", in: home).status == 0) }
    let result = try Self.trust("pack site out.tar", in: home)
    #expect(result.status == 64)
    #expect(result.errors.contains("has 16777217 bytes, and appliances take files of 16777216"))
    #expect(try home.names().filter { $0.hasPrefix("out") }.isEmpty)
  }

  @Test func saysWhatItRemoved() throws {
    let home = try Self.keys()
    for command in [Self.new, "add site --role trust a.pub --as x"] + SiteInterruptionTests.published {
      #expect(try Self.trust(command, in: home).status == 0)
    }
    for command in ["add site --role trust b.pub --as x", "sign site --key a.pem", "sign site --key b.pem"] {
      #expect(try Self.trust(command, in: home).status == 0)
    }
    let output = try Self.trust("pack site out.tar", in: home).output
    #expect(output.contains("what nothing lists any more: 1 file of targets (113 B), 2 older versions of metadata"))
  }

  @Test func rolesAndTimesAreOptions() throws {
    let home = try Self.keys()
    let command = Self.new + " --targets-key a.pub --role targets=b.pub:1"
    #expect(try Self.trust(command, in: home).errors.contains("targets is given twice"))
    let result = try Self.trust(
      Self.new + " --targets-key a.pub --targets-key b.pub --role trust=a.pub,b.pub,c.pub:3 --days trust=10"
        + " --at 2026-11-25T12:00:00Z", in: home)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("trust 1 wants 3 more signatures"))
    #expect(try Self.trust("sign site", in: home).output.contains("trust 1, until 2026-12-05T12:00:00Z"))
  }

  @Test func signaturesThatAreWantedEndWith4() throws {
    let home = try Self.keys()
    _ = try Self.trust(Self.new, in: home)
    let result = try Self.trust("pack site out.tar", in: home)
    #expect(result.status == 4)
    #expect(result.errors.contains("timestamp 1 wants 1 more signature"))
  }

  @Test func metadataThatAreRefusedEndWith3() throws {
    let home = try Self.keys()
    _ = try Self.trust(Self.new, in: home)
    try home.write("site/draft/root.json", [0x7b])
    let result = try Self.trust("sign site", in: home)
    #expect(result.status == 3)
    #expect(result.errors.contains("draft/root.json"))
  }

  static let mistakes: [(command: String, words: String)] = [
    (new, "there already"), ("sign none", "assay trust new none"), ("sign site --key a.pub", "public key"),
    ("sign site --key a.pem --detached out", "one at a time"),
    ("sign site --key a.pem --merge other", "one at a time"), ("sign site --merge none", "no site’s folder"),
    ("sign site --public a.pub", "go together"),
    ("sign site --attach root --public a.pub", "--attach takes"),
    ("sign site --attach boot x --public a.pub", "--attach takes"),
    ("sign site --attach root a.pub --public a.pub", "is not key"), ("add site --role trust absent", "absent"),
    ("add site --role root a.pub", "carries no files"), ("add site --role trust a.pub --as ../x", "no target’s name"),
    ("remove site --role deny 000001.json", "never removed"), ("rotate site --role root --add a.pub", "twice"),
    ("rotate site --role root --remove 0123abc", "too short"), ("rotate site --role root --threshold 9", "cannot give"),
    ("renew site --at tomorrow", "is no time"), ("new other --root-key a.pub --threshold 1", "cannot give 2"),
    ("new other --root-key a.pub --root-key a.pub --threshold 1", "twice"),
    ("new other --root-key a.pub --threshold 1 --role boot=a.pub", "Roles are root, targets"),
    ("new other --root-key a.pub --threshold 1 --role root=a.pub", "--root-key"),
    ("new other --root-key a.pub --threshold 1 --days trust=x", "number of days"), ("sgn site", "Usage"),
  ]

  @Test func mistakesEndWith64() throws {
    let home = try Self.keys()
    _ = try Self.trust(Self.new, in: home)
    for (command, words) in Self.mistakes {
      let result = try Self.trust(command, in: home)
      #expect(result.status == (command.contains("absent") ? 1 : 64), "\(command): \(result.errors)")
      #expect(result.errors.contains(words), "\(command): \(result.errors)")
      #expect(result.stdout.isEmpty)
    }
    #expect(try !home.names().contains("other"))
  }

  @Test func explainsItself() throws {
    let help = TrustCommand.helpMessage()
    for word in ["--threshold 2", "--detached", "--attach", "pack site", "rotate site", "no TPM"] {
      #expect(help.contains(word))
    }
    let result = try TrustSample.trust(["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("assay trust new site"))
  }
}
