import ArgumentParser
import BundleMaking
import Cryptography
import Octets
import Roles
import TUFMetadata

/// `assay trust pack`
struct TrustPack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Publish what is signed, and write the bundle.",
    discussion: """
      Refuses unless every draft has its signatures and nothing has expired. What is written was verified as an \
      appliance would verify it: from the last bundle, and from the first root. A file that this version’s \
      appliances do not take, and the whole bundle with it, is named; so is what is more than they read. It holds \
      every root, the newest of everything else, and all files; the same contents make the same bytes. Without \
      drafts, the last bundle is packed again. What no published role lists any more is then removed from the site's \
      folder: it is in older bundles.
      """)

  @OptionGroup var options: TrustMakingOptions
  @Argument(help: .init("OUT.tar, OUT.tar.gz, OUT.tar.zst; any other name becomes a folder.", valueName: "OUT"))
  var out: String

  func run() throws {
    try options.run { site in
      let packed = try site.pack(to: out, within: TrustMaking.limits)
      // Better known before it travels.
      var lines = packed.targets.filter { path in
        // The site's own layout: a file's folder is its role.
        BundleFile(path, of: RoleName(String(decoding: path.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self))) == nil
      }.map {
        "No appliance of this version takes this bundle, for \(printable($0, limit: 200))."
      }
      let kind = BundleForm(name: out) == .folder ? "the folder " : ""
      lines.append("Packed \(kind)\(printable(out, limit: 4096)): \(packed.targets.count) files")
      lines += packed.roles.map { "  \($0.role) \($0.version)\($0.isNew ? ", new" : "")" }
      lines.append(TrustMaking.fingerprint(site))
      if packed.newestRoot != digest(packed.firstRoot) {
        lines.append("The newest root:")
        lines += TrustMaking.fingerprint(packed.newestRoot)
      }
      lines += cleared(packed.cleared)
      lines.append(
        "Carry it to the appliances. One that is new pins a root of metadata/; two people compare its words.")
      return lines.joined(separator: "\n")
    }
  }

  private func cleared(_ cleared: Cleared) -> [String] {
    var lines: [String] = []
    if cleared.files + cleared.versions > 0 {
      let files = Quantity.count(cleared.files, "file", "files")
      let versions = Quantity.count(cleared.versions, "older version", "older versions")
      lines.append(
        "Removed from \(printable(options.folder, limit: 4096)) what nothing lists any more: \(files) of targets"
          + " (\(Quantity.bytes(cleared.bytes))), \(versions) of metadata")
    }
    if let problem = cleared.problem { lines.append("Not all of it could be removed, which harms nothing: \(problem)") }
    return lines
  }
}
