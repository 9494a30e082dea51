import ApplianceIdentity
import ArgumentParser
import Attestation
import Base64
import Cryptography
import Enrolling
import Enrolment
import Ledger
import LedgerLeaf
import Octets
import Store
import TPM
import Terminal
import TrustStore

/// `assay enroll export`, `answer`, `certificates`: the appliance's side of enrolment, carried on a medium.
enum EnrollAppliance {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Ask a desk to enrol this appliance: its keys, certified by its TPM.",
      discussion: """
        The round trip, with a medium between the two:

          assay enroll export --output request.json                       here
          assay enroll challenge request.json                             at the desk
          assay enroll answer request.json challenge.json --output answer.json    here
          assay enroll accept request.json challenge.json challenge.secret answer.json    at the desk

        The desk then knows that all keys lie in one TPM, and which; it hands out the appliance's identity to those \
        who check reports.
        """)

    @OptionGroup var state: StateOptions
    @Option(
      name: .customLong("ek-certificate"),
      help: .init(
        "The endorsement key's certificates from the TPM's maker, PEM; the key's own first.", valueName: "FILE"))
    var certificate: String?
    @Option(help: .init("Write the request there.", valueName: "FILE")) var output: String

    func run() throws {
      let custodian = try state.running()
      let store = custodian.store
      let facts = ApplianceFacts(
        storeID: store.storeID, bootBinding: store.bootBinding,
        isAuthorityHeld: try store.identity().policyAuthority != nil,
        certificates: try certificate.map { try EnrollFile.certificates($0).map(\.der) }
          ?? custodian.tpm.tpm.endorsementCertificates(),
        checkpoint: try custodian.ledger.checkpoint(), program: "assay \(programVersion)")
      try OutputFile.write(try custodian.tpm.enrolmentRequest(facts), to: output)
      try Render.write("Take \(printable(output, limit: 4096)) to the desk: assay enroll challenge")
    }
  }

  struct Answer: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "answer", abstract: "Answer a desk's challenge, which only this TPM can open.")

    @Argument(help: .init("The request that this appliance gave out.", valueName: "REQUEST")) var request: String
    @Argument(help: .init("The desk's challenge.", valueName: "CHALLENGE")) var challenge: String
    @OptionGroup var state: StateOptions
    @Option(help: .init("The TPM's secrets, where ownership was taken.", valueName: "FILE")) var escrow: String?
    @Option(help: .init("Write the answer there.", valueName: "FILE")) var output: String

    func run() throws {
      let custodian = try state.running()
      let request = try InputFile.read(self.request, upTo: EnrolmentRequest.limit)
      let challenge = try InputFile.read(self.challenge, upTo: EnrolmentChallenge.limit)
      let answer: [UInt8]
      if let file = EscrowFile(escrow) {
        let secrets = try file.secrets(of: custodian.store)
        answer = try custodian.tpm.enrolmentAnswer(
          request: request, challenge: challenge, endorsementSecret: secrets.endorsement)
      } else {
        answer = try custodian.tpm.enrolmentAnswer(
          request: request, challenge: challenge, endorsementSecret: SecretBytes.random(0))
      }
      try OutputFile.write(answer, to: output)
      try Render.write("Take \(printable(output, limit: 4096)) to the desk: assay enroll accept")
    }
  }

  struct Certificates: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "certificates",
      abstract: "Take in the certificates that the desk's authority issued for this appliance's keys.",
      discussion: """
        PEM; each must be for the report key or the attestation key. They are recorded, and shown by `ledger list \
        --kind trust-change`; docs/operations.md says how a desk issues them with openssl.
        """)

    @Argument(help: .init("Certificates, PEM.", valueName: "FILE")) var file: String
    @OptionGroup var state: StateOptions

    func run() throws {
      let certificates = try EnrollFile.certificates(file)
      let custodian = try state.running()
      let keys = custodian.store.keys
      var events: [LedgerEvent] = []
      for certificate in certificates {
        let name: String
        switch try certificate.publicKey.spki {
        case keys.report.spki: name = "report key"
        case keys.attestationKey.key.spki: name = "attestation key"
        default: throw UsageMistake("\(file) holds a certificate for another key than this appliance's.")
        }
        let place = Standing.ObjectName(kind: Array("certificate".utf8), name: Array(name.utf8))
        let present = custodian.state.standing.objects[place]
        events.append(
          .trustChange(
            ObjectChange(
              action: present == nil ? .add : .replace, kind: place.kind, name: place.name,
              object: ClaimedDigest(certificate.fingerprint), previous: present?.digest, content: certificate.der,
              approvals: [])))
      }
      try custodian.record(events, at: UnixTime(wallClockSeconds()))
      try Render.write("Recorded \(Quantity.count(certificates.count, "certificate"))")
    }
  }
}
