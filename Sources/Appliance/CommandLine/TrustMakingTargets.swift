import ArgumentParser
import BundleMaking
import Octets

/// `assay trust add`
struct TrustAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Put files into a role's next version.",
    discussion: """
      trust carries trust roots (…/trusted_root.json) and public keys (….pem); policy what images must show; deny what \
      is revoked; logs snapshots of transparency logs. A file of the same name is replaced. Denials are numbered by \
      themselves (deny/000001.json), and stay for ever.

      A change takes away the signatures that the role's draft had.
      """)

  @OptionGroup var options: TrustMakingOptions
  @Option(help: .init("trust, policy, deny or logs.", valueName: "ROLE")) var role: SiteRole
  @Option(name: .customLong("as"), help: .init("The file's name there: prod/trusted_root.json.", valueName: "NAME"))
  var name: String?
  @Argument(help: .init("The files.", valueName: "FILE")) var files: [String]

  func run() throws {
    try options.run { site in
      try site.add(files, as: name, to: role).map { added in
        "\(added.isReplacement ? "Replaced" : "Added") \(printable(added.path)), \(added.facts.length) bytes, SHA-256"
          + " \(Hex.encode(added.facts.sha256))"
      }.joined(separator: "\n")
    }
  }
}

/// `assay trust remove`
struct TrustRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Leave files out of a role's next version.",
    discussion: "A denial is never removed: it is lifted by a file of the policy role, which its people sign.")

  @OptionGroup var options: TrustMakingOptions
  @Option(help: .init("trust, policy or logs.", valueName: "ROLE")) var role: SiteRole
  @Argument(help: .init("Names as they were added: prod/trusted_root.json.", valueName: "NAME")) var names: [String]

  func run() throws {
    try options.run { site in
      try site.remove(names, from: role)
      return names.map { "Removed \(role)/\(printable($0))" }.joined(separator: "\n")
    }
  }
}
