import ArgumentParser
import Policy
import PolicyConversion
import Reasons
import StrictJSON
import StrictYAML

/// `assay policy convert`
struct PolicyConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Make a policy of one that the site has for another tool.",
    discussion: """
      Reads a ClusterImagePolicy of sigstore's policy-controller, a containers-policy.json, or a Notary \
      trustpolicy.json, and writes a policy as YAML. Whatever of it could not be expressed is listed, and stands as \
      a comment beside its rule: nothing is dropped, nothing is let in that the source would not, and what the \
      source lets in without evidence is refused. Complete it by hand, then `assay policy check`.

      Exit statuses: 0 everything was expressed, 4 something was not, 3 the file is no such policy.
      """)

  @Argument(help: .init("The other tool's policy.", valueName: "FILE")) var file: String
  @Option(help: "cluster-image-policy, containers-policy or notary-trust-policy; found out where it is not said.")
  var from: PolicySource?
  @Option(help: .init("Write here instead of to standard output.", valueName: "FILE")) var output: String?

  /// Bytes of a source, and of a key that it names.
  private static let limit = 4 << 20

  /// JSON begins with a brace; everything else is read as YAML.
  /// - Returns: its root, and what tells the line of a failure in it.
  private static func document(
    _ bytes: [UInt8], named name: String
  ) throws(Failure) -> (JSONNode, located: (Failure) -> Failure) {
    if bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
      return (try JSONNode(parsing: bytes, named: name, malformed: .policyMalformed), { $0 })
    }
    let document = try YAMLDocument(parsing: bytes, named: name, malformed: .policyMalformed)
    return (document.root, document.located)
  }

  func run() throws {
    let (root, located) = try Self.document(try InputFile.read(file, upTo: Self.limit), named: file)
    guard let source = from ?? PolicySource(recognising: root) else {
      throw UsageMistake("\(file) is none of the policies that can be converted; name its kind with --from.")
    }
    let policy: ConvertedPolicy
    do throws(Failure) {
      policy = try ConvertedPolicy(root, from: source, named: file) { path in
        try? InputFile.read(path, upTo: InputFile.keyLimit)
      }
    } catch {
      throw located(error)
    }
    try OutputFile.write(policy.yaml, to: output)
    for item in policy.notExpressed { Voice.say("not expressed: \(item.wording)") }
    guard policy.notExpressed.isEmpty else {
      Voice.say(
        "\(Quantity.count(policy.notExpressed.count, "thing")) of \(file) could not be expressed; "
          + "each stands as a comment beside its rule.")
      throw ExitCode(ExitStatus.of(.incomplete))
    }
  }
}

extension PolicySource: ExpressibleByArgument {}
