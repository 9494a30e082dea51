import Cryptography
import Ledger
import TPM

/// The TPM's NV index as the ledger's anchor.
struct TPMAnchor: Anchor {
  let tpm: CustodyTPM

  func read() throws -> AnchorReading {
    do throws(TPMError) {
      return .value(try tpm.readAnchor())
    } catch {
      // TPM_RC_NV_UNINITIALIZED: somebody deleted it and defined it anew.
      guard error.kind == .anchorMissing else { throw error }
      return error.code == 0x14A ? .unwritten : .missing
    }
  }

  func extend(_ digest: ComputedDigest) throws { try tpm.extendAnchor(digest) }
}

/// The TPM's commit key as the ledger's signer.
struct TPMCommitSigner: CommitSigner {
  let tpm: CustodyTPM
  let publicKey: PublicKey

  init(_ tpm: CustodyTPM) throws(StoreError) {
    self.tpm = tpm
    do throws(CryptographyError) {
      publicKey = try PublicKey(spki: tpm.keys.commit.spki)
    } catch {
      throw .unreadable("the commit key is no key")
    }
  }

  func sign(_ digest: ComputedDigest) throws -> [UInt8] { try tpm.signCommit(digest) }
}
