import LedgerRig
import TestSupport
import Testing

@testable import Ledger

/// Disks that are full or read-only, as small file systems of a name space of their own.
@Suite(.enabled(if: canMount, "this machine allows no mounts in a user's name space"))
struct DiskTests {
  /// Runs a script with `$home`, a rig of one commit, `$disk`, a file system of 400 kB that holds its ledger, and `$child`.
  static func run(_ script: String) throws -> RunResult {
    let temporary = try TemporaryRig(commits: 1)
    let home = temporary.home.path("home")
    let preparation = """
      set -e; mkdir -p "$disk"; mount -t tmpfs -o size=400k tmpfs "$disk"
      cp -r "$rig/ledger/." "$disk/"; cp "$rig/anchor" "$rig/key" "$home/"
      """
    return try TestSupport.run(
      ["unshare", "-rm", "sh", "-c", preparation + "\n" + script],
      environment: [
        "home": home, "disk": home + "/ledger", "rig": temporary.rig.base, "child": Products.path("ledger-child"),
      ])
  }

  /// Everything that was released before the disk was full is there when it has room again.
  @Test func goesOnWhenThereIsRoomAgain() throws {
    let result = try Self.run(
      """
      head -c 100000 /dev/zero > "$disk/filler"
      "$child" "$home" never 100000 > "$home/released" && exit 9
      tail -n 1 "$home/released"
      rm "$disk/filler"
      "$child" "$home" never 1
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("is full"), "\(result.errors)")
    let indexes = result.output.split(separator: "\n").compactMap { Int($0) }
    try #require(indexes.count == 2)
    #expect(indexes[0] >= 5)
    // One commit may have been on the disk without its receipt.
    #expect((indexes[0] + 1...indexes[0] + 2).contains(indexes[1]))
  }

  @Test func saysThatTheDiskIsReadOnly() throws {
    let result = try Self.run(
      """
      mount -o remount,ro "$disk"
      "$child" "$home" never 1
      """)
    #expect(result.status == 1)
    #expect(result.errors.contains("is read-only; nothing was recorded"), "\(result.errors)")
  }
}

private let canMount = (try? runChecked(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])) != nil
