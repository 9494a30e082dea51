/// A CA that publishes revocation lists, in the hands of `openssl ca`.
package struct RevokingAuthority: Sendable {
  /// A line of the CA's own index.
  package struct Entry: Sendable {
    package var serial: [UInt8]
    /// UTCTime.
    package var date: String
    /// As `openssl ca` names it: `superseded`; `keyTime,20260701000000Z` for a compromise since then.
    package var reason: String?

    package init(_ serial: [UInt8], on date: String, _ reason: String? = nil) {
      self.serial = serial
      self.date = date
      self.reason = reason
    }
  }

  private let certificate: [UInt8]
  private let key: [UInt8]

  /// - Parameters:
  ///   - certificate: DER.
  ///   - key: its private key, PEM.
  package init(_ certificate: [UInt8], key: [UInt8]) throws {
    self.certificate = try runChecked(["openssl", "x509", "-inform", "DER"], input: certificate)
    self.key = key
  }

  /// A list in PEM.
  ///
  /// - Parameters:
  ///   - number: in hexadecimal, of even length; nil for a list of version 1.
  ///   - extensions: lines of the configuration beside the number.
  package func list(
    _ entries: [Entry] = [], number: String? = "07", made: String = "260901000000Z", next: String = "261001000000Z",
    extensions: String = ""
  ) throws -> [UInt8] {
    // Tests run side by side: each list has a folder of its own.
    let folder = try TemporaryFolder()
    try folder.write("ca.pem", certificate)
    try folder.write("key.pem", key)
    let lines = entries.map { entry in
      let serial = entry.serial.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
      return "R\t301231000000Z\t\(entry.date)\(entry.reason.map { "," + $0 } ?? "")\t\(serial)\tunknown\t/CN=x\n"
    }
    try folder.write("index.txt", Array(lines.joined().utf8))
    let counting = number == nil ? "" : "crlnumber = crlnumber\ncrl_extensions = list\n"
    try folder.write("crlnumber", Array("\(number ?? "01")\n".utf8))
    try folder.write(
      "ca.cnf",
      Array(
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\ndefault_md = sha256\n\(counting)[list]\n\(extensions)\n"
          .utf8))
    return try runChecked(
      [
        "openssl", "ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "key.pem", "-crl_lastupdate",
        made, "-crl_nextupdate", next,
      ], in: folder.path)
  }
}
