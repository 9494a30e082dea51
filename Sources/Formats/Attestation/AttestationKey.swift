package import Cryptography
package import Reasons

/// The key that attests for a TPM, as its public area says: restricted, so that it signs nothing but what the TPM
/// itself made, and bound to its TPM.
package struct AttestationKey: Hashable, Sendable {
  /// TPMT_PUBLIC (TPM 2.0 Part 2 §12.2.4).
  package let publicArea: [UInt8]
  /// Name (Part 1 §16).
  package let name: [UInt8]
  package let key: PublicKey

  /// - Throws: `report.malformed` unless the area is byte for byte that of an attestation key, save its point.
  package init(publicArea: [UInt8]) throws(Failure) {
    guard let point = P256Area.point(publicArea, after: Self.head) else {
      throw Failure(.reportMalformed, "attestation key", "the public area is not that of an attestation key")
    }
    do {
      key = try PublicKey(spki: P256Area.spki(point))
    } catch {
      throw Failure(.reportMalformed, "attestation key", "the point is not on its curve")
    }
    self.publicArea = publicArea
    name = P256Area.name(publicArea)
  }

  /// What TPM2_CreatePrimary is asked for.
  package static let template = head + [0, 0, 0, 0]

  private static let head: [UInt8] = [
    0x00, 0x23,  // type: ECC
    0x00, 0x0B,  // nameAlg: SHA-256
    // sign, restricted, noDA, userWithAuth, sensitiveDataOrigin, fixedParent, fixedTPM (Part 2 §8.3)
    0x00, 0x05, 0x04, 0x72,
    0x00, 0x00,  // authPolicy: none
    0x00, 0x10,  // symmetric: NULL
    0x00, 0x18, 0x00, 0x0B,  // scheme: ECDSA with SHA-256
    0x00, 0x03,  // curve: NIST P-256
    0x00, 0x10,  // kdf: NULL
  ]

  /// Its qualified Name as a primary key of the endorsement hierarchy (Part 1 §26.5). Keys elsewhere get counters and
  /// firmware numbers that the TPM scrambles.
  package var qualifiedName: [UInt8] { [0x00, 0x0B] + digest([0x40, 0x00, 0x00, 0x0B] + name).bytes }

  // MARK: Verification

  /// - Parameters:
  ///   - attest: TPMS_ATTEST, as it was signed.
  ///   - signature: ECDSA, DER.
  ///   - qualifying: what it must bind in.
  /// - Throws: `report.invalid` where the key did not sign it, or it binds something else in; `report.malformed`.
  private func verify(
    _ attest: [UInt8], _ signature: [UInt8], qualifying: [UInt8], named subject: String
  ) throws(Failure) -> Attestation {
    do {
      try key.verify(signature, over: attest, .ecdsa(.sha256))
    } catch {
      throw Failure(.reportInvalid, subject, "the attestation key did not sign it")
    }
    let attestation = try Attestation(parsing: attest, named: subject)
    guard attestation.signer == qualifiedName else {
      throw Failure(.reportInvalid, subject, "the signer's qualified Name is not the attestation key's")
    }
    guard attestation.qualifying == qualifying else {
      throw Failure(.reportInvalid, subject, "it was made for something else")
    }
    return attestation
  }

  /// A quote of the TPM (TPM 2.0 Part 3 §18.4).
  package func verifyQuote(
    _ attest: [UInt8], signature: [UInt8], qualifying: [UInt8]
  ) throws(Failure) -> VerifiedQuote {
    let attestation = try verify(attest, signature, qualifying: qualifying, named: "quote")
    guard case .quote(let pcrs, let digest) = attestation.claim else {
      throw Failure(.reportInvalid, "quote", "it attests something else")
    }
    return VerifiedQuote(pcrs: pcrs, digest: digest, clock: attestation.clock, firmware: attestation.firmware)
  }

  /// What an NV index held (Part 3 §31.16).
  package func verifyIndex(
    _ attest: [UInt8], signature: [UInt8], qualifying: [UInt8], indexName: [UInt8]
  ) throws(Failure) -> VerifiedIndex {
    let attestation = try verify(attest, signature, qualifying: qualifying, named: "NV certification")
    guard case .nv(let name, let contents) = attestation.claim else {
      throw Failure(.reportInvalid, "NV certification", "it attests something else")
    }
    guard name == indexName else { throw Failure(.reportInvalid, "NV certification", "it is of another index") }
    return VerifiedIndex(contents: contents, clock: attestation.clock, firmware: attestation.firmware)
  }

  /// That a key was made in this TPM (Part 3 §18.3).
  ///
  /// - Parameters:
  ///   - objectName: the key's Name.
  ///   - creationData: TPMS_CREATION_DATA, as the TPM gave it.
  package func verifyCreation(
    _ attest: [UInt8], signature: [UInt8], qualifying: [UInt8], objectName: [UInt8], creationData: [UInt8]
  ) throws(Failure) -> VerifiedCreation {
    let attestation = try verify(attest, signature, qualifying: qualifying, named: "certified creation")
    guard case .creation(let name, let hash) = attestation.claim else {
      throw Failure(.reportInvalid, "certified creation", "it attests something else")
    }
    guard name == objectName else { throw Failure(.reportInvalid, "certified creation", "it is of another key") }
    guard hash == digest(creationData).bytes else {
      throw Failure(.reportInvalid, "certified creation", "the creation data is not the certified one")
    }
    return VerifiedCreation(objectName: name, clock: attestation.clock, firmware: attestation.firmware)
  }
}

/// A quote that the attestation key signed, for the caller's purpose.
package struct VerifiedQuote: Hashable, Sendable {
  package let pcrs: PCRSelection
  /// SHA-256 of the values of the PCRs, in ascending order.
  package let digest: [UInt8]
  package let clock: Attestation.Clock
  package let firmware: UInt64

  fileprivate init(pcrs: PCRSelection, digest: [UInt8], clock: Attestation.Clock, firmware: UInt64) {
    self.pcrs = pcrs
    self.digest = digest
    self.clock = clock
    self.firmware = firmware
  }
}

/// The contents of an index, as the attestation key signed them.
package struct VerifiedIndex: Hashable, Sendable {
  package let contents: [UInt8]
  package let clock: Attestation.Clock
  package let firmware: UInt64

  fileprivate init(contents: [UInt8], clock: Attestation.Clock, firmware: UInt64) {
    self.contents = contents
    self.clock = clock
    self.firmware = firmware
  }
}

/// A key that the attestation key's TPM made.
package struct VerifiedCreation: Hashable, Sendable {
  package let objectName: [UInt8]
  package let clock: Attestation.Clock
  package let firmware: UInt64

  fileprivate init(objectName: [UInt8], clock: Attestation.Clock, firmware: UInt64) {
    self.objectName = objectName
    self.clock = clock
    self.firmware = firmware
  }
}
