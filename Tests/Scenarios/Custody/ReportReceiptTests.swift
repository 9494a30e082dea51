import FoundationEssentials
import TestSupport
import Testing

/// `report verify --appliance`: all of it, from files alone.
@Suite struct ReportReceiptTests {
  private func verify(_ site: Site, _ report: String, _ more: [String] = []) throws -> RunResult {
    try site.assay.run(["report", "verify", report, "--appliance", site.identity()] + more)
  }

  private func receipt(of report: String) -> String {
    String(report.dropLast(".sigstore.json".count)) + ".receipt.json"
  }

  @Test func isAuthenticFromFilesAlone() throws {
    let site = try Site()
    let report = try site.report()
    let identity = try site.identity()
    // Nothing of the store is needed any more.
    try runChecked(["rm", "-rf", site.store])
    let result = try site.assay.run(["report", "verify", report, "--appliance", identity])
    #expect(result.status == 0, "\(result.errors)")
    for word in ["its verdict is admit", "software TPM", "leaf 3 of 4", "PCRs 0 2 4 7", "enrolment   none"] {
      #expect(result.output.contains(word), "\(word): \(result.output)")
    }
  }

  @Test func withoutItsReceiptItIsNotIssued() throws {
    let site = try Site()
    let report = try site.report()
    try FileManager.default.removeItem(atPath: receipt(of: report))
    let result = try verify(site, report)
    #expect(result.status == 3)
    #expect(result.errors.contains("report.receipt-missing"))
    // The store makes it again.
    let digest = try runChecked(["sha256sum", report]).prefix(64)
    let made = try site.assay.run([
      "report", "receipt", "sha256:" + String(decoding: digest, as: UTF8.self), "--output", site.stick.path("again"),
    ])
    #expect(made.status == 0, "\(made.errors)")
    #expect(try verify(site, report, ["--receipt", site.stick.path("again")]).status == 0)
  }

  @Test func anotherAppliancesReceiptIsNone() throws {
    let (site, other) = (try Site(), try Site())
    let report = try site.report()
    let result = try site.assay.run(["report", "verify", report, "--appliance", other.identity()])
    #expect(result.status == 3)
    #expect(result.errors.contains("report.invalid"))
    let strange = try verify(site, report, ["--receipt", receipt(of: other.report())])
    #expect(strange.status == 3)
    #expect(strange.errors.contains("report.receipt-mismatch"), "\(strange.errors)")
  }

  /// One field after the other, spoilt alone.
  static let spoilings: [(String, String, reason: String)] = [
    ("store", "d['store'] = 32 * '0'", "report.receipt-mismatch"),
    ("report", "d['report'] = 'sha256:' + 64 * '0'", "report.receipt-mismatch"),
    ("leaf", "d['leaf'] = flip(d['leaf'], 3)", "log.inclusion-proof-mismatch"),
    ("leaf of another kind", "d['leaf'] = flip(d['leaf'], 1)", "ledger.leaf-malformed"),
    ("index", "d['proof'] = d['proof'].replace('index 3', 'index 2')", "log.inclusion-proof-mismatch"),
    (
      "path", "l = d['proof'].split('\\n'); l[2] = flip(l[2], 0); d['proof'] = '\\n'.join(l)",
      "log.inclusion-proof-mismatch"
    ),
    ("size", "d['proof'] = d['proof'].replace('\\n4\\n', '\\n5\\n')", "log.checkpoint-invalid"),
    (
      "checkpoint's signature",
      "l = d['proof'].rstrip('\\n').split(' '); l[-1] = flip(l[-1], 40); d['proof'] = ' '.join(l) + '\\n'",
      "log.checkpoint-invalid"
    ),
    ("quote", "d['quote']['attest'] = flip(d['quote']['attest'], 60)", "report.invalid"),
    ("quote's signature", "d['quote']['signature'] = flip(d['quote']['signature'], 20)", "report.invalid"),
    ("a PCR", "d['pcrs']['7'] = 64 * '1'", "report.receipt-mismatch"),
    ("a PCR less", "del d['pcrs']['7']", "report.receipt-mismatch"),
    ("an unknown member", "d['more'] = 1", "report.malformed"),
    ("another format", "d['format'] = 'assay-receipt/2'", "report.malformed"),
  ]

  @Test(arguments: spoilings.indices) func aSpoiltReceiptIsRefused(_ index: Int) throws {
    let (name, change, reason) = Self.spoilings[index]
    let site = try Site()
    let report = try site.report()
    let script = """
      import base64, json, sys
      def flip(text, place):
          raw = bytearray(base64.b64decode(text)); raw[place] ^= 1
          return base64.b64encode(bytes(raw)).decode()
      d = json.load(open(sys.argv[1]))
      before = json.dumps(d)
      \(change)
      assert json.dumps(d) != before
      json.dump(d, open(sys.argv[1], "w"))
      """
    try runChecked(["/usr/bin/python3", "-c", script, receipt(of: report)])
    let result = try verify(site, report)
    #expect(result.status == 3, "\(name)")
    #expect(result.errors.contains(reason), "\(name): \(result.errors)")
  }

  /// tpm2-tools, which never heard of Assay, check the quote: the AK's signature, the PCRs, and the checkpoint bound in.
  @Test(.enabled(if: isInstalled("tpm2_checkquote"), "needs tpm2-tools")) func theQuoteConvincesOthers() throws {
    let site = try Site()
    let report = try site.report()
    let script = """
      import base64, hashlib, json, sys
      receipt, identity, out = json.load(open(sys.argv[1])), json.load(open(sys.argv[2])), sys.argv[3]
      area = base64.b64decode(identity["attestationKey"])
      open(out + "/ak.pub", "wb").write(len(area).to_bytes(2, "big") + area)
      open(out + "/message", "wb").write(base64.b64decode(receipt["quote"]["attest"]))
      der = base64.b64decode(receipt["quote"]["signature"])
      def number(at):
          size = der[at + 1]
          return int.from_bytes(der[at + 2:at + 2 + size], "big"), at + 2 + size
      r, at = number(2); s, _ = number(at)
      sized = lambda n: (32).to_bytes(2, "big") + n.to_bytes(32, "big")
      open(out + "/signature", "wb").write(bytes.fromhex("0018000b") + sized(r) + sized(s))
      note = receipt["proof"].split("\\n\\n", 1)[1]
      text = note.split("\\n\\n")[0] + "\\n"
      print(hashlib.sha256(b"assay-quote/v1\\n" + text.encode()).hexdigest())
      """
    let qualifying = String(
      decoding: try runChecked([
        "/usr/bin/python3", "-c", script, receipt(of: report), site.identity(), site.stick.path,
      ]).prefix(64), as: UTF8.self)
    let checked = [
      "tpm2_checkquote", "-u", site.stick.path("ak.pub"), "-m", site.stick.path("message"), "-s",
      site.stick.path("signature"), "-q",
    ]
    #expect(try run(checked + [qualifying]).status == 0)
    #expect(try run(checked + [String(repeating: "0", count: 64)]).status != 0)
  }
}
