import ApplianceIdentity
import ArgumentParser
import Cryptography
import Enrolling
import Enrolment
import Files
import Octets

/// `assay enroll accept`: the desk's second step, after which it knows the appliance.
struct EnrollAccept: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Check an appliance's answer and write down who it is.",
    discussion: """
      At the desk, with the four files of one enrolment. The identity that is written holds the keys that the \
      appliance's reports and ledger are checked with.

        assay enroll accept request.json challenge.json challenge.secret answer.json --by "Compliance, Vienna"
      """)

  @Option(help: .init("Who enrols: it stands in the identity.", valueName: "TEXT")) var by: String

  @Option(name: [.short, .long], help: .init("Where the identity goes.", valueName: "FILE"))
  var output = "appliance.json"

  @Argument(help: .init("The appliance's request.", valueName: "REQUEST")) var request: String
  @Argument(help: .init("The desk's challenge.", valueName: "CHALLENGE")) var challenge: String
  @Argument(help: .init("The desk's own secret.", valueName: "SECRET")) var secret: String
  @Argument(help: .init("The appliance's answer.", valueName: "ANSWER")) var answer: String

  func run() throws {
    guard (1...EnrollText.deskLimit).contains(by.utf8.count) else {
      throw UsageMistake("--by names the desk in 1 to \(EnrollText.deskLimit) bytes.")
    }
    if DurableFile.isTaken(output) {
      throw UsageMistake("\(output) is there already; an identity is never replaced.")
    }
    let accepted = try AcceptedEnrolment(
      request: try InputFile.read(request, upTo: EnrolmentRequest.limit),
      challenge: try InputFile.read(challenge, upTo: EnrolmentChallenge.limit),
      record: try InputFile.read(secret, upTo: EnrolmentRecord.limit),
      answer: try InputFile.read(answer, upTo: EnrolmentAnswer.limit), by: by)
    try OutputFile.write(accepted.identity.serialized(), to: output)
    try Render.write(
      (["Appliance enrolled in \(output)"] + EnrollText.lines(accepted.request, endorsement: accepted.endorsement))
        .joined(separator: "\n"))
    EnrollText.warnings(accepted.request, isCertified: accepted.isCertified).forEach(Voice.warn)
  }
}
