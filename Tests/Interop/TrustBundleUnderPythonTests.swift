import BundleMaking
import Cryptography
import Octets
import TUFMetadata
import TestSupport
import Testing

/// Bundles that `assay trust` makes, under python-tuf.
@Suite(.enabled(if: PythonTUF.isPresent, Comment(rawValue: PythonTUF.absence)))
struct TrustBundleUnderPythonTests {
  /// From root 1, through the rotation, to each role's file.
  @Test func isRead() throws {
    let home = try TemporaryFolder()
    try TrustSample.build(in: home)
    try runChecked(["mkdir", home.path("first")])
    try runChecked(["tar", "-xf", home.path("sample/bundle-1.tar.zst"), "-C", home.path("first")])
    try runChecked(["mv", home.path("sample/bundle-2"), home.path("second")])
    try home.write("root.json", home.read("first/metadata/1.root.json"))
    for (target, expected) in [
      ("trust/sample/builder.pem", ["ok", "ok"]), ("policy/age-limits.json", ["ok", "ok"]),
      ("deny/000001.json", ["ok", "ok"]), ("deny/000002.json", ["unknown", "ok"]),
      // A role speaks of nothing but its own folder.
      ("trust/000001.json", ["unknown", "unknown"]),
    ] {
      #expect(try PythonTUF.client(home.path, target) == expected, "\(target)")
      try runChecked(["rm", "-r", home.path("python")])
    }
    // It has teeth.
    try runChecked(["sh", "-c", "for file in second/targets/policy/*; do printf x >>\"$file\"; done"], in: home.path)
    #expect(try PythonTUF.client(home.path, "policy/age-limits.json") == ["ok", "DownloadLengthMismatchError"])
  }

  /// python-tuf reads a draft, makes its canonical form and signs it; the signature comes back to us.
  static let signer = """
    import sys
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner
    from tuf.api.metadata import Metadata
    draft, key, wanted = sys.argv[1:]
    with open(key, "rb") as file:
        signer = CryptoSigner(load_pem_private_key(file.read(), None))
    message = Metadata.from_file(draft).signed_bytes
    with open(wanted, "rb") as file:
        assert file.read() == message, "another canonical form"
    print(signer.public_key.keyid)
    print(signer.sign(message).signature)
    """

  @Test(arguments: [PrivateKey.Kind.ed25519, .p256]) func signs(_ kind: PrivateKey.Kind) throws {
    let home = try TemporaryFolder()
    let key = try PrivateKey.generate(kind)
    var plan = SitePlan(rootKeys: [key.publicKey], threshold: 1)
    for role in [SiteRole.targets, .trust, .policy] { plan.thresholds[role] = 1 }
    var site = try Site.make(home.path("site"), plan, at: UnixTime(1_795_000_000))
    _ = try site.add([try home.write("in/é.txt", [1])], as: "file.txt", to: .trust)
    _ = try site.writeDetached(to: home.path("out"))
    let pem = try home.write("key.pem", key.pem().copied())
    for state in try site.states() {
      let wanted = home.path("out/\(state.role)-\(state.version).tosign")
      let said = try runChecked(
        ["python3", "-c", Self.signer, home.path("site/draft/\(state.role).json"), pem, wanted],
        environment: ["PYTHONPATH": Products.package + "/.build/peers/tuf"])
      let lines = String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
      // Both reckon one ID of one key.
      #expect(lines.first == String(decoding: try SiteKey(key.publicKey).id.utf8, as: UTF8.self))
      try site.attach(Array((lines.last ?? "").utf8), of: key.publicKey, to: state.role)
    }
    let limits = BundleLimits(entries: 100, fileBytes: 1 << 20, totalBytes: 1 << 20, snapshotBytes: 0)
    _ = try site.pack(to: home.path("bundle.tar"), within: limits)
  }
}
