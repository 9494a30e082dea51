import Base64
import COpenSSL
import DER

extension PrivateKey {
  /// Bytes of a PEM file.
  package static let fileLimit = 4096

  /// Reads one `PRIVATE KEY` block (PKCS #8, RFC 5958 version 0, unencrypted), as `openssl genpkey` writes it.
  ///
  /// - Parameter text: overwritten, whatever becomes of it.
  /// - Throws: `.malformed` for what is no such file; `.unsupported` for encrypted keys, other algorithms and other
  ///   forms, with words that say what to do.
  package convenience init(wipingPEM text: inout [UInt8]) throws(CryptographyError) {
    defer { wipe(&text) }
    var der = try Self.decoded(text)
    defer { wipe(&der) }
    let layout = try PrivateKeyLayout(der)
    var secret = Array(der[layout.secret])
    defer { wipe(&secret) }
    try self.init(layout.kind, wiping: &secret, point: layout.point.map { Array(der[$0]) } ?? [])
  }

  /// The key as the file that `init(wipingPEM:)` reads. For a file that its owner alone may read.
  package func pem() -> SecretBytes {
    let point = Array(publicKey.spki.suffix(65))
    let size = kind.before.count + Self.secretSize + (kind == .p256 ? kind.behind.count + point.count : 0)
    let der = SecretBytes(capacity: size) { out, _ in
      for (index, byte) in kind.before.enumerated() { out[index] = byte }
      secret.withBytes { bytes, count in (out + kind.before.count).update(from: bytes, count: count) }
      guard kind == .p256 else { return }
      let rest = out + kind.before.count + Self.secretSize
      for (index, byte) in (kind.behind + point).enumerated() { rest[index] = byte }
    }
    let begin = Array("-----BEGIN PRIVATE KEY-----\n".utf8)
    let end = Array("-----END PRIVATE KEY-----\n".utf8)
    // 48 bytes make a line of 64 letters; OpenSSL puts a NUL behind each.
    let lines = (size + 47) / 48
    return SecretBytes(capacity: begin.count + lines * 66 + end.count) { out, count in
      var position = 0
      func put(_ text: [UInt8]) {
        for byte in text {
          out[position] = byte
          position += 1
        }
      }
      put(begin)
      der.withBytes { bytes, size in
        for start in stride(from: 0, to: size, by: 48) {
          position += Int(EVP_EncodeBlock(out + position, bytes + start, Int32(min(48, size - start))))
          put([0x0a])
        }
      }
      put(end)
      count = position
    }
  }

  /// The block's bytes. Not by `PEM`, whose copies nobody wipes.
  private static func decoded(_ text: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard text.count <= fileLimit else { throw .malformed("a private key of more than \(fileLimit) bytes") }
    let lines = text.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })
    let label = lines.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    switch label {
    case "-----BEGIN PRIVATE KEY-----": break
    case "-----BEGIN ENCRYPTED PRIVATE KEY-----":
      throw .unsupported("the private key is encrypted: `openssl pkey -in FILE -out NEW` decrypts it")
    case "-----BEGIN EC PRIVATE KEY-----", "-----BEGIN EC PARAMETERS-----", "-----BEGIN RSA PRIVATE KEY-----":
      throw .unsupported("a private key in an older form: `openssl pkey -in FILE -out NEW` writes it as PKCS #8")
    case "-----BEGIN OPENSSH PRIVATE KEY-----":
      throw .unsupported("a key of OpenSSH: `openssl genpkey -algorithm ed25519` makes one that is read here")
    case "-----BEGIN PUBLIC KEY-----":
      throw .malformed("this is a public key, and the private one is wanted")
    default:
      throw .malformed("a “PRIVATE KEY” PEM block expected")
    }
    guard lines.count > 2, lines.last?.elementsEqual("-----END PRIVATE KEY-----".utf8) == true else {
      throw .malformed("one PEM block expected, and nothing behind it")
    }
    var body: [UInt8] = []
    body.reserveCapacity(text.count)
    for line in lines.dropFirst().dropLast() { body += line }
    defer { wipe(&body) }
    guard let der = Base64.decode(body) else { throw .malformed("PEM block that is not canonical Base64") }
    return der
  }
}

/// Where a private key's numbers stand in PKCS #8. Nothing is optional but P-256's inner name of its curve.
struct PrivateKeyLayout {
  let kind: PrivateKey.Kind
  let secret: Range<Int>
  /// Nil for Ed25519.
  let point: Range<Int>?

  init(_ der: [UInt8]) throws(CryptographyError) {
    var outer = DERWalker(der)
    let info = try outer.next(DERTag.sequence, "private key")
    try outer.end("private key")
    var reader = outer.inside(info)
    let version = reader.bytes(of: try reader.next(DERTag.integer, "version").contents)
    guard version == [0] else {
      throw .unsupported("PKCS #8 of a later version: `openssl pkey -in FILE -out NEW` writes it anew")
    }
    let algorithm = try KeyAlgorithm(
      identifier: reader.bytes(of: try reader.next(DERTag.sequence, "key algorithm").whole))
    let wrapped = try reader.next(DERTag.octetString, "private key")
    try reader.end("private key")
    var inner = reader.inside(wrapped)
    switch algorithm {
    case .ed25519:
      kind = .ed25519
      secret = try inner.next(DERTag.octetString, "seed").contents
      point = nil
    case .ecdsa(.p256, _, _):
      kind = .p256
      (secret, point) = try Self.numbers(&inner)
    default:
      throw .unsupported("a private key that is neither Ed25519 nor P-256")
    }
    try inner.end("private key")
    guard secret.count == PrivateKey.secretSize else { throw .malformed("a private key of \(secret.count) bytes") }
  }

  /// `ECPrivateKey` (RFC 5915 §3).
  private static func numbers(
    _ inner: inout DERWalker
  ) throws(CryptographyError) -> (scalar: Range<Int>, point: Range<Int>) {
    var reader = inner.inside(try inner.next(DERTag.sequence, "EC key"))
    guard reader.bytes(of: try reader.next(DERTag.integer, "version").contents) == [1] else {
      throw .unsupported("an EC key of a later version")
    }
    let scalar = try reader.next(DERTag.octetString, "scalar").contents
    if let curve = try reader.nextIf(DERTag.context(0)) {
      guard reader.bytes(of: curve.contents) == PrivateKey.Kind.p256Name else {
        throw .malformed("an EC key that names another curve inside")
      }
    }
    guard let half = try reader.nextIf(DERTag.context(1)) else {
      throw .unsupported("an EC key without its public half: `openssl pkey -in FILE -out NEW` adds it")
    }
    try reader.end("EC key")
    var bits = reader.inside(half)
    let point = try bits.next(DERTag.bitString, "public half").contents
    try bits.end("public half")
    guard point.count == 66, reader.bytes[point.lowerBound] == 0, reader.bytes[point.lowerBound + 1] == 4 else {
      throw .unsupported("an EC key whose public half is no uncompressed point")
    }
    return (scalar, point.dropFirst())
  }
}

extension PrivateKey.Kind {
  static let p256Name: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]

  /// DER of PKCS #8 up to the secret (RFC 8410 §7, RFC 5915 §3).
  fileprivate var before: [UInt8] {
    switch self {
    case .ed25519: [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
    case .p256:
      [
        0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
      ] + Self.p256Name + [0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20]
    }
  }

  /// Between the secret and P-256's point.
  fileprivate var behind: [UInt8] { self == .p256 ? [0xa1, 0x44, 0x03, 0x42, 0x00] : [] }
}
