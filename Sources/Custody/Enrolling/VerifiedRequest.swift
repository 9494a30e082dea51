import ApplianceIdentity
package import Attestation
package import Cryptography
package import Enrolment
import Ledger
package import Reasons
package import SignedNote
import TPM

/// A request every part of which fits the others: all keys lie in the attestation key's TPM, bound as provisioning
/// binds them, and that TPM vouches for all that the request claims.
///
/// Which TPM that is, and whether it is one, is not known yet: only the answer to a challenge shows that the attestation
/// key lies beside the endorsement key, and only its maker's certificate that the endorsement key lies in a chip.
package struct VerifiedRequest: Sendable {
  package let claims: EnrolmentClaims
  /// Of the request, byte for byte.
  package let digest: ComputedDigest
  package let reportKey: PublicKey
  package let commitKey: PublicKey
  /// Whether the report key asks for a PIN.
  package let hasPIN: Bool
  /// The ledger's head, under the commit key's signature.
  package let checkpoint: Checkpoint
  /// What the anchor holds.
  package let anchorValue: [UInt8]
  package let quote: VerifiedQuote
  /// Values of the PCRs, by number.
  package let pcrs: [Int: [UInt8]]

  /// Verifies, in this order:
  ///
  /// 1. endorsement key and attestation key are such keys, as their public areas say (when the document is read);
  /// 2. commit key and report key are of provisioning's making, two keys, and the report key's policy is the commit
  ///    key's, with a PIN or without;
  /// 3. that policy is the policy authority's; without one, no boot binding is claimed;
  /// 4. the anchor's Name is that of a written index which only this policy extends;
  /// 5. the checkpoint is this store's, under the commit key's signature;
  /// 6. every proof binds in exactly these claims, and the attestation key signed it: that its TPM made both keys, with
  ///    these Names computed here; what the anchor holds; the PCRs;
  /// 7. the values of the PCRs are the quoted ones, and are those that reports quote.
  ///
  /// - Throws: `enrolment.…`, and `json.…`.
  package init(verifying bytes: [UInt8]) throws(Failure) {
    let request = try EnrolmentRequest(parsing: bytes)
    let claims = request.claims
    self.claims = claims
    digest = Cryptography.digest(bytes)

    let commit = try Self.key(claims.commitKey, "commit key")
    let report = try Self.key(claims.reportKey, "report key")
    guard !commit.isGuarded else {
      throw Failure(.enrolmentKeyUnsuitable, "commit key", "it asks for a PIN, which nobody types at each commit")
    }
    guard report.name != commit.name else {
      throw Failure(.enrolmentKeyUnsuitable, "report key", "it is the commit key")
    }
    guard report.policy == (report.isGuarded ? KeyShapes.withPIN(commit.policy) : commit.policy) else {
      throw Failure(.enrolmentPolicyMismatch, "report key", "its policy is not the commit key's")
    }
    try Self.verifyPolicy(commit.policy, claims)
    guard KeyShapes.anchorName(at: claims.anchorHandle, policy: commit.policy) == claims.anchorName else {
      throw Failure(
        .enrolmentAnchorMismatch, "anchor", "its Name is not that of a written index which only the policy extends")
    }
    checkpoint = try Self.checkpoint(claims, commit.key)

    let binding = try claims.binding()
    let proofs = [request.reportKey, request.commitKey, request.anchor, request.quote.proof]
    // One that binds in something else alone is found below, by its name.
    guard proofs.contains(where: { (try? Attestation(parsing: $0.attest))?.qualifying == binding }) else {
      throw Failure(.enrolmentClaimsAltered, "claims", "all proofs were made for other ones")
    }
    let key = claims.attestationKey
    for (subject, shape, made, proof) in [
      ("report key", report, claims.reportKey, request.reportKey),
      ("commit key", commit, claims.commitKey, request.commitKey),
    ] {
      _ = try prove(subject, proof, binding) { (proof) throws(Failure) in
        try key.verifyCreation(
          proof.attest, signature: proof.signature, qualifying: binding, objectName: shape.name,
          creationData: made.creationData)
      }
    }
    anchorValue = try prove("anchor", request.anchor, binding) { (proof) throws(Failure) in
      try key.verifyIndex(
        proof.attest, signature: proof.signature, qualifying: binding, indexName: claims.anchorName)
    }.contents
    quote = try verifyQuote(request.quote, by: key, binding: binding)
    pcrs = Dictionary(uniqueKeysWithValues: zip(request.quote.pcrs.numbers, request.quote.values))
    reportKey = report.key
    commitKey = commit.key
    hasPIN = report.isGuarded
  }

  private static func key(_ key: EnrolmentClaims.Key, _ subject: String) throws(Failure) -> KeyShapes.SigningKey {
    guard let shape = KeyShapes.signingKey(key.publicArea) else {
      throw Failure(
        .enrolmentKeyUnsuitable, subject, "its public area is not that of a signing key which provisioning makes")
    }
    return shape
  }

  private static func verifyPolicy(_ policy: [UInt8], _ claims: EnrolmentClaims) throws(Failure) {
    guard let authority = claims.authority else {
      // Nobody knows the key that approved the policy: then it approved every state there is.
      guard claims.bootBinding == .none else {
        throw Failure(.enrolmentPolicyMismatch, "boot binding", "one is claimed, and nobody holds the policy's key")
      }
      return
    }
    let expected: [UInt8]
    do {
      expected = try KeyShapes.policy(of: authority.key, counter: authority.counter)
    } catch {
      throw Failure(.enrolmentPolicyMismatch, "policy authority", error.message)
    }
    guard expected == policy else {
      throw Failure(.enrolmentPolicyMismatch, "policy authority", "the keys' policy is not of its making")
    }
  }

  private static func checkpoint(_ claims: EnrolmentClaims, _ key: PublicKey) throws(Failure) -> Checkpoint {
    do {
      let checkpoint = try Checkpoint(parsing: claims.checkpoint)
      try verifyCheckpoint(checkpoint, storeID: claims.storeID, key: key.spki)
      return checkpoint
    } catch {
      throw Failure(.enrolmentCheckpointMismatch, "checkpoint", error.detail)
    }
  }
}

