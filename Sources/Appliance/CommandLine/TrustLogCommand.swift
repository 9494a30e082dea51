import ArgumentParser

/// `assay trust log`: what is known of transparency logs beyond the proofs that evidence carries.
struct TrustLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Carry a transparency log's history to the appliance, and ask there what it says.",
    discussion: """
      On the connected side, `snapshot` checks what was fetched from a log, and packs it. The file goes into the \
      role logs of the site's next trust bundle:

        assay trust log snapshot … --out rekor.tar
        assay trust add site --role logs rekor.tar

      On the appliance, once a bundle brought snapshots (`trust import`):

        assay trust log status                      which states were accepted, by whose witness, and every fork
        assay trust log find sha256:…               which entries say that this was signed
        assay trust log prove sha256:… --output x.tlog-proof
        assay trust log watch --certificate-identity WHO --certificate-oidc-issuer ISSUER
                                                    what was signed under our name, and never came here

      Nothing here asks the network. What the disk holds of a log is proven each time against a state that the history \
      has.
      """,
    subcommands: [
      TrustLogSnapshot.self, TrustLogStatus.self, TrustLogFind.self, TrustLogProve.self, TrustLogWatch.self,
    ])
}
