import ApplianceIdentity
import ArgumentParser
import Octets
import Store

/// `assay enroll`: who this appliance is, for the compliance desk, carried on a medium.
struct Enroll: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enroll", abstract: "Make the appliance known to the desk that vouches for it.",
    subcommands: [
      Identity.self, EnrollAppliance.Export.self, EnrollChallenge.self, EnrollAppliance.Answer.self, EnrollAccept.self,
      EnrollAppliance.Certificates.self, EnrollWitness.self, EnrollBoot.Request.self, EnrollBoot.Sign.self,
      EnrollBoot.Approve.self,
      EnrollBoot.Withdraw.self,
    ])

  struct Identity: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the appliance's public keys, as it states them itself (docs/formats/ApplianceIdentity.md).")

    @OptionGroup var state: StateOptions

    func run() throws {
      try Render.write(String(decoding: try state.vouched().identity().serialized(), as: UTF8.self))
    }
  }
}
