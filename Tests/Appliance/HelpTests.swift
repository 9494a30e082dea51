import ArgumentParser
import Testing

@testable import CommandLine

/// What `--help` says, as wide as a terminal is: words fill their lines.
@Suite struct HelpTests {
  private static func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap(all)
  }

  private func isExample(_ line: Substring) -> Bool { line.hasPrefix(" ") || line.hasPrefix("assay ") }

  @Test func linesAreWrappedOnce() {
    let commands = Self.all(Assay.self)
    #expect(commands.count > 40)
    for command in commands {
      let help = Assay.helpMessage(for: command, columns: 80)
      let lines = help.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.hasPrefix("USAGE:") }
      for (line, next) in zip(lines, lines.dropFirst()) where !line.isEmpty && !next.isEmpty {
        let word = next.prefix { $0 != " " }
        // Examples keep their own lines, and so may a sentence.
        if isExample(line) || isExample(next) || line.hasSuffix(".") { continue }
        // A line that fits to the last place is wrapped, too.
        #expect(line.count + 1 + word.count >= 79, "\(command): wrapped before its end: \(line) | \(next)")
      }
    }
  }
}
