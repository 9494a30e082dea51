import ArgumentParser

/// `assay policy`: the rules by which images are judged, before they are in force.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Look at a policy before it is in force.",
    discussion: """
      A policy says who must have vouched for which image. People write it in YAML (docs/formats/Policy.md):

        format: assay-policy/1
        name: North plant
        default: refuse
        authorities:
          - name: build-team
            keys: sha256:3fa91c…
        rules:
          - name: production
            scope: {repository: "registry.example/**"}
            require: {signature: {by: build-team}}

        assay policy check policy.yaml              is it one, and does it say what was meant?
        assay policy convert shop.json              of what the site has for another tool
      """,
    subcommands: [PolicyCheck.self, PolicyConvert.self])
}
