package import Attestation
import CTSS2
package import Cryptography
import Reasons

/// What the attestation key signed.
package struct Attested: Hashable, Sendable {
  /// TPMS_ATTEST (TPM 2.0 Part 2 §10.12.8).
  package let attest: [UInt8]
  /// ECDSA with SHA-256, DER.
  package let signature: [UInt8]

  package init(attest: [UInt8], signature: [UInt8]) {
    self.attest = attest
    self.signature = signature
  }

  /// What is given out verifies, or is not given out.
  static func check<Result>(_ operation: String, _ verify: () throws(Failure) -> Result) throws(TPMError) -> Result {
    do {
      return try verify()
    } catch {
      throw TPMError(
        .badSignature, operation, "What the TPM attested does not verify: \(error.detail). Nothing was given out.")
    }
  }
}

extension CustodyTPM {
  /// Bytes of qualifying data that every TPM takes (Part 2 §10.4.3 with SHA-256 as the longest hash).
  package static let qualifyingLimit = 32

  /// The PCRs as they are, bound to something of the caller's, and with it the TPM's clock and firmware.
  ///
  /// - Parameter qualifying: a digest, at most 32 bytes.
  package func quote(qualifying: [UInt8], pcrs: PCRSelection = .quoted) throws(TPMError) -> Attested {
    try operate { connection, _ throws(TPMError) in
      try connection.quote(pcrs, qualifying: qualifying, by: self.keys).0
    }
  }

  /// What the anchor holds: this TPM's last word on the history.
  package func certifyAnchor(qualifying: [UInt8]) throws(TPMError) -> Attested {
    let attested = try operate { connection, _ throws(TPMError) in
      let nv = try connection.open(self.keys.anchor)
      defer { connection.release(nv) }
      return try connection.attest(by: self.keys, qualifying, "TPM2_NV_Certify") { tpm, key, attest, size, r, s in
        assay_tpm_nv_certify(
          tpm, key, nv.object, qualifying, qualifying.count, 32, &attest, &size, &r, &s)
      }
    }
    try Attested.check("TPM2_NV_Certify") { () throws(Failure) in
      _ = try keys.attestationKey.verifyIndex(
        attested.attest, signature: attested.signature, qualifying: qualifying, indexName: keys.anchor.name)
    }
    return attested
  }

  /// That this TPM made the report key. With its creation data, `keys.report.object.creationData`.
  package func certifyReportKey(qualifying: [UInt8]) throws(TPMError) -> Attested {
    try certify(keys.report, qualifying: qualifying)
  }

  /// The same for the commit key.
  package func certifyCommitKey(qualifying: [UInt8]) throws(TPMError) -> Attested {
    try certify(keys.commit, qualifying: qualifying)
  }

  private func certify(_ key: PolicyKey, qualifying: [UInt8]) throws(TPMError) -> Attested {
    // Certify would need the key's ADMIN role, which costs a try of the PIN; its creation needs nothing of it.
    let data = key.object.creationData
    let ticket = key.object.creationTicket
    let hash = digest(data)
    let attested = try operate { connection, root throws(TPMError) in
      let object = try connection.load(key.object, under: root)
      defer { connection.flush(object) }
      return try connection.attest(by: self.keys, qualifying, "TPM2_CertifyCreation") { tpm, by, attest, size, r, s in
        assay_tpm_certify_creation(
          tpm, by, object, qualifying, qualifying.count, hash.bytes, ticket, ticket.count, &attest, &size, &r, &s)
      }
    }
    try Attested.check("TPM2_CertifyCreation") { () throws(Failure) in
      _ = try keys.attestationKey.verifyCreation(
        attested.attest, signature: attested.signature, qualifying: qualifying, objectName: key.name,
        creationData: data)
    }
    return attested
  }

  // MARK: Enrolment

  /// Opens a credential that was made for this TPM's endorsement key and this attestation key (Part 3 §12.5).
  ///
  /// - Parameters:
  ///   - credential: contents of TPM2B_ID_OBJECT.
  ///   - secret: contents of TPM2B_ENCRYPTED_SECRET.
  ///   - endorsementSecret: of escrow, where the endorsement key's policy asks for it and ownership was taken.
  package func activateCredential(
    _ credential: [UInt8], secret: [UInt8], endorsementSecret: borrowing SecretBytes
  ) throws(TPMError) -> SecretBytes {
    try operate { connection, _ throws(TPMError) in
      let key = try connection.open(self.keys.attestation)
      defer { connection.release(key) }
      let endorsement = try connection.openEndorsement(self.keys.endorsement)
      defer { connection.release(endorsement) }
      if EndorsementKey.takesAuth(self.keys.endorsement.publicArea) {
        return try connection.activate(key, endorsement, ASSAY_TPM_PASSWORD, credential, secret)
      }
      return try connection.proving(endorsementSecret, for: ASSAY_TPM_ENDORSEMENT) { () throws(TPMError) in
        try connection.inPolicySession { session throws(TPMError) in
          try connection.run("TPM2_PolicySecret") { assay_tpm_policy_secret($0, session, ASSAY_TPM_ENDORSEMENT) }
          return try connection.activate(key, endorsement, session, credential, secret)
        }
      }
    }
  }
}

