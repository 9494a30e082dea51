import ArgumentParser

/// `assay trust log`: what is known of transparency logs beyond the proofs that evidence carries.
struct TrustLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Carry a transparency log's history to the appliance.",
    discussion: """
      On the connected side, `snapshot` checks what was fetched from a log, and packs it. The file goes into the role logs
      of the site's next trust bundle:

        assay trust log snapshot … --out rekor.tar
        assay trust add site --role logs rekor.tar
      """,
    subcommands: [TrustLogSnapshot.self])
}
