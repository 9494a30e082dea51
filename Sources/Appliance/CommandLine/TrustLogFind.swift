import ArgumentParser
import LogStore
import Octets
import Policy
import Reasons
import Roles
import Store
import StrictJSON

/// `assay trust log find`
struct TrustLogFind: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find the entries that say that something was signed.",
    discussion: """
      DIGEST is what the signature was made over: by cosign the payload (the one layer of the signature's manifest), \
      of an attestation its payload or envelope, of a file the file. Only entries that are carried are found, and \
      each is proven against an accepted state of its log. Who signed is read out of the entry, and verified by no \
      chain.

        assay trust log find sha256:9f86d0…
        assay trust log find --leaf 3fa91c…         by the leaf's hash

      0: found; 4: nothing that is carried says so, which says nothing of what is not carried.
      """)

  @Argument(help: .init("sha256:… of what was signed.", valueName: "DIGEST")) var digest: String?
  @Option(help: .init("The entry's own leaf hash.", valueName: "HEX")) var leaf: String?
  @OptionGroup var state: StateOptions
  @Flag(help: "One JSON object a line (docs/formats/LogOutput.md).") var json = false

  func run() throws {
    guard (digest == nil) != (leaf == nil) else { throw UsageMistake("Name a DIGEST, or give --leaf HEX.") }
    let digest = try digest.map { try Self.digest($0, "An entry is found by what was signed") }
    let hash = try leaf.map { text in
      guard let hash = Hex.decode(Array(text.utf8)), hash.count == 32 else {
        throw UsageMistake("A leaf hash is 64 lower-case hexadecimal digits, not “\(text)”.")
      }
      return hash
    }
    let logs = try AcceptedLogs(try state.running()).logs
    var count = 0
    for log in logs {
      let found = digest.map { log.kept.entries(signing: $0) } ?? log.kept.entries(leafHash: hash ?? [])
      for entry in found.entries {
        let text = LogEntryText(entry.leaf, in: entry.head, of: log)
        count += 1
        try Render.write(
          json
            ? String(decoding: JSON.object(text.json).serialized(), as: UTF8.self)
            : text.lines.joined(separator: "\n"))
      }
      let shown = printable(log.origin, limit: 100)
      if found.unproven > 0 {
        Voice.warn(
          "\(shown): \(Quantity.count(found.unproven, "record")) on the disk could not be proven, and is left out.")
      }
      if found.isCut { Voice.warn("\(shown): there are more; the first \(found.entries.count) are shown.") }
    }
    guard count == 0 else { return }
    Voice.say(
      "No carried entry of \(Quantity.count(logs.count, "log")) says so. Of entries that are not carried, nothing is known."
    )
    throw ExitCode(ExitStatus.of(.incomplete))
  }

  /// - Parameter what: begins the sentence of a mistake.
  static func digest(_ text: String, _ what: String) throws -> ClaimedDigest {
    do throws(Failure) { return try ClaimedDigest(Array(text.utf8), in: "", malformed: .logEntryMalformed) } catch {
      throw UsageMistake("\(what): sha256:…, not “\(text)”.")
    }
  }
}
