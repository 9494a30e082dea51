import ApplianceIdentity
import Attestation
import Enrolment
import Octets
import Reasons

/// What a TPM attests has one encoding: what is read, written by TPM 2.0 Part 2 §10.12.8, is the same bytes.
enum AttestationInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    var isTaken = false
    if let key = try reading(bytes, { bytes throws(Failure) in try AttestationKey(publicArea: bytes) }) {
      try hold(key.publicArea == bytes, "another public area")
      isTaken = true
    }
    if let key = try reading(bytes, { bytes throws(Failure) in try EndorsementKey(publicArea: bytes) }) {
      try hold(key.publicArea == bytes, "another public area")
      isTaken = true
    }
    guard let found = try reading(bytes, { bytes throws(Failure) in try Attestation(parsing: bytes) }) else {
      return isTaken
    }
    try hold(bytes.count <= Attestation.limit, "\(bytes.count) bytes were taken")
    let (kind, claim): (UInt16, [UInt8]) =
      switch found.claim {
      case .quote(let selection, let digest): (0x8018, selection.marshalled + sized(digest))
      case .nv(let name, let contents): (0x8014, sized(name) + [0, 0] + sized(contents))
      case .creation(let name, let hash): (0x801a, sized(name) + sized(hash))
      }
    let clock = found.clock
    let written =
      [0xff, 0x54, 0x43, 0x47] + big(UInt64(kind), 2) + sized(found.signer) + sized(found.qualifying)
      + big(clock.milliseconds, 8) + big(UInt64(clock.resets), 4) + big(UInt64(clock.restarts), 4)
      + [clock.isSafe ? 1 : 0] + big(found.firmware, 8) + claim
    try hold(written == bytes, "an attestation is written as other bytes")
    return true
  }

  private static func sized(_ bytes: [UInt8]) -> [UInt8] { big(UInt64(bytes.count), 2) + bytes }

  private static func big(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
  }
}

/// The files of an enrolment: what is written of each is read as the same.
enum EnrolmentInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let documents = [
      try check(bytes, "a request", { $0.serialized() }) { bytes throws(Failure) in
        try EnrolmentRequest(parsing: bytes)
      },
      try check(bytes, "a challenge", { $0.serialized() }) { bytes throws(Failure) in
        try EnrolmentChallenge(parsing: bytes)
      },
      try check(bytes, "an answer", { $0.serialized() }) { bytes throws(Failure) in
        try EnrolmentAnswer(parsing: bytes)
      },
      try check(bytes, "a record", { $0.serialized() }) { bytes throws(Failure) in
        try EnrolmentRecord(parsing: bytes)
      },
      try check(bytes, "an identity", { $0.serialized() }) { bytes throws(Failure) in
        try ApplianceIdentity(parsing: bytes, named: "i")
      },
    ]
    let taken = documents.count { $0 }
    try hold(taken <= 1, "one file is two kinds of document")
    return taken == 1
  }

  private static func check<Document>(
    _ bytes: [UInt8], _ what: String, _ write: (Document) -> [UInt8], _ read: ([UInt8]) throws(Failure) -> Document
  ) throws -> Bool {
    guard let document = try reading(bytes, read) else { return false }
    let written = write(document)
    let again = try readingBack(written, what, read)
    try hold(write(again) == written, "\(what) is written otherwise the second time")
    return true
  }
}
