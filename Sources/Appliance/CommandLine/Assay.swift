import ArgumentParser

struct Assay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay", abstract: "Offline verification of container images.")
}

package func runCommandLine() { Assay.main() }
