import TestSupport
import Testing

/// A snapshot under a script that shares no code with Assay: that the script has teeth. What it makes of good ones stands
/// beside the tests of their making.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct SnapshotUnderPythonTests {
  @Test(arguments: [
    ("tile/0/000.p/15", "another root"), ("tile/entries/000.p/15", "wrong entries"),
    ("checkpoint.7", "not what the tiles lead to"),
  ])
  func isNotWhatWasSpoiled(_ name: String, _ words: String) throws {
    let home = try TemporaryFolder()
    let out = home.path("out.tar")
    let result = try TrustSample.trust([
      "log", "snapshot", "--tiles", Corpus.path("tlog-tiles"), "--kind", "tlog", "--entries", "3", "--previous",
      Corpus.path("tlog-tiles/checkpoint.7"), "--out", out,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let script = ["python3", Products.package + "/Tests/Interop/check_snapshot.py", out]
    #expect(String(decoding: try runChecked(script), as: UTF8.self).contains("15, earlier [7], tiles 1, entries 15"))

    // No checksum of a tar covers contents; of the checkpoint, within the root's Base64.
    let spoil = """
      import sys, tarfile
      path, name = sys.argv[1:]
      with tarfile.open(path) as tar:
          place = next(m for m in tar if m.name.endswith("testdata/" + name)).offset_data + 40
      with open(path, "r+b") as file:
          file.seek(place)
          byte = file.read(1)[0]
          file.seek(place)
          file.write(bytes([byte ^ (byte == 65 and 3 or 1)]))
      """
    try runChecked(["python3", "-c", spoil, out, name])
    let spoilt = try run(script)
    #expect(spoilt.status == 1)
    #expect(spoilt.errors.contains(words), "\(spoilt.errors)")
  }
}
