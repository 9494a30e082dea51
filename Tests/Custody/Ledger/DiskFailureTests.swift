import LedgerRig
import TestSupport
import Testing

@testable import Ledger

/// A disk that fails when it is to make something last: in a process whose `fdatasync` gives EIO once.
@Suite(.enabled(if: isInstalled("gcc"), "gcc is not installed: `make packages`"))
struct DiskFailureTests {
  /// Fails the third time that a file of this name is synced.
  static let library = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    int fdatasync(int file) {
      static int count;
      char link[64], path[4096] = "";
      snprintf(link, sizeof link, "/proc/self/fd/%d", file);
      if (readlink(link, path, sizeof path - 1) > 0 && strstr(path, getenv("FAILING")) && ++count == 3) {
        errno = EIO;
        return -1;
      }
      return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
    }
    """

  /// The commit may be on the disk or not; nothing more happens before that is read, and nothing released is lost.
  @Test(arguments: ["/ledger.db-wal", "/last-commit-"]) func asksTheDiskWhatItHas(_ name: String) throws {
    let temporary = try TemporaryRig(commits: 1)
    let source = try temporary.home.write("failing.c", Array(Self.library.utf8))
    try runChecked(["gcc", "-shared", "-fPIC", "-o", temporary.home.path("failing.so"), source, "-ldl"])
    let result = try run(
      [Products.path("ledger-child"), temporary.rig.base, "never", "100"],
      environment: ["LD_PRELOAD": temporary.home.path("failing.so"), "FAILING": name])
    #expect(result.status == 1)
    #expect(result.errors.contains("did not confirm the last commit"), "\(result.errors)")
    let released = result.output.split(separator: "\n").compactMap { UInt64($0) }
    #expect(released == Array(1..<UInt64(released.count) + 1))
    #expect((1...10).contains(released.count))
    let size = try temporary.rig.running().head.size
    #expect((released.count + 1...released.count + 2).contains(Int(size)))
  }
}