extension Connection {
  fileprivate typealias Attesting = (
    OpaquePointer, assay_tpm_object, inout [UInt8], inout Int, inout [UInt8], inout [UInt8]
  ) -> UInt32

  fileprivate func attest(
    by keys: ProvisionedKeys, _ qualifying: [UInt8], _ operation: String, _ command: Attesting
  ) throws(TPMError) -> Attested {
    guard qualifying.count <= CustodyTPM.qualifyingLimit else {
      throw TPMError(.keyMalformed, operation, "Qualifying data of \(qualifying.count) bytes: give its digest.")
    }
    let key = try open(keys.attestation)
    defer { release(key) }
    var r = [UInt8](repeating: 0, count: Int(ASSAY_TPM_P256_SIZE))
    var s = r
    let attest = try bytes(operation, atMost: ASSAY_TPM_ATTEST_MAX) { tpm, buffer, size in
      command(tpm, key.object, &buffer, &size, &r, &s)
    }
    return Attested(attest: attest, signature: ECDSASignature.der(r: r, s: s))
  }

  /// - Returns: the quote, which verifies, and the digest of the PCRs in it.
  func quote(
    _ pcrs: PCRSelection, qualifying: [UInt8], by keys: ProvisionedKeys
  ) throws(TPMError) -> (Attested, pcrDigest: [UInt8]) {
    let attested = try attest(by: keys, qualifying, "TPM2_Quote") { tpm, key, attest, size, r, s in
      assay_tpm_quote(tpm, key, qualifying, qualifying.count, pcrs.mask, &attest, &size, &r, &s)
    }
    let digest = try Attested.check("TPM2_Quote") { () throws(Failure) in
      let quote = try keys.attestationKey.verifyQuote(
        attested.attest, signature: attested.signature, qualifying: qualifying)
      guard quote.pcrs == pcrs else { throw Failure(.reportInvalid, "quote", "it is of other PCRs") }
      return quote.digest
    }
    return (attested, digest)
  }

  fileprivate func activate(
    _ key: Parent, _ endorsement: Parent, _ authorization: UInt32, _ credential: [UInt8], _ secret: [UInt8]
  ) throws(TPMError) -> SecretBytes {
    try SecretBytes(capacity: Int(ASSAY_TPM_SECRET_MAX)) { (bytes, size) throws(TPMError) in
      let capacity = size
      var given = size
      try run("TPM2_ActivateCredential") { tpm in
        given = capacity
        return assay_tpm_activate_credential(
          tpm, key.object, authorization, endorsement.object, credential, credential.count, secret, secret.count, bytes,
          &given)
      }
      size = given
    }
  }

  /// The maker's key may have another nameAlg than ours: its public area is what is compared.
  fileprivate func openEndorsement(_ key: PersistentKey) throws(TPMError) -> Parent {
    guard let found = try found(at: key.handle) else {
      throw TPMError(.anotherKey, "TPM2_ReadPublic", TPMError.anotherTPM)
    }
    do throws(TPMError) {
      guard try publicArea(of: found.object) == key.publicArea else {
        throw TPMError(.anotherKey, "TPM2_ReadPublic", TPMError.anotherTPM)
      }
      return found
    } catch {
      release(found)
      throw error
    }
  }
}

/// Facts about an endorsement key's public area (EK Credential Profile 2.5 §B).
enum EndorsementKey {
  private static func attributes(_ area: [UInt8]) -> UInt32 {
    area.count < 8 ? 0 : area[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// fixedTPM, fixedParent, sensitiveDataOrigin, restricted, decrypt; and no sign.
  static func fits(_ area: [UInt8]) -> Bool {
    let wanted: UInt32 = 0x0003_0032
    return attributes(area) & (wanted | 0x0004_0000) == wanted
  }

  /// userWithAuth: its empty auth will do. Otherwise its policy asks for the endorsement hierarchy's secret.
  static func takesAuth(_ area: [UInt8]) -> Bool { attributes(area) & 0x40 != 0 }
}
