import Findings

/// The checks by their numbers in docs/verification.md. (4.1 to 5.1 are SigningIdentity's.)
enum Step: String {
  case form = "1.1 form"
  case subject = "1.2 subject"
  case material = "1.3 material"
  case entryKind = "2.1 entry-kind"
  case log = "2.2 log"
  case promise = "2.3 promise"
  case checkpoint = "2.4 checkpoint"
  case inclusionProof = "2.5 inclusion-proof"
  case history = "2.6 history"
  case witnesses = "2.7 witnesses"
  case signedEntryTimestamp = "3.1 signed-entry-timestamp"
  case timestamp = "3.2 timestamp"
  case established = "3.3 established"
  case clock = "3.4 clock"
  case logKeyValidity = "3.5 log-key-validity"
  case timestampRevocation = "3.6 timestamp-revocation"
  case revocation = "5.2 revocation"
  case entryDigest = "6.1 entry-digest"
  case entrySignature = "6.2 entry-signature"
  case entryKey = "6.3 entry-key"
  case signature = "7.1 signature"

  func passed(_ detail: String = "") -> Check { Check(rawValue, .passed, detail) }
  func notApplicable(_ detail: String) -> Check { Check(rawValue, .notApplicable, detail) }
}
