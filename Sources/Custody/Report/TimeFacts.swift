package import LedgerLeaf
package import Octets
import StrictJSON
package import TrustStore

/// When a verdict was given, as an interval with a basis for each end, never as one number.
package struct TimeFacts: Sendable {
  /// This machine's clock: a claim, no proof.
  package let claimed: UnixTime
  /// What the history and the TPM add; nil on a machine without a store.
  package let custody: Custody?

  package struct Custody: Sendable {
    /// No earlier than this; nil while nothing signed has said so.
    package let floor: Standing.Floor?
    package let tpm: TPMClock
    package let check: TimeRules.ClockCheck

    package init(floor: Standing.Floor?, tpm: TPMClock, check: TimeRules.ClockCheck) {
      self.floor = floor
      self.tpm = tpm
      self.check = check
    }
  }

  package init(claimed: UnixTime, custody: Custody? = nil) {
    self.claimed = claimed
    self.custody = custody
  }

  var json: JSON {
    var object: JSONObject = ["claimed": "\(claimed)", "source": "rtc"]
    if let custody {
      object.append(
        "notBefore",
        custody.floor.map {
          ["time": "\($0.time)", "basis": .text($0.source.name), "leaf": .integer(Int64(clamping: $0.leaf))]
        } ?? .null)
      // A counter-signature with a time of its own is what could end the interval.
      object.append("notAfter", .null)
      object.append(
        "tpm",
        [
          "milliseconds": .integer(Int64(clamping: custody.tpm.milliseconds)),
          "resets": .integer(Int64(clamping: custody.tpm.resets)),
          "restarts": .integer(Int64(clamping: custody.tpm.restarts)), "safe": .bool(custody.tpm.isSafe),
        ])
      object.append("clockCheck", .text(custody.check.name))
      if case .jump(let seconds) = custody.check { object.append("clockJumpSeconds", .integer(seconds)) }
    }
    return .object(object)
  }
}

extension TimeRules.ClockCheck {
  package var name: String {
    switch self {
    case .consistent: "consistent"
    case .jump: "jump"
    case .noReference: "no-reference"
    case .behindFloor: "behind-floor"
    }
  }
}

extension TimeEvidence.Source {
  package var name: String {
    switch self {
    case .logCheckpoint: "log"
    case .timestampAuthority: "timestamp-authority"
    case .cosignature: "cosignature"
    case .bundle: "trust-bundle"
    }
  }
}

/// Where in the history a report's verdict will stand: exact order, where times are weak.
package struct LedgerPosition: Sendable {
  /// Leaf of the verdict; nil for an archive of which no image was judged.
  package let verdictLeaf: UInt64?
  /// Number of the commit that brings it.
  package let commit: UInt64

  package init(verdictLeaf: UInt64?, commit: UInt64) {
    self.verdictLeaf = verdictLeaf
    self.commit = commit
  }

  var json: JSON {
    [
      "verdictLeaf": verdictLeaf.map { .integer(Int64(clamping: $0)) } ?? .null,
      "commit": .integer(Int64(clamping: commit)),
    ]
  }
}
