import ArgumentParser
import LogSnapshotMaking
import Octets
import Policy

/// What the making of a snapshot says.
enum TrustLogText {
  static func lines(_ made: MadeSnapshot, _ out: String) -> [String] {
    let shown = printable(out, limit: 4096)
    var lines = ["Made \(shown): \(Quantity.count(made.files, "file", "files")), \(made.bytes) bytes"]
    for log in made.logs {
      lines.append("  \(printable(log.origin, limit: 200))")
      lines.append("    newest checkpoint of \(Quantity.count(Int(clamping: log.size), "entry", "entries"))")
      if !log.earlier.isEmpty {
        lines.append("    of which these are beginnings: \(shownSizes(log.earlier))")
      }
      let tiles = log.tiles > 0 ? " asked for, \(Quantity.count(log.tiles, "hash tile", "hash tiles"))" : ""
      lines.append("    \(Quantity.count(log.entries, "entry", "entries"))\(tiles)")
    }
    lines.append(
      made.signaturesVerified
        ? "Signatures were verified by the trust root; proofs and hashes too."
        : "Proofs and hashes were verified; signatures were not: --trusted-root FILE does that.")
    lines.append("Next: assay trust add SITE --role logs \(shown)")
    return lines
  }

  private static func shownSizes(_ sizes: [UInt64]) -> String {
    let shown = sizes.suffix(5).map(String.init).joined(separator: ", ")
    return sizes.count > 5 ? "\(sizes.count), the last \(shown)" : shown
  }

  /// Turns what stands against a snapshot into the command line's own errors. What is wanted goes to standard output, for
  /// a shell; why, to people.
  static func explain(_ error: SnapshotError) throws -> Never {
    switch error {
    case .mistake(let words): throw UsageMistake(words)
    case .refused(let failure): throw failure
    case .file: throw error
    case .wanted(let wanted):
      Voice.say(
        (["Not made: more must be fetched from the log."] + wanted.sentences
          + ["Run the lines on standard output, then this command again."]).joined(separator: "\n"))
      try Render.write(wanted.commands.joined(separator: "\n"))
      throw ExitCode(ExitStatus.of(.incomplete))
    }
  }
}
