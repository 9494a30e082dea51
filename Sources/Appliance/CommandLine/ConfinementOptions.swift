import ArgumentParser
import MediaReader
import Report
import Roles
import Sandbox
import Store
import StrictJSON
import TPM

/// How the processes that meet an archive are held.
struct ConfinementOptions: ParsableArguments {
  @Flag(
    help:
      "Let reader, prover and keeper run without confinement, on a kernel that has no seccomp. Recorded in the report.")
  var unconfined = false

  @Option(help: .init("Give up on a reader or prover that says nothing for so long.", valueName: "SECONDS"))
  var patience = Crew.usualPatience

  func validate() throws {
    guard (1...86_400).contains(patience) else {
      throw ValidationError("--patience takes seconds, from 1 to 86400.")
    }
  }

  /// Nobody works yet.
  func crew() -> Crew {
    if unconfined { Voice.warn("reader, prover and keeper run unconfined (--unconfined)") }
    return Crew(isUnconfined: unconfined, patience: patience)
  }
}

extension Crew {
  /// Holds this process to what a keeper does.
  /// - Parameters:
  ///   - store: nil where there is none.
  ///   - folder: where reports go; it is there.
  ///   - files: that are read later.
  func confineKeeper(of store: Store?, reportingTo folder: String?, reading files: [String] = []) throws {
    try confineKeeper(
      RoleTable.keeper(
        writing: [store?.directory, folder].compactMap(\.self), reading: files,
        isTPMBehindSocket: store?.driver.isBehindSocket ?? false))
    warnOfLandlock("reader, prover and keeper")
  }

  func warnOfLandlock(_ roles: String) {
    guard protections.landlock == 0, !isUnconfined else { return }
    Voice.warn("this kernel has no Landlock: system calls alone hold \(roles)")
  }

  /// For the report.
  var facts: ConfinementFacts {
    let protections = protections
    return ConfinementFacts(isConfined: protections.isConfined, landlock: protections.landlock)
  }
}

extension ConfinementFacts {
  /// Whether roles confine themselves on this machine, as two of them said.
  struct Trial {
    private let outcome: Result<Protections, any Error>

    init() { outcome = Result { try Crew(patience: 10).trial() } }

    var words: String {
      switch outcome {
      case .success(let protections) where !protections.isConfined: "RUN UNCONFINED: nothing holds them"
      case .success(let protections) where protections.landlock > 0:
        "confine themselves: no new privileges, limits, seccomp, Landlock version \(protections.landlock)"
      case .success:
        "confine themselves: no new privileges, limits, seccomp; this kernel has NO LANDLOCK to hold files back"
      case .failure(let error): "DO NOT RUN: \(error)"
      }
    }

    var json: JSON {
      switch outcome {
      case .success(let protections):
        [
          "confined": .bool(protections.isConfined), "landlock": .integer(Int64(protections.landlock)),
          "trouble": .null,
        ]
      case .failure(let error): ["confined": false, "landlock": 0, "trouble": .text("\(error)")]
      }
    }
  }
}
