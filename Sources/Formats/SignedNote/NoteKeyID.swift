import Cryptography

/// The signature types that C2SP signed-note assigns and Assay knows.
package enum NoteSignatureType: UInt8, Hashable, Sendable {
  case ed25519 = 0x01
  /// Over SHA-256 of the text; Rekor v1.
  case ecdsa = 0x02
  /// A witness's timestamped Ed25519, C2SP tlog-cosignature.
  case cosignature = 0x04
}

/// The four bytes that, with a name, point out a key (C2SP signed-note, Signatures). A hint: collisions are easily made,
/// and only the configured key's verification counts.
package enum NoteKeyID {
  /// - Parameters:
  ///   - name: the key's name in signature lines.
  ///   - key: the 32 bytes of RFC 8032.
  package static func ed25519(name: [UInt8], key: [UInt8]) -> [UInt8] {
    Array(untruncated(name: name, type: .ed25519, key: key)[..<4])
  }

  /// Depends on the key alone.
  /// - Parameter spki: DER of the SubjectPublicKeyInfo.
  package static func ecdsa(spki: [UInt8]) -> [UInt8] {
    Array(untruncated(name: [], type: .ecdsa, key: spki)[..<4])
  }

  package static func cosignature(name: [UInt8], key: [UInt8]) -> [UInt8] {
    Array(untruncated(name: name, type: .cosignature, key: key)[..<4])
  }

  /// The whole hash of which a key ID is the beginning; Rekor v2 writes it as `logId`.
  package static func untruncated(name: [UInt8], type: NoteSignatureType, key: [UInt8]) -> [UInt8] {
    digest(type == .ecdsa ? key : name + [0x0a, type.rawValue] + key).bytes
  }
}
