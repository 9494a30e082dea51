import ApplianceIdentity
import Attestation
import Cryptography
import Enrolling
import Enrolment
import Files
import Octets
import SignedNote

/// What a desk reads of an enrolment.
enum EnrollText {
  /// Bytes of a desk's name.
  static let deskLimit = 256

  static func lines(_ request: VerifiedRequest, endorsement: String) -> [String] {
    let claims = request.claims
    func line(_ name: String, _ value: String) -> String {
      "  \(name)\(String(repeating: " ", count: max(1, 18 - name.utf8.count)))\(value)"
    }
    func fingerprint(_ key: PublicKey) -> String { "\(ClaimedDigest(key.fingerprint))" }
    return [
      line("store", Hex.encode(claims.storeID)),
      line("TPM", claims.tpm == .software ? "software, for trying out" : "device, by the appliance's own word"),
      line("endorsement", printable(endorsement)),
      line("endorsement key", fingerprint(claims.endorsementKey.key)),
      line("attestation key", fingerprint(claims.attestationKey.key)),
      line("report key", fingerprint(request.reportKey) + (request.hasPIN ? " (with a PIN)" : " (without a PIN)")),
      line("commit key", fingerprint(request.commitKey)),
      line("policy authority", claims.authority.map { fingerprint($0.key) } ?? "nobody"),
      line("boot binding", claims.bootBinding.rawValue + (claims.bootBinding == .none ? "" : ", by its own word")),
      line("anchor", Hex.encode(claims.anchorName)),
      line("ledger", "\(request.checkpoint.size) leaves, root \(Hex.encode(request.checkpoint.root))"),
      line("program", printable(claims.program)),
    ] + request.pcrs.sorted { $0.key < $1.key }.map { line("PCR \($0.key)", Hex.encode($0.value)) }
  }

  /// What must not be overlooked.
  static func warnings(_ request: VerifiedRequest, isCertified: Bool) -> [String] {
    var warnings: [String] = []
    if request.claims.tpm == .software {
      warnings.append("this is a software TPM, for trying out: whoever reads its disk has all its keys.")
    } else if !isCertified {
      warnings.append("no maker vouches for this TPM: it may be a software TPM that says it is a device.")
    }
    if request.claims.authority == nil {
      warnings.append("nobody approves this machine's systems: any system that it starts can use its keys.")
    }
    return warnings
  }
}

/// Files of an enrolment, at the desk.
enum EnrollFile {
  static func roots(_ path: String) throws -> EndorsementRoots {
    let text = try InputFile.read(path, upTo: EndorsementRoots.lengthLimit)
    do throws(CryptographyError) {
      return try EndorsementRoots(pem: text)
    } catch {
      throw UsageMistake("\(path) does not hold certificates in PEM, and nothing else: \(error)")
    }
  }

  static func certificates(_ path: String) throws -> [Certificate] {
    let text = try InputFile.read(path, upTo: EndorsementRoots.lengthLimit)
    do throws(CryptographyError) {
      return try Certificate.chain(pem: text)
    } catch {
      throw UsageMistake("\(path) does not hold certificates in PEM, and nothing else: \(error)")
    }
  }
}
