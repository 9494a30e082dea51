import ArgumentParser
import Terminal

/// `assay trust`: bundles of trust, policy, denials and logs for machines without a network.
struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Make trust bundles on the connected side, with keys that stay with their people.",
    discussion: """
      A bundle is a repository of The Update Framework in a tar. It takes no TPM and no store; the site's folder holds
      no secret. Three people A, B, C, of whom two suffice, each with a key of their own:

        openssl genpkey -algorithm ed25519 -out a.pem && openssl pkey -in a.pem -pubout -out a.pub

        assay trust new site --root-key a.pub --root-key b.pub --root-key c.pub --threshold 2
        assay trust add site --role trust trusted_root.json --as prod/trusted_root.json
        assay trust add site --role policy policy.yaml
        assay trust sign site                       shows what waits, and whose signatures are wanted
        assay trust sign site --key a.pem           A, at the own machine, with the folder on a stick
        assay trust sign site --key b.pem           B
        assay trust pack site bundle-1.tar.zst      verifies as an appliance would, publishes, writes

      The next bundle: add, remove or renew, then sign and pack. Denials only grow, and one person may add them:

        assay trust add site --role deny revoked.json

      C leaves and D comes; two of A, B, C sign, and two of A, B, D:

        assay trust rotate site --role root --remove c.pub --add d.pub

      A key in an HSM, on a card or in a cloud service signs bytes, and the signature comes back:

        assay trust sign site --detached out        out/trust-2.tosign, and so on, with out/LISTING
        assay trust sign site --attach trust trust.sig --public hsm.pub

      Every command says what comes next. trust-bundles/README.md is the procedure for people.

      Exit statuses: 0 done, 3 metadata were refused, 4 signatures are wanted, 1 the program failed, 64 the command was
      wrong.
      """,
    subcommands: [
      TrustNew.self, TrustAdd.self, TrustRemove.self, TrustSign.self, TrustPack.self, TrustRotate.self, TrustRenew.self,
    ])
}

/// Runs `trust` alone: for a desk's program that does nothing else.
package func runTrustCommand() -> Never {
  Terminal.outliveReaders()
  do {
    var command = try TrustCommand.parseAsRoot()
    try command.run()
    exitProcess(0)
  } catch {
    exitProcess(Voice.explain(error))
  }
}
