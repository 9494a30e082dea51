import FoundationEssentials
import TestSupport
import Testing

/// kill -9 before every step that the system takes for a command: the next run goes on by itself, and ends where an
/// undisturbed one does.
@Suite(.enabled(if: isInstalled("gcc"), "needs gcc"))
struct SiteInterruptionTests {
  /// Loaded before the C library: counts what changes files, and dies before the call of the number DIE_AT; of a writing,
  /// half is done.
  static let killer = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <signal.h>
    #include <stdarg.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <sys/stat.h>
    #include <unistd.h>
    static long left = -1;
    static int is_due(void) {
      if (left < 0) left = getenv("DIE_AT") ? atol(getenv("DIE_AT")) : 0;
      return left > 0 && --left == 0;
    }
    static void step(void) { if (is_due()) kill(getpid(), SIGKILL); }
    #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
    /// Writes what was done to a folder into the file LOG.
    static void note(const char *what, int folder, const char *name) {
      char link[64], place[4096] = "";
      if (!getenv("LOG")) return;
      FILE *log = fopen(getenv("LOG"), "a");
      snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
      if (folder >= 0) place[readlink(link, place, sizeof place - 1)] = 0;
      else if (name[0] != '/') { getcwd(place, sizeof place); }
      fprintf(log, "%s %s%s%s\\n", what, place, place[0] && name ? "/" : "", name ? name : "");
      fclose(log);
    }
    static int done(int result, const char *what, int folder, const char *name) {
      int code = errno;
      if (result == 0) note(what, folder, name);
      errno = code;
      return result;
    }
    int fsync(int f) { note("sync", f, 0); return REAL(fsync)(f); }
    int rename(const char *a, const char *b) { step(); return done(REAL(rename)(a, b), "name", -1, b); }
    int unlink(const char *a) { step(); return REAL(unlink)(a); }
    int rmdir(const char *a) { step(); return REAL(rmdir)(a); }
    int mkdir(const char *a, mode_t m) { step(); return done(REAL(mkdir)(a, m), "make", -1, a); }
    int mkdirat(int f, const char *a, mode_t m) { step(); return done(REAL(mkdirat)(f, a, m), "make", f, a); }
    #define OPEN(name) int name(const char *a, int flags, ...) { \\
      va_list list; va_start(list, flags); mode_t m = va_arg(list, mode_t); va_end(list); \\
      if (flags & O_CREAT) step(); \\
      return REAL(name)(a, flags, m); }
    OPEN(open)
    OPEN(open64)
    ssize_t write(int f, const void *b, size_t n) {
      struct stat facts;
      if (f > 2 && fstat(f, &facts) == 0 && S_ISREG(facts.st_mode) && is_due()) {
        REAL(write)(f, b, n / 2);
        kill(getpid(), SIGKILL);
      }
      return REAL(write)(f, b, n);
    }
    """

  static func makeKiller(in home: TemporaryFolder) throws -> String {
    let source = try home.write("killer.c", Array(killer.utf8))
    try runChecked(["gcc", "-shared", "-fPIC", "-o", home.path("killer.so"), source, "-ldl"])
    return home.path("killer.so")
  }

  /// Every new name is followed by a sync of its folder, or a power cut could take it away again.
  @Test func everyNameLasts() throws {
    let home = try TrustMakingTests.keys()
    let killer = try Self.makeKiller(in: home)
    let commands = [Self.cases[0].command, "add site --role trust a.pub --as a/b/c", "sign site --detached x"]
    for command in commands + Self.published {
      let result = try TestSupport.run(
        [Products.path("assay"), "trust"] + command.split(separator: " ").map(String.init),
        environment: ["LD_PRELOAD": killer, "LOG": home.path("log")], in: home.path)
      #expect(result.status == 0, "\(command): \(result.errors)")
      let lines = String(decoding: try home.read("log"), as: UTF8.self).split(separator: "\n").map(String.init)
      try runChecked(["rm", home.path("log")])
      #expect(lines.contains { $0.hasPrefix("make") || $0.hasPrefix("name") })
      for (index, line) in lines.enumerated() where !line.hasPrefix("sync") {
        let folder = line.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
          separator: "/")
        #expect(lines[index...].contains("sync " + folder), "\(command): \(line)")
      }
    }
  }

  /// What comes before, what is interrupted, and how many steps it has at the least.
  static let cases: [(before: [String], command: String, steps: Int)] = [
    ([], "new site --root-key a.pub --root-key b.pub --root-key c.pub --threshold 2", 40),
    (["sign site --key a.pem", "sign site --key b.pem"], "pack site out", 90),
    (published, "add site --role trust b.pub --as prod/b.pem", 10),
    (published, "rotate site --role root --remove c.pub --threshold 2", 10),
    (published, "rotate site --role trust --remove a.pub --threshold 2", 20),
    (published, "renew site policy logs", 20), (changed, "sign site --key a.pem", 20),
    (changed + ["sign site --key a.pem", "sign site --key b.pem", "sign site --key c.pem"], "pack site out.tar", 60),
  ]

  static let published = ["sign site --key a.pem", "sign site --key b.pem", "pack site first"]
  /// A new root, whose timestamp only the new people sign, another file in place of one, and one that goes.
  static let changed =
    published + [
      "rotate site --role root --remove a.pub --threshold 2", "rotate site --role timestamp --remove a.pub",
      "add site --role trust b.pub --as a.pem",
    ]

  @Test(arguments: cases.indices) func goesOn(_ index: Int) throws {
    let (before, command, least) = Self.cases[index]
    let home = try TrustMakingTests.keys()
    let killer = try Self.makeKiller(in: home)
    func trust(_ command: String, dyingAt step: Int = 0) throws -> RunResult {
      try TestSupport.run(
        [Products.path("assay"), "trust"] + command.split(separator: " ").map(String.init)
          + ["--at", "2026-11-25T12:00:00Z"],
        environment: step == 0 ? [:] : ["LD_PRELOAD": killer, "DIE_AT": "\(step)"], in: home.path)
    }
    if !before.isEmpty {
      for command in [Self.cases[0].command, "add site --role trust a.pub --as a.pem"] + before {
        let result = try trust(command)
        try #require(result.status == 0, "\(command): \(result.errors)")
      }
      try runChecked(["mv", "site", "before"], in: home.path)
    }
    func begin() throws {
      let clear = "rm -rf site site.new out out.* && if [ -e before ]; then cp -r before site; fi"
      try runChecked(["sh", "-c", clear], in: home.path)
    }
    // Undisturbed.
    try begin()
    try #require(try trust(command).status == 0)
    try runChecked(["sh", "-c", "rm -rf want && mkdir want && mv site want && mv out* want; true"], in: home.path)

    var step = 1
    while true {
      try begin()
      let killed = try trust(command, dyingAt: step)
      guard killed.status == 137 else {
        try #require(killed.status == 0, "\(killed.errors)")
        break
      }
      if home.has("site") {
        let opened = try trust("sign site")
        try #require(opened.status == 0, "step \(step): \(opened.errors)")
      }
      // What has no name yet is the caller's to delete.
      try runChecked(["sh", "-c", "rm -rf out.new out.tar.new"], in: home.path)
      let again = try trust(command)
      // Where all was done, there is nothing to do.
      let isDone =
        again.errors.contains("there already") || again.errors.contains("has these files under these names")
        || again.errors.contains("has no such key")
      try #require(again.status == 0 || isDone, "step \(step): \(again.errors)")
      // The bundle had its name, and what nothing lists waits for the next one.
      if isDone, command.hasPrefix("pack") { try #require(try trust("pack site out.last").status == 0) }
      let differences = try TestSupport.run(
        ["diff", "-r", "-x", "lock", "-x", "*.new", "-x", "incoming", "want/site", "site"], in: home.path)
      try #require(differences.stdout.isEmpty, "step \(step): \(differences.output)")
      for name in ["out", "out.tar"] where home.has("want/" + name) {
        try runChecked(["diff", "-r", "want/" + name, name], in: home.path)
      }
      step += 1
    }
    #expect(step > least, "\(step) steps")
  }
}

extension TemporaryFolder {
  fileprivate func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
