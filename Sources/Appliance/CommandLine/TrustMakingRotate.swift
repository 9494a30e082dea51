import ArgumentParser
import BundleMaking
import Files
import Octets

/// `assay trust rotate`
struct TrustRotate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Change a role's keys, or how many must sign.",
    discussion: """
      assay trust rotate site --role root --remove c.pub --add d.pub
      assay trust rotate site --role trust --add d.pub --threshold 3
      assay trust rotate site --role deny --remove 3f2a91bc            by the ID's beginning, where the key is lost

      Changes of root, targets, snapshot and timestamp are a new root, signed by enough keys of the old root and \
      enough of the new one. Changes of trust, policy, deny and logs are a new version of targets. Whatever has too \
      few signatures afterwards is drafted again by itself.
      """)

  @OptionGroup var options: TrustMakingOptions
  @Option(help: .init("The role.", valueName: "ROLE")) var role: SiteRole
  @Option(help: .init("A public key that comes.", valueName: "PUB")) var add: [String] = []
  @Option(help: .init("A public key that goes, or the beginning of its ID.", valueName: "PUB|ID"))
  var remove: [String] = []
  @Option(help: .init("How many must sign from then on.", valueName: "N")) var threshold: Int?

  func run() throws {
    let leaving = try remove.map { text -> Rotation.Leaving in
      // A file of such a name is the key that is meant.
      let isID =
        !DurableFile.isTaken(text)
        && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      return isID ? .id(text) : .key(try SignerOptions.key(text))
    }
    try options.run { site in
      try site.rotate(role, Rotation(adding: try TrustMaking.keys(add), removing: leaving, threshold: threshold))
      return try TrustMaking.drafts(site)
    }
  }
}

/// `assay trust renew`
struct TrustRenew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renew",
    abstract: "Draft roles again as they are, with a later date.",
    discussion: """
      assay trust renew site                    logs, snapshot and timestamp
      assay trust renew site root targets       these, and what follows from them
      """)

  @OptionGroup var options: TrustMakingOptions
  @Option(help: .init("For how many days their versions are signed from now on.", valueName: "DAYS")) var days: Int64?
  @Argument(help: .init("The roles.", valueName: "ROLE")) var roles: [SiteRole] = Site.usuallyRenewed

  func run() throws {
    try options.run { site in
      try site.renew(roles, days: days)
      return try TrustMaking.drafts(site)
    }
  }
}
