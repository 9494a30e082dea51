import TestSupport
import Testing

/// `assay quarantine` reads what readers left, and holds itself to the quarantine while it does.
@Suite struct CaretakerTests {
  /// Each verb, kept waiting: for a lock that somebody has, or for somebody who reads what it says.
  @Test(arguments: ["list", "gc", "verify"], [true, false])
  func everyVerbIsConfined(_ verb: String, isConfined: Bool) throws {
    let site = try Site()
    let media = site.store + "/quarantine/media"
    #expect(try site.assay.run(["quarantine", "list"]).status == 0)
    let script = #"""
      [ "$1" = list ] && for i in $(seq 1000 2999); do echo > "$3/000000000000$i.json"; done
      mkfifo "$4/said"
      flock "$3/../lock" sh -c 'echo > "$0/held"; sleep 4' "$4" &
      until [ -e "$4/held" ]; do sleep 0.02; done
      "$0" quarantine "$1" $5 --state "$2" > "$4/said" 2>/dev/null &
      exec 9< "$4/said"
      [ -z "$5" ] || sleep 1
      for i in $(seq 100); do grep -q "^Seccomp:.2" /proc/$!/status && break; [ "$5" ] && break; sleep 0.03; done
      grep -E "^(NoNewPrivs|Seccomp):" /proc/$!/status
      cat <&9 > /dev/null
      wait $!
      """#
    let folder = try TemporaryFolder()
    let told = try run([
      "sh", "-c", script, Products.path("assay"), verb, site.store, media, folder.path,
      isConfined ? "" : "--unconfined",
    ])
    let lines = told.output.split(separator: "\n").map { $0.filter { !$0.isWhitespace } }
    #expect(lines == (isConfined ? ["NoNewPrivs:1", "Seccomp:2"] : ["NoNewPrivs:0", "Seccomp:0"]), "\(told)")
  }
}
