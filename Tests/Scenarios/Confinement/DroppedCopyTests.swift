import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// What is left of a copy that was not taken over: nothing, where its reader did what no honest one does; and all of it,
/// where the medium went away or is slow, the disk is full, or the reader had read nothing yet.
@Suite struct DroppedCopyTests {
  @Test(arguments: [
    // It crashed, was ended, or spoke out of turn.
    "crash", "quit", "forbidden-call", "unknown", "twice", "copy-not", "nonsense",
    // It said what is wrong with the medium, and not that this is the copy of it.
    "copy-malformed",
    // What it left is no copy.
    "copy-unfinished", "copy-other-label", "copy-no-bytes",
    // The copy is whole, and what it read is no reading.
    "copy-nonsense",
  ])
  func nothingIsGoneOnWith(_ lie: String) throws {
    let site = try Site()
    let result = try Self.imported(site, lie)
    #expect(result.status == 3, "\(result)")
    #expect(try Self.left(site).isEmpty)
    #expect(try site.assay.run(["import", site.archive, "--key", site.key]).status == 0)
  }

  /// A medium that is gone or says nothing for long, a disk that takes no more, and a reader that was not asked yet.
  @Test(arguments: [
    ("copy-unreadable", 3), ("copy-stopped-by-nothing", 3), ("hang", 3), ("copy-stopped", 1), ("unable", 1),
  ]) func honestOnesStay(
    _ lie: String, _ status: Int32
  ) throws {
    let site = try Site()
    let result = try Self.imported(site, lie, patience: lie == "hang" ? 1 : 30)
    #expect(result.status == status, "\(result)")
    let left = try #require(try Self.left(site).first)
    #expect(try site.assay.run(["import", site.archive, "--key", site.key]).status == 0)
    #expect(try site.assay.run(["quarantine", "list"]).output.contains(left))
  }

  /// The disk has no room for what comes: the copy goes on when it has.
  @Test(.enabled(if: FullDisk.isPossible, Comment(rawValue: FullDisk.absence)))
  func aFullDiskDropsNothing() throws {
    let site = try Site()
    let result = try run(
      [
        "unshare", "-rm", "sh", "-c",
        """
        mkdir "$home/disk"; disk="$home/disk"
        mount -t tmpfs -o size=128m tmpfs "$disk" && cp -a "$store/." "$disk/" || exit 90
        cat /dev/zero > "$disk/filler" 2> /dev/null
        # Room for what the store itself writes, and for nothing beside the reserve of 64 MiB.
        truncate -s -1024K "$disk/filler"
        "$tool" import "$archive" --key "$key" --state "$disk" 2> "$home/words"; echo $?
        ls "$disk/quarantine/incoming" | grep -E '^[0-9a-f]{16}$' > "$home/left" || exit 91
        rm "$disk/filler"
        "$tool" import "$archive" --key "$key" --state "$disk" > /dev/null || exit 92
        "$tool" quarantine list --state "$disk" | grep -F -f "$home/left" > /dev/null || exit 93
        """,
      ],
      environment: [
        "store": site.store, "home": site.stick.path, "tool": Products.path("assay"), "archive": site.archive,
        "key": site.key, "HOME": site.stick.path,
      ])
    let words = String(decoding: try readFile(site.stick.path("words")), as: UTF8.self)
    #expect(result.status == 0 && result.output == "1\n" && words.contains("disk.full: "), "\(result) \(words)")
  }

  /// A lock that nobody opens, as a reader in foreign hands may leave it: the medium is copied anew. (Root opens it.)
  @Test(.enabled(if: OtherUser.isPossible, "root needs another user here that may run what was built"))
  func aLockThatNobodyOpensHoldsUpNobody() throws {
    let folder = try TemporaryFolder()
    let carried = CarriedImage(SampleImage.make(seed: 7, layerSize: 5000))
    try Packing.folder.write(MediumForm.cosignSave.entries(carried), to: folder.path("layout"), style: .plain)
    try runChecked(["chmod", "-R", "a+rwX", folder.path])
    // What is no medium leaves a copy to go on with, for there is nothing that it says of itself.
    let result = try run(
      OtherUser.command + [
        "sh", "-c",
        """
        cd "$home" && mkdir quarantine && mkfifo medium
        "$child" quarantine medium > /dev/null 2>&1
        chmod 0 quarantine/incoming/*/lock && ls quarantine/incoming
        rm medium && mv layout medium
        "$child" quarantine medium && ls quarantine/media
        """,
      ],
      environment: [
        "home": folder.path, "child": Products.path("quarantine-child"), "HOME": folder.path,
        "SWIFT_BACKTRACE": "enable=no",
      ])
    #expect(result.status == 0, "\(result)")
    let said = result.output.split(separator: "\n").map(String.init)
    let copies = said.filter { $0.count == 16 }
    let media = said.filter { $0.hasSuffix(".json") && $0.count == 21 }
    #expect(copies.count == 1 && media.contains { !$0.hasPrefix(copies[0]) }, "\(result)")
  }

  private static func imported(_ site: Site, _ lie: String, patience: Int = 30) throws -> RunResult {
    try site.assay.run(
      ["import", site.archive, "--key", site.key, "--patience", "\(patience)"],
      program: try LyingRoleTests.liar("reader-\(lie)", in: site.stick))
  }

  private static func left(_ site: Site) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: site.store + "/quarantine/incoming")
      .filter { !$0.hasSuffix(".json") && !$0.hasSuffix(".lock") }
  }
}
