import FoundationEssentials
import Glibc
import TestSupport
import Testing

#if DEBUG
  /// What befalls a machine with a chip, over a swtpm and tpm2-tools, and the one sentence that the operator reads.
  @Suite(.enabled(if: isInstalled("swtpm") && isInstalled("tpm2_clear"), "needs swtpm and tpm2-tools"))
  struct BadSituationTests {
    /// A store on a swtpm that can be cut off from power.
    final class Machine {
      let home: TemporaryFolder
      let site: Site
      private var swtpm: Companion?

      init(initialising: [String] = []) throws {
        home = try TemporaryFolder()
        site = try Site(initialising: nil)
        try powerOn()
        let made = try site.assay.run(["init", "--tpm", driver, "--no-ownership"] + initialising)
        guard made.status == 0 else { throw RunError(description: made.errors) }
      }

      private var driver: String { "swtpm:path=\(home.path("s"))" }

      func powerOn() throws {
        swtpm = try Companion([
          "swtpm", "socket", "--tpm2", "--tpmstate", "dir=\(home.path)", "--server",
          "type=unixio,path=\(home.path("s"))", "--ctrl", "type=unixio,path=\(home.path("s.ctrl"))", "--flags",
          "not-need-init,startup-clear",
        ])
        try Companion.wait(for: "swtpm") { try tool(["tpm2_getcap", "properties-fixed"]).status == 0 }
      }

      /// Without any orderly shutdown.
      func pullThePlug() throws {
        swtpm = nil
        unlink(home.path("s"))
        unlink(home.path("s.ctrl"))
        try powerOn()
      }

      @discardableResult
      func tool(_ program: [String]) throws -> RunResult {
        try run(program, environment: ["TPM2TOOLS_TCTI": driver])
      }

      func checked(_ program: [String]) throws {
        let result = try tool(program)
        guard result.status == 0 else { throw RunError(description: "\(program): \(result.errors)") }
      }

      func verify() throws -> Int32 { try site.assay.verify([site.archive, "--key", site.key, "--fresh"]).status }

      func status() throws -> RunResult { try site.assay.run(["status"]) }

      /// A handle that the store's record names.
      func handle(of member: String) throws -> String {
        let text = try runChecked([
          "/usr/bin/python3", "-c",
          "import json,sys; print(json.load(open(sys.argv[1]))['keys'][sys.argv[2]]['handle'])",
          site.store + "/store.json", member,
        ])
        return "0x" + String(decoding: text.prefix(8), as: UTF8.self)
      }
    }

    @Test func aPulledPlugLosesNothing() throws {
      let machine = try Machine()
      for _ in 0..<3 {
        #expect(try machine.verify() == 0)
        try machine.pullThePlug()
        let status = try machine.status()
        #expect(status.status == 0, "\(status.output)")
      }
      #expect(try machine.site.assay.run(["ledger", "verify"]).output.contains("10 leaves in 4 commits"))
    }

    @Test func aClearedTPMIsNamed() throws {
      let machine = try Machine()
      try machine.checked(["tpm2_clear"])
      let status = try machine.status()
      #expect(status.status == 3)
      #expect(status.output.contains("this TPM was cleared since"), "\(status.output)")
      #expect(try machine.site.assay.run(["verify", machine.site.archive, "--key", machine.site.key]).status == 1)
    }

    @Test func aDeletedAnchorIsNamed() throws {
      let machine = try Machine()
      #expect(try machine.verify() == 0)
      let anchor = try machine.handle(of: "anchor")
      let area = try machine.tool(["tpm2_nvreadpublic", anchor]).output
      try machine.checked(["tpm2_nvundefine", "-C", "o", anchor])
      let missing = try machine.status()
      #expect(missing.status == 3)
      #expect(missing.output.contains("Anchor missing"), "\(missing.output)")
      // Defined anew, with the same policy: it was never written.
      let policy = try #require(
        area.split(separator: "\n").first { $0.contains("authorization policy") }?.split(separator: " ").last)
      let file = try machine.home.write("policy", try #require(hexadecimal(String(policy))))
      try machine.checked([
        "tpm2_nvdefine", "-C", "o", "-s", "32", "-a", "nt=extend|policywrite|authread|no_da", "-L", file, anchor,
      ])
      let anew = try machine.status()
      #expect(anew.status == 3)
      #expect(anew.output.contains("deleted and defined anew"), "\(anew.output)")
    }

    @Test func aChangedBootIsNotApprovedUntilItIs() throws {
      let home = try TemporaryFolder()
      let key = try SigningKey()
      let pem = try home.write("site.pem", key.pem)
      let authority = try home.write("site.pub", try runChecked(["openssl", "pkey", "-pubout"], input: key.pem))
      let machine = try Machine(initialising: ["--policy-authority", authority, "--boot-binding", "verity-uki"])
      func approve(_ name: String) throws -> RunResult {
        for step in [
          ["boot-request", "--output", home.path(name)],
          ["boot-sign", home.path(name), "--key", pem, "--output", home.path(name + ".ok")],
        ] {
          let result = try machine.site.assay.run(["enroll"] + step)
          guard result.status == 0 else { throw RunError(description: result.errors) }
        }
        return try machine.site.assay.run(["enroll", "boot-approve", home.path(name + ".ok")])
      }
      #expect(try approve("one").status == 0)
      #expect(try machine.verify() == 0)
      try machine.checked(["tpm2_pcrextend", "11:sha256=" + String(repeating: "ab", count: 32)])
      let changed = try machine.status()
      #expect(changed.status == 3)
      #expect(changed.output.contains("This system version is not approved"), "\(changed.output)")
      // The old word does not fit, and stays the old word.
      #expect(try machine.site.assay.run(["enroll", "boot-approve", home.path("one.ok")]).status == 1)
      #expect(try approve("two").status == 0)
      #expect(try machine.verify() == 0)
    }

    private func hexadecimal(_ text: String) -> [UInt8]? {
      let digits = Array(text.utf8)
      guard digits.count % 2 == 0 else { return nil }
      return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
      }
    }
  }
