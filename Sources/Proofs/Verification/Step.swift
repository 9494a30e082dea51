import Findings

/// The checks by their numbers in docs/verification.md. (4.1 to 5.1 are SigningIdentity's.)
enum Step: String {
  case form = "1.1 form"
  case material = "1.2 material"
  case log = "2.1 log"
  case promise = "2.2 promise"
  case checkpoint = "2.3 checkpoint"
  case inclusionProof = "2.4 inclusion-proof"
  case entryKind = "2.5 entry-kind"
  case signedEntryTimestamp = "3.1 signed-entry-timestamp"
  case timestamp = "3.2 timestamp"
  case established = "3.3 established"
  case clock = "3.4 clock"
  case logKeyValidity = "3.5 log-key-validity"
  case subject = "6.1 subject"
  case entryDigest = "6.2 entry-digest"
  case entrySignature = "6.3 entry-signature"
  case entryKey = "6.4 entry-key"
  case signature = "7.1 signature"

  func passed(_ detail: String = "") -> Check { Check(rawValue, .passed, detail) }
  func notApplicable(_ detail: String) -> Check { Check(rawValue, .notApplicable, detail) }
}
