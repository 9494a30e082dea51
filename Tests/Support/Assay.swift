import FoundationEssentials

/// The appliance as a user runs it.
package struct Assay: Sendable {
  /// What `assay verify --json` says of one archive (docs/formats/VerifyOutput.md).
  package struct Answer: Decodable, Sendable {
    package struct Reason: Decodable, Sendable { package let reason: String }
    package struct Part: Decodable, Sendable {
      package let digest: String
      package let platform: String?
      package let verdict: String
    }
    package struct Report: Decodable, Sendable {
      package let digest: String
      package let signed: Bool
      package let path: String?
    }
    package struct Receipt: Decodable, Sendable { package let leaf: Int }
    package struct Image: Decodable, Sendable {
      package let digest: String
      package let names: [String]
      package let verdict: String
      package let reasons: [Reason]
      package let parts: [Part]
      package let report: Report
      package let receipt: Receipt?
    }
    package struct Archive: Decodable, Sendable {
      package let verdict: String
      package let reasons: [Reason]
      package let images: [Image]
    }
    package let format: String
    package let verdict: String
    package let archives: [Archive]

    /// The first reason that is given, of the archive or of its images; nil where there is none.
    package var firstReason: String? {
      archives.lazy.flatMap { $0.reasons + $0.images.flatMap(\.reasons) }.first?.reason
    }
  }

  private let environment: [String: String]
  private let home: TemporaryFolder

  /// Runs that see no store but the one in `home`, a folder of this value's own.
  package init() throws {
    home = try TemporaryFolder()
    environment = ["XDG_STATE_HOME": home.path, "HOME": home.path]
  }

  /// Where `init` makes the store.
  package var storeFolder: String { home.path("assay") }

  /// - Parameter program: another build of it.
  package func run(_ arguments: [String], input: [UInt8] = [], program: String? = nil) throws -> RunResult {
    try TestSupport.run(
      [program ?? Products.path("assay")] + arguments, input: input, environment: environment)
  }

  /// The same where nobody reads what it writes: its standard output is a pipe whose reader is gone.
  package func runUnread(_ arguments: [String]) throws -> RunResult {
    let folder = try TemporaryFolder()
    let script = #"mkfifo "$0"; : <"$0" & exec 3>"$0"; wait; exec "$@" >&3"#
    return try TestSupport.run(
      ["sh", "-c", script, folder.path("pipe"), Products.path("assay")] + arguments, environment: environment)
  }

  /// Runs `verify --json`. Throws where the answer is no JSON: a usage mistake, or a crash.
  package func verify(_ arguments: [String], by program: String? = nil) throws -> (status: Int32, answer: Answer) {
    let result = try run(["verify", "--json"] + arguments, program: program)
    do {
      return (result.status, try JSONDecoder().decode(Answer.self, from: Data(result.stdout)))
    } catch {
      throw RunError(description: "assay verify \(arguments): status \(result.status): \(result.errors)")
    }
  }
}