/// A proof that binds in what it should, as `verify` finds it.
///
/// - Throws: `enrolment.claims-altered` where it binds in something else; otherwise `enrolment.proof-invalid`.
private func prove<Fact>(
  _ subject: String, _ proof: EnrolmentProof, _ binding: [UInt8],
  _ verify: (EnrolmentProof) throws(Failure) -> Fact
) throws(Failure) -> Fact {
  let bound: [UInt8]
  do {
    bound = try Attestation(parsing: proof.attest).qualifying
  } catch {
    throw Failure(.enrolmentProofInvalid, subject, error.detail)
  }
  guard bound == binding else {
    throw Failure(.enrolmentClaimsAltered, subject, "it was made for something else than what stands beside it")
  }
  do {
    return try verify(proof)
  } catch {
    throw Failure(.enrolmentProofInvalid, subject, error.detail)
  }
}

/// A quote of the PCRs that reports quote, with the values that are quoted.
///
/// - Throws: `enrolment.claims-altered`, `enrolment.proof-invalid`, `enrolment.pcr-mismatch`.
func verifyQuote(
  _ quote: EnrolmentQuote, by key: AttestationKey, binding: [UInt8]
) throws(Failure) -> VerifiedQuote {
  let verified = try prove("quote", quote.proof, binding) { (proof) throws(Failure) in
    try key.verifyQuote(proof.attest, signature: proof.signature, qualifying: binding)
  }
  guard verified.pcrs == .quoted else {
    throw Failure(.enrolmentPCRMismatch, "quote", "it is of other PCRs than \(PCRSelection.quoted.numbers)")
  }
  guard quote.pcrs == verified.pcrs, verified.digest == digest(quote.values.flatMap { $0 }).bytes else {
    throw Failure(.enrolmentPCRMismatch, "quote", "the values are not the quoted ones")
  }
  return verified
}
