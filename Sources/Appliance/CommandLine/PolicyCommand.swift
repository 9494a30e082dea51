import ArgumentParser

/// `assay policy`: tools for the people who write policies.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Write, try and compare policies (docs/policy.md).",
    subcommands: [PolicyConvert.self])
}