#endif

/// Disks that are full or read-only under a whole verification: name spaces of their own.
@Suite struct FullDiskTests {
  static let canMount = (try? run(["unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]))?.status == 0

  private func verify(_ site: Site, _ preparation: String) throws -> RunResult {
    try run(
      [
        "unshare", "-rm", "sh", "-c",
        """
        set -e; mkdir "$disk"; mount -t tmpfs -o size=2m tmpfs "$disk"; cp -r "$store" "$disk/store"
        \(preparation)
        set +e
        "$assay" verify "$archive" --key "$key" --state "$disk/store"; echo "status $?"
        umount_fill() { rm -f "$disk/filler"; mount -o remount,rw "$disk" 2>/dev/null; }
        umount_fill
        "$assay" verify "$archive" --key "$key" --state "$disk/store" --fresh >/dev/null; echo "again $?"
        """,
      ],
      environment: [
        "disk": site.stick.path("disk"), "store": site.store, "assay": Products.path("assay"), "archive": site.archive,
        "key": site.key,
      ])
  }

  @Test(.enabled(if: canMount, "this machine allows no mounts in a user's name space"))
  func aFullDiskGivesNoReportAndLosesNothing() throws {
    let result = try verify(try Site(), "cat /dev/zero > \"$disk/filler\" 2>/dev/null || true")
    #expect(result.output.contains("status 1"), "\(result.output)\(result.errors)")
    #expect(!result.output.contains("admit"))
    #expect(result.errors.contains("full") || result.errors.contains("No space left"), "\(result.errors)")
    #expect(result.output.contains("again 0"), "\(result.output)\(result.errors)")
  }

  @Test(.enabled(if: canMount, "this machine allows no mounts in a user's name space"))
  func aReadOnlyDiskGivesNoReportAndLosesNothing() throws {
    let result = try verify(try Site(), "mount -o remount,ro \"$disk\"")
    #expect(result.output.contains("status 1"), "\(result.output)\(result.errors)")
    #expect(result.errors.contains("ead-only"), "\(result.errors)")
    #expect(result.output.contains("again 0"), "\(result.output)\(result.errors)")
  }
}
