package import Cryptography
package import Ledger
package import TPM

/// The TPM's NV index as the ledger's anchor.
package struct TPMAnchor: Anchor {
  private let tpm: CustodyTPM

  package init(_ tpm: CustodyTPM) { self.tpm = tpm }

  package func read() throws -> AnchorReading {
    do throws(TPMError) {
      return .value(try tpm.readAnchor())
    } catch {
      // Unwritten: somebody deleted it and defined it anew.
      guard error.kind == .anchorMissing else { throw error }
      return error.isUnwritten ? .unwritten : .missing
    }
  }

  package func extend(_ digest: ComputedDigest, from current: [UInt8]) throws -> [UInt8] {
    try tpm.extendAnchor(digest, from: current)
  }
}

/// The TPM's commit key as the ledger's signer.
package struct TPMCommitSigner: CommitSigner {
  private let tpm: CustodyTPM
  package let publicKey: PublicKey

  package init(_ tpm: CustodyTPM) throws(StoreError) {
    self.tpm = tpm
    do throws(CryptographyError) {
      publicKey = try PublicKey(spki: tpm.keys.commit.spki)
    } catch {
      throw .unreadable("the commit key is no key")
    }
  }

  package func sign(_ digest: ComputedDigest) throws -> [UInt8] { try tpm.signCommit(digest) }
}
