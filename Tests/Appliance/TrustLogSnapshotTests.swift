import ArgumentParser
import TestSupport
import Testing

@testable import CommandLine

/// What the command says, and how it ends.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct TrustLogSnapshotTests {
  /// The corpus's log of 15 entries as `log`, its earlier heads as `old.N`.
  static func desk() throws -> TemporaryFolder {
    let home = try TemporaryFolder()
    try runChecked(["mkdir", home.path("log")])
    try runChecked(["cp", "-r", Corpus.path("tlog-tiles/tile"), home.path("log/tile")])
    try home.write("log/checkpoint", Corpus.bytes("tlog-tiles/checkpoint"))
    for size in [7, 14] { try home.write("old.\(size)", Corpus.bytes("tlog-tiles/checkpoint.\(size)")) }
    return home
  }

  static func snapshot(_ command: String, in home: TemporaryFolder) throws -> RunResult {
    let arguments = command.split(separator: " ").map(String.init)
    return try TrustSample.trust(["log", "snapshot"] + arguments, in: home.path)
  }

  @Test func saysWhatItMade() throws {
    let home = try Self.desk()
    let result = try Self.snapshot(
      "--tiles log --kind tlog --origin example.com/log/testdata --previous old.7 --previous old.14 --entries 3..4"
        + " --entries 9 --all-tiles --out out.tar", in: home)
    #expect(result.status == 0, "\(result.errors)")
    for words in [
      "Made out.tar: 6 files", "  example.com/log/testdata", "newest checkpoint of 15 entries",
      "of which these are beginnings: 7, 14", "3 entries asked for, 1 hash tile", "signatures were not",
      "Next: assay trust add SITE --role logs out.tar",
    ] {
      #expect(result.output.contains(words), "\(result.output)")
    }
  }

  @Test func goesIntoASite() throws {
    let home = try Self.desk()
    #expect(try Self.snapshot("--tiles log --kind tlog --out out.tar", in: home).status == 0)
    let pem = try runChecked(["openssl", "genpkey", "-algorithm", "ed25519"])
    try home.write("a.pub", runChecked(["openssl", "pkey", "-pubout"], input: pem))
    let new =
      "new site --root-key a.pub --threshold 1 --role targets=a.pub:1 --role trust=a.pub:1 --role policy=a.pub:1"
    for command in [new, "add site --role logs out.tar --as example.tar"] {
      let result = try TrustSample.trust(command.split(separator: " ").map(String.init), in: home.path)
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try TrustSample.trust(["sign", "site"], in: home.path).output.contains("+ logs/example.tar"))
  }

  /// What is wanted stands alone on standard output, and a shell may run it.
  @Test func whatIsWantedIsAScript() throws {
    let home = try Self.desk()
    let base = "--tiles log --kind tlog --entries 3 --out out.tar"
    try runChecked(["mv", home.path("log/tile"), home.path("served")])
    try home.write("served/tile", [])
    try runChecked(["sh", "-c", "rm served/tile && mkdir server && mv served server/tile"], in: home.path)
    let result = try Self.snapshot("\(base) --url file://\(home.path)/server", in: home)
    #expect(result.status == 4)
    #expect(result.errors.contains("2 of the log’s files are not in log yet"))
    // A stand-in for curl: -o FILE, and a URL of this host.
    let curl = """
      #!/bin/sh
      while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done
      mkdir -p "$(dirname "$out")" && cp "${1#file://}" "$out"
      """
    try home.write("bin/curl", Array(curl.utf8))
    try runChecked(["chmod", "+x", home.path("bin/curl")])
    try runChecked(["sh", "-ec", "PATH=$PWD/bin:$PATH; \(result.output)"], in: home.path)
    #expect(try Self.snapshot(base, in: home).status == 0)
  }

  @Test func whatDoesNotHoldEndsWith3() throws {
    let home = try Self.desk()
    var tile = try home.read("log/tile/0/000.p/15")
    tile[3] ^= 1
    try home.write("log/tile/0/000.p/15", tile)
    let result = try Self.snapshot("--tiles log --kind tlog --out out.tar", in: home)
    #expect(result.status == 3)
    #expect(result.errors.contains("log-snapshot.tile-mismatch"))
    #expect(try !home.names().contains("out.tar"))
  }

  static let mistakes: [(command: String, words: String)] = [
    ("--out out.tar", "Neither entries nor checkpoints"), ("--tiles log --out out.tar", "wants --kind"),
    ("--tiles log --kind rekor-v1 --out out.tar", "rekor-v2 or tlog"), ("--tiles log --kind x --out out.tar", "--kind"),
    ("--tiles log --kind tlog --out out", "ends with .tar"),
    ("--tiles log --kind tlog --out log/checkpoint.tar/x", "tar"),
    ("--tiles absent --kind tlog --out out.tar", "absent/checkpoint"),
    ("--tiles log --kind tlog --origin x --out out.tar", "not of “x”"),
    ("--tiles log --kind tlog --entries 4..3 --out out.tar", "FIRST..LAST"),
    ("--tiles log --kind tlog --entries 1..2..3 --out out.tar", "FIRST..LAST"),
    ("--tiles log --kind tlog --entries ..3 --out out.tar", "FIRST..LAST"),
    ("--tiles log --kind tlog --entries 15 --out out.tar", "no entry 15"),
    ("--tiles log --kind tlog --digest sha256:00 --out out.tar", "--digest"),
    ("--tiles log --kind tlog --images list --out out.tar", "list: line 2"),
    ("--tiles log --kind tlog --identity me --out out.tar", "No entry is by “me”: 1 of 1"),
    ("--tiles log --kind tlog --rekor-v1-entries x --out out.tar", "leave out --tiles"),
    ("--tiles log --kind tlog --previous list --out out.tar", "list"),
    ("--tiles log --kind tlog --trusted-root absent --out out.tar", "absent"),
    ("--kind tlog --rekor-v1-entries list --out out.tar", "go with --tiles DIR"),
    ("--rekor-v1-entries absent --out out.tar", "absent"),
    ("--checkpoint log/checkpoint --consistency x.json --out out.tar", "no Rekor v1"),
  ]

  @Test func mistakesEndWith64() throws {
    let home = try Self.desk()
    try home.write("list", Array("# of a day\nsha256:1\n".utf8))
    for (command, words) in Self.mistakes {
      let result = try Self.snapshot(command, in: home)
      let status: Int32 = command.contains("--previous list") || command.contains("--consistency") ? 3 : 64
      #expect(result.status == status, "\(command): \(result.errors)")
      #expect(result.errors.contains(words), "\(command): \(result.errors)")
      #expect(result.stdout.isEmpty)
      #expect(try !home.names().contains("out.tar"))
    }
  }

  @Test func listsOfDigestsMayHoldRemarks() throws {
    let home = try Self.desk()
    let zeros = String(repeating: "0", count: 64)
    try home.write("list", Array("# remark\n\nsha256:\(zeros)\n".utf8))
    let result = try Self.snapshot("--tiles log --kind tlog --images list --out out.tar", in: home)
    #expect(result.errors.contains("No entry signs sha256:\(zeros)"))
  }

  @Test func explainsItself() throws {
    let help = TrustLogSnapshot.helpMessage()
    for word in ["--tiles", "--rekor-v1-entries", "--previous", "curl", "--consistency", "Exit statuses"] {
      #expect(help.contains(word))
    }
    #expect(TrustLogCommand.helpMessage().contains("snapshot"))
  }
}
