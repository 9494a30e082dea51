import ArgumentParser

/// `assay trust`: whom an appliance believes; and the bundles that tell it, made on the connected side.
struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Take trust bundles in on the appliance; make them on the connected side.",
    discussion: """
      On the appliance, once pin, then import whatever the stick brings:

        assay trust pin root.json                   the site's root, by which all bundles are verified
        assay trust import bundle-1.tar.zst         all of it or nothing, and never backwards
        assay trust show                            what is trusted, and how old it is
        assay trust log status                      what the transparency logs say

      On the connected side a bundle is made: a repository of The Update Framework in a tar. It takes no TPM and no \
      store; the site's folder holds no secret. Three people A, B, C, of whom two suffice, each with a key of their own:

        openssl genpkey -algorithm ed25519 -out a.pem && openssl pkey -in a.pem -pubout -out a.pub

        assay trust new site --root-key a.pub --root-key b.pub --root-key c.pub --threshold 2
        assay trust add site --role trust trusted_root.json --as prod/trusted_root.json
        assay trust sign site                       shows what waits, and whose signatures are wanted
        assay trust sign site --key a.pem           A, at the own machine, with the folder on a stick
        assay trust sign site --key b.pem           B
        assay trust pack site bundle-1.tar.zst      verifies as an appliance would, publishes, writes

      The next bundle: add, remove or renew, then sign and pack. C leaves and D comes; two of A, B, C sign, and two of \
      A, B, D:

        assay trust rotate site --role root --remove c.pub --add d.pub

      A key on a card or in an HSM signs here, through PKCS #11:

        assay trust sign site --pkcs11 'pkcs11:token=desk;object=bundles'

      Anywhere else, also in a cloud service, a key signs bytes, and the signature comes back:

        assay trust sign site --detached out        out/trust-2.tosign, and so on, with out/LISTING
        assay trust sign site --attach trust trust.sig --public hsm.pub

      What of a transparency log goes along is checked and packed before:

        assay trust log snapshot --help

      Every command says what comes next. trust-bundles/README.md is the procedure for people.

      Exit statuses: 0 done, 3 metadata were refused, 4 signatures are wanted, 1 the program failed, 64 the command \
      was wrong.
      """,
    subcommands: [
      TrustVerbs.Pin.self, TrustVerbs.Import.self, TrustVerbs.Approve.self, TrustVerbs.List.self, TrustVerbs.Show.self,
      TrustVerbs.History.self, TrustVerbs.Diff.self, TrustVerbs.Export.self,
      TrustNew.self, TrustAdd.self, TrustRemove.self, TrustSign.self, TrustPack.self, TrustRotate.self, TrustRenew.self,
      TrustLogCommand.self,
    ])
}
