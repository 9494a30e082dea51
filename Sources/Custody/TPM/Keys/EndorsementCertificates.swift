import CTSS2

extension TPM {
  /// Bytes of an index that is read: a chain of some certificates.
  private static let indexLimit = 16 << 10

  /// What the maker left in the TPM: certificates of endorsement keys, and of their issuers (TCG EK Credential Profile
  /// 2.5 §2.2.1.4, §2.2.1.5). DER, in the order of their places; many TPMs hold none.
  ///
  /// Inert: nothing of them is verified. What cannot be read without a secret, and what is no DER, is left out.
  package func endorsementCertificates() throws(TPMError) -> [[UInt8]] {
    try use { connection throws(TPMError) in
      var found: [[UInt8]] = []
      for handle in try connection.handles(from: 0x01C0_0000) where Self.holdsCertificates(handle) {
        found += Self.certificates(try connection.contents(of: handle, atMost: Self.indexLimit))
      }
      return found
    }
  }

  /// RSA-2048 and P-256 of the low range; the templates of the high range; chains of issuers.
  private static func holdsCertificates(_ handle: UInt32) -> Bool {
    switch handle {
    case 0x01C0_0002, 0x01C0_000A: true
    case 0x01C0_0012...0x01C0_001E: handle % 2 == 0
    case 0x01C0_0100...0x01C0_01FF: true
    default: false
    }
  }

  /// Certificates one after the other: SEQUENCEs with lengths of two bytes. Behind the last one, makers leave padding.
  private static func certificates(_ contents: [UInt8]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var rest = contents[...]
    while rest.starts(with: [0x30, 0x82]), rest.count >= 4 {
      let size = 4 + rest.dropFirst(2).prefix(2).reduce(0) { $0 << 8 | Int($1) }
      guard size <= rest.count else { break }
      found.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return found
  }
}

extension Connection {
  /// All of an index that anybody may read; empty for another.
  fileprivate func contents(of handle: UInt32, atMost limit: Int) throws(TPMError) -> [UInt8] {
    guard let nv = try found(at: handle) else { return [] }
    defer { release(nv) }
    // TPMS_NV_PUBLIC (TPM 2.0 Part 2 §13.6): attributes behind handle and nameAlg, the size at the end.
    let area = try bytes("TPM2_NV_ReadPublic", atMost: ASSAY_TPM_PUBLIC_MAX) {
      assay_tpm_nv_read_public($0, nv.object, &$1, &$2)
    }
    guard area.count >= 14 else { return [] }
    let attributes = area[6..<10].reduce(0) { $0 << 8 | UInt32($1) }
    let size = area.suffix(2).reduce(0) { $0 << 8 | Int($1) }
    // Written, and readable by the index's own auth, which is empty (§13.4).
    guard attributes & 0x2004_0000 == 0x2004_0000, size <= limit else { return [] }
    var contents: [UInt8] = []
    while contents.count < size {
      let (offset, count) = (contents.count, min(Int(ASSAY_TPM_NV_CHUNK), size - contents.count))
      contents += try bytes("TPM2_NV_Read", atMost: count) {
        assay_tpm_nv_read($0, nv.object, UInt16(offset), &$1, $2)
      }
    }
    return contents
  }
}
