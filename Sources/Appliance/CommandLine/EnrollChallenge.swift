import ArgumentParser
import Cryptography
import Enrolling
import Enrolment
import Files
import Octets
import Terminal

/// `assay enroll challenge`: the desk's first step. Needs neither a store nor a TPM.
struct EnrollChallenge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "challenge",
    abstract: "Check an appliance's request and make a challenge that only its TPM can answer.",
    discussion: """
      At the desk. Take the challenge to the appliance; keep the secret here until the answer comes back: whoever \
      reads it can answer in the TPM's place.

        assay enroll challenge request.json --endorsement-roots makers.pem
      """)

  @Option(
    help: .init(
      "Certificates of the makers of TPMs that you trust, PEM. Without it no endorsement key is certified.",
      valueName: "FILE"))
  var endorsementRoots: String?

  @Option(help: .init("Where the challenge goes.", valueName: "FILE")) var challenge = "challenge.json"

  @Option(help: .init("Where the desk's own secret goes, for its user alone.", valueName: "FILE"))
  var secret = "challenge.secret"

  @Argument(help: .init("The appliance's request.", valueName: "REQUEST")) var request: String

  func run() throws {
    for path in [challenge, secret] where DurableFile.isTaken(path) {
      throw UsageMistake("\(path) is there already; an enrolment's files are never replaced.")
    }
    let roots = try endorsementRoots.map { try EnrollFile.roots($0) }
    let request = try VerifiedRequest(
      verifying: try InputFile.read(self.request, upTo: EnrolmentRequest.limit))
    let claims = request.claims
    let finding =
      roots?.finding(for: claims.endorsementKey, certificates: claims.certificates, at: wallClockSeconds())
      ?? .notCertified("the desk gave no --endorsement-roots")
    let issued = try request.challenge(endorsement: finding)
    // The secret first: a challenge whose secret was lost is of no use.
    try OutputFile.write(issued.record, to: secret)
    try OutputFile.write(issued.challenge, to: challenge)
    try Render.write(
      (["Request verified"] + EnrollText.lines(request, endorsement: finding.text) + [
        "Take \(challenge) to the appliance. Keep \(secret) at the desk, and show it to nobody."
      ]).joined(separator: "\n"))
    EnrollText.warnings(request, isCertified: finding.isVerified).forEach(Voice.warn)
  }
}
