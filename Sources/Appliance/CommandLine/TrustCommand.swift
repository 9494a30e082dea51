import ArgumentParser

/// `assay trust`: whom this appliance believes.
struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Pin the site's root, take trust bundles in, and see what is trusted.",
    subcommands: [TrustVerbs.Pin.self, TrustVerbs.Import.self, TrustVerbs.List.self])
}
