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

        assay policy check policy.yaml            does it say what was meant?
        assay policy explain policy.yaml app.tar  what does it say, and why?
        assay policy test policy.yaml cases.yaml  does it say what it should?
        assay policy diff policy.yaml new.yaml    which verdicts would change?
        assay policy convert source.yaml          make one of another tool’s

      docs/policy.md leads from an empty file to a policy in force.
      """,
    subcommands: [PolicyCheck.self, PolicyTest.self, PolicyExplain.self, PolicyDiff.self, PolicyConvert.self])
}
