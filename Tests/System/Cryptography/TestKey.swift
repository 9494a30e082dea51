import COpenSSL
import Cryptography

/// A key that signs, for tests. Made in a library context of its own.
final class TestKey: @unchecked Sendable {
  enum Kind { case p256, p384, p521, ed25519, rsa2048 }

  nonisolated(unsafe) private static let library: OpaquePointer = {
    let library = OSSL_LIB_CTX_new()!
    OSSL_PROVIDER_load(library, "default")
    return library
  }()

  private let pointer: OpaquePointer
  let kind: Kind
  let spki: [UInt8]

  init(_ kind: Kind) {
    self.kind = kind
    let name = [Kind.ed25519: "ED25519", .rsa2048: "RSA"][kind] ?? "EC"
    let context = EVP_PKEY_CTX_new_from_name(Self.library, name, nil)
    EVP_PKEY_keygen_init(context)
    if let curve = [Kind.p256: "P-256", .p384: "P-384", .p521: "P-521"][kind] {
      EVP_PKEY_CTX_set_group_name(context, curve)
    }
    var key: OpaquePointer?
    precondition(EVP_PKEY_generate(context, &key) == 1)
    EVP_PKEY_CTX_free(context)
    pointer = key!
    var der: UnsafeMutablePointer<UInt8>?
    let size = i2d_PUBKEY(key, &der)
    spki = Array(UnsafeBufferPointer(start: der, count: Int(size)))
    CRYPTO_free(der, nil, 0)
  }

  deinit { EVP_PKEY_free(pointer) }

  var publicKey: PublicKey { try! PublicKey(spki: spki) }

  /// ECDSA and PKCS#1 by `hash`; Ed25519 has its own.
  func sign(_ message: [UInt8], _ hash: HashAlgorithm = .sha256) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    let name = kind == .ed25519 ? nil : hash.rawValue
    precondition(EVP_DigestSignInit_ex(context, nil, name, Self.library, nil, pointer, nil) == 1)
    var size = 0
    EVP_DigestSign(context, nil, &size, message, message.count)
    var signature = [UInt8](repeating: 0, count: size)
    precondition(EVP_DigestSign(context, &signature, &size, message, message.count) == 1)
    return Array(signature.prefix(size))
  }

  /// DER of the `AlgorithmIdentifier` that goes with `sign`.
  func signatureAlgorithm(_ hash: HashAlgorithm = .sha256) -> [UInt8] {
    let index: UInt64 = [.sha256: 0, .sha384: 1, .sha512: 2][hash]!
    switch kind {
    case .ed25519: return DER.sequence(DER.oid([1, 3, 101, 112]))
    case .rsa2048: return DER.sequence(DER.oid([1, 2, 840, 113549, 1, 1, 11 + index]), DER.null)
    default: return DER.sequence(DER.oid([1, 2, 840, 10045, 4, 3, 2 + index]))
    }
  }
}

/// Writes DER, and what is not quite DER, for tests.
enum DER {
  static func value(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] { value(tag, parts) }

  static func value(_ tag: UInt8, _ parts: [[UInt8]]) -> [UInt8] {
    let contents = parts.flatMap { $0 }
    switch contents.count {
    case ..<0x80: return [tag, UInt8(contents.count)] + contents
    case ..<0x100: return [tag, 0x81, UInt8(contents.count)] + contents
    case ..<0x10000: return [tag, 0x82, UInt8(contents.count >> 8), UInt8(contents.count & 0xff)] + contents
    default: return [tag, 0x83] + [16, 8, 0].map { UInt8(contents.count >> $0 & 0xff) } + contents
    }
  }

  static let null: [UInt8] = [5, 0]
  static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts) }
  static func sequence(_ parts: [[UInt8]]) -> [UInt8] { value(0x30, parts) }
  static func set(_ parts: [UInt8]...) -> [UInt8] { value(0x31, parts) }
  static func integer(_ number: UInt8) -> [UInt8] { value(2, [number]) }
  static func octets(_ bytes: [UInt8]) -> [UInt8] { value(4, bytes) }
  static func bits(_ bytes: [UInt8], unused: UInt8 = 0) -> [UInt8] { value(3, [unused], bytes) }
  static func utf8(_ text: String) -> [UInt8] { value(12, Array(text.utf8)) }

  static func oid(_ arcs: [UInt64]) -> [UInt8] {
    var contents: [UInt8] = []
    for arc in [arcs[0] * 40 + arcs[1]] + arcs[2...] {
      var groups = [UInt8(arc & 0x7f)]
      var rest = arc >> 7
      while rest > 0 {
        groups.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
        rest >>= 7
      }
      contents += groups
    }
    return value(6, contents)
  }
}
