import Cryptography
import FoundationEssentials
import Testing
import TestSupport

/// Project Wycheproof's signature vectors, every one as it says.
@Suite struct WycheproofTests {
  struct File: Decodable {
    var numberOfTests: Int
    var testGroups: [Group]
  }

  struct Group: Decodable {
    var publicKeyDer: String
    var tests: [Vector]
  }

  struct Vector: Decodable {
    var tcId: Int
    var comment: String
    var flags: [String]
    var msg: String
    var sig: String
    var result: String
  }

  @Test(
    .enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)),
    arguments: [
      ("ecdsa_secp256r1_sha256", SignatureScheme.ecdsa(.sha256)),
      ("ecdsa_secp384r1_sha384", .ecdsa(.sha384)),
      ("ecdsa_secp521r1_sha512", .ecdsa(.sha512)),
      ("ed25519", .ed25519),
      ("rsa_signature_2048_sha256", .rsaPKCS1(.sha256)),
      ("rsa_signature_3072_sha256", .rsaPKCS1(.sha256)),
      ("rsa_signature_4096_sha256", .rsaPKCS1(.sha256)),
      ("rsa_pss_2048_sha256_mgf1_32", .rsaPSS(.sha256)),
    ])
  func agrees(name: String, scheme: SignatureScheme) throws {
    let bytes = try Corpus.bytes("wycheproof/\(name)_test.json")
    let file = try JSONDecoder().decode(File.self, from: Data(bytes))
    var run = 0
    var wrong: [String] = []
    for group in file.testGroups {
      let key = try PublicKey(spki: unhex(group.publicKeyDer))
      for vector in group.tests {
        run += 1
        // The one acceptable flag is MissingNull: a DigestInfo without NULL. RFC 8017 §9.2 lets a verifier accept it;
        // we encode and compare (§8.2.2), so that a message has one signature, as the vectors' other verifiers do.
        let isExpected = vector.result == "valid"
        if vector.result == "acceptable", vector.flags != ["MissingNull"] { wrong.append("\(vector.tcId) undecided") }
        let message = unhex(vector.msg)
        let signature = unhex(vector.sig)
        let verdicts = [
          verifies { try key.verify(signature, over: message, scheme) },
          scheme == .ed25519
            ? isExpected : verifies { try key.verify(signature, digest: digest(message, hash(scheme)), scheme) },
        ]
        if verdicts != [isExpected, isExpected] { wrong.append("\(vector.tcId) \(vector.comment): \(verdicts)") }
      }
    }
    #expect(run == file.numberOfTests)
    #expect(wrong.isEmpty)
  }

  private func hash(_ scheme: SignatureScheme) -> HashAlgorithm {
    switch scheme {
    case .ecdsa(let hash), .rsaPKCS1(let hash), .rsaPSS(let hash): hash
    case .ed25519, .ed25519ph: .sha512
    }
  }

  private func verifies(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      return false
    }
  }
}

/// Hexadecimal of a test vector.
func unhex(_ text: String) -> [UInt8] {
  let digits = text.utf8.map { UInt8(hexDigit: $0) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

extension UInt8 {
  fileprivate init(hexDigit: UInt8) { self = hexDigit < 0x3a ? hexDigit - 0x30 : (hexDigit | 0x20) - 0x61 + 10 }
}
