import Cryptography
import SnapshotSketch
import TestSupport
import Testing

/// Proofs that `assay trust log prove` writes, under a script that shares no code with Assay.
@Suite struct LogProofTests {
  static let script = #filePath.replacing("LogProofTests.swift", with: "check_log_proof.py")

  @Test func othersCanCheckThem() throws {
    let (assay, home) = (try Assay(), try TemporaryFolder())
    func run(_ arguments: [String]) throws {
      let result = try assay.run(arguments)
      try #require(result.status == 0, "\(arguments): \(result.errors)")
    }
    let log = try SketchedTlog("rekor.example", .rekorVersion1, leaves: 600)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 600, log)
    snapshot.carry(bundle: 1, width: 256, log)
    snapshot.carry(bundle: 2, width: 88, log)
    let tar = TarWriter.archive { tar in
      for (name, contents) in snapshot.files.sorted(by: { $0.key < $1.key }) { tar.file(Array(name.utf8), contents) }
    }
    try runChecked(["openssl", "genpkey", "-algorithm", "ed25519", "-out", home.path("key.pem")])
    try runChecked(["openssl", "pkey", "-in", home.path("key.pem"), "-pubout", "-out", home.path("key.pub")])
    let (site, packed) = (home.path("site"), home.path("bundle.tar"))
    let roles = ["targets", "trust", "policy"].flatMap { ["--role", "\($0)=\(home.path("key.pub")):1"] }
    try run(["trust", "new", site, "--root-key", home.path("key.pub"), "--threshold", "1"] + roles)
    let root = try home.write("trusted_root.json", SketchedTlog.trustRoot([log]))
    try run(["trust", "add", site, "--role", "trust", root, "--as", "a/trusted_root.json"])
    try run(["trust", "add", site, "--role", "logs", try home.write("x.tar", tar)])
    try run(["trust", "sign", site, "--key", home.path("key.pem")])
    try run(["trust", "pack", site, packed])
    try run(["init", "--tpm", "software", "--root", site + "/metadata/1.root.json"])
    try run(["trust", "import", packed])

    let pem = try runChecked(["openssl", "pkey", "-inform", "DER", "-pubin"], input: log.key.publicKey.spki)
    let key = try home.write("log.pub", pem)
    for index in [256, 300, 511, 512, 599] {
      let file = home.path("\(index).tlog-proof")
      try run(["trust", "log", "prove", "\(index)", "--output", file])
      let said = String(decoding: try runChecked(["python3", Self.script, file, key]), as: UTF8.self)
      #expect(said.contains(": entry \(index) of 600, leaf "), "\(said)")
    }
    // The script has teeth: the entry, a hash of the path, the checkpoint.
    let whole = try home.read("300.tlog-proof")
    for place in [40, 400, whole.count - 20] {
      var bytes = whole
      bytes[place] = bytes[place] == 0x41 ? 0x42 : 0x41
      let result = try TestSupport.run(["python3", Self.script, try home.write("spoiled", bytes), key])
      #expect(result.status != 0, "\(place)")
    }
  }
}
