import ArgumentParser
import Attestation
import Cryptography
import Octets
import Store
import TPM
import Terminal

/// `assay enroll boot-request`, `boot-sign`, `boot-approve`, `boot-withdraw`: which states of the machine open its keys.
enum EnrollBoot {
  /// A file that the operator named: what is wrong with it is a mistake in the command.
  fileprivate static func read<Value>(_ path: String, _ parse: (String) throws(StoreError) -> Value) throws -> Value {
    do throws(StoreError) {
      return try parse(path)
    } catch {
      guard case .malformed(_, let what) = error else { throw error }
      throw UsageMistake("\(path) is not the file that is wanted here: \(what).")
    }
  }

  struct Request: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "boot-request",
      abstract: "Ask the policy authority to approve the state that this machine is in.",
      discussion: """
        Opens no key: it also works where the present approval no longer fits, after an update of the system or of its \
        firmware. --until VERSION keeps the approval good for withdrawals to come; without it, it is good for the \
        present version alone.
        """)

    @OptionGroup var state: StateOptions
    @Option(help: .init("Good while the policy version is at most this.", valueName: "VERSION")) var until: UInt64?
    @Option(help: .init("Write to this file, not to standard output.", valueName: "FILE")) var output: String?
    @Option(help: .init("Write the 64 bytes to be signed, for openssl or an HSM.", valueName: "FILE"))
    var statement: String?

    func run() throws {
      let store = try state.open()
      let facts = try store.policyRequest()
      if let until, until < facts.version {
        throw UsageMistake("The policy version is \(facts.version) already; an approval until \(until) opens nothing.")
      }
      let request = try BootRequest(store, facts, until: until ?? facts.version)
      if let statement { try OutputFile.write(request.statement, to: statement) }
      try OutputFile.write(request.serialized(), to: output)
    }
  }

  struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "boot-sign",
      abstract: "At the authority: approve the state of a machine that a request names.",
      discussion: """
        With --appliance, the TPM's own word for its state is checked first. Compare the PCR digest with the one \
        that the approved system must have before signing: what is signed opens the machine's keys. A signature made \
        elsewhere: openssl dgst -sha256 -sign KEY STATEMENT > SIGNATURE
        """)

    @Argument(help: .init("The appliance's request.", valueName: "REQUEST")) var request: String
    @Option(help: .init("The appliance's identity.", valueName: "FILE")) var appliance: String?
    @Option(help: .init("The authority's private key: P-256, PKCS #8.", valueName: "PEM")) var key: String?
    @Option(help: .init("A signature that was made elsewhere over the statement.", valueName: "FILE"))
    var signature: String?
    @Option(help: .init("Write to this file, not to standard output.", valueName: "FILE")) var output: String?

    func run() throws {
      let bytes = try InputFile.read(request, upTo: BootRequest.limit)
      let request = try EnrollBoot.read(request) { (path) throws(StoreError) in
        try BootRequest(parsing: bytes, path: path)
      }
      if let appliance {
        try request.verify(InputFile.identity(appliance))
      } else {
        Voice.warn("Without --appliance nothing shows that this request is a TPM's own.")
      }
      let pcrs = request.policy.pcrs.numbers.map(String.init).joined(separator: " ")
      Voice.say(
        "Approving store \(Hex.encode(request.storeID)), "
          + (pcrs.isEmpty
            ? "NO PCRs: its keys will open under every system"
            : "PCRs \(pcrs) with digest \(Hex.encode(request.policy.pcrDigest))")
          + ", until policy version \(request.policy.version)")
      let signed: [UInt8]
      switch (key, signature) {
      case (let path?, nil):
        let key = try KeyFile.read(path)
        guard key.kind == .p256 else { throw UsageMistake("\(path) is no P-256 key; the TPM takes no other.") }
        signed = try key.sign(request.statement)
      case (nil, let file?): signed = try InputFile.read(file, upTo: 1024)
      default: throw UsageMistake("Give either --key or --signature.")
      }
      try OutputFile.write(
        RuntimePolicyFile.serialized(ApprovedPolicy(policy: request.policy, signature: signed)), to: output)
    }
  }

  struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "boot-approve",
      abstract: "Take the policy authority's approval. The first one begins the history.")

    @Argument(help: .init("What boot-sign wrote.", valueName: "APPROVAL")) var approval: String
    @OptionGroup var state: StateOptions

    func run() throws {
      let store = try state.open()
      let bytes = try InputFile.read(approval, upTo: RuntimePolicyFile.limit)
      let approved = try EnrollBoot.read(approval) { (path) throws(StoreError) in
        try RuntimePolicyFile.parse(bytes, path: path)
      }
      let plan = StorePlan(
        driver: store.driver, clock: UnixTime(wallClockSeconds()), program: "assay \(programVersion)")
      let isFirst = !store.isApproved
      try store.approve(approved, plan)
      try Render.write(
        "Approved: the keys open in this state of the machine until policy version \(approved.policy.version)."
          + (isFirst ? "\nThe history has begun. Give this to those who check reports: assay enroll identity" : ""))
    }
  }

  struct Withdraw: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "boot-withdraw",
      abstract: "Withdraw older approvals: count the policy version on, as the authority signed.",
      discussion: """
        --statement FILE writes the 64 bytes that the authority signs for the version of now; --signature FILE carries \
        it out. Approvals up to that version open nothing from then on, and there is no way back.
        """)

    @OptionGroup var state: StateOptions
    @Option(help: .init("Write what is to be signed.", valueName: "FILE")) var statement: String?
    @Option(help: .init("The authority's signature over it.", valueName: "FILE")) var signature: String?

    func run() throws {
      let store = try state.open()
      let version = try store.policyRequest().version
      switch (statement, signature) {
      case (let file?, nil):
        try OutputFile.write(
          Withdrawal.statement(version: version, counterName: store.keys.policyVersion.name), to: file)
      case (nil, let file?):
        let withdrawal = Withdrawal(version: version, signature: try InputFile.read(file, upTo: 1024))
        try Render.write("The policy version is now \(try store.withdraw(withdrawal)).")
      default: throw UsageMistake("Give either --statement or --signature.")
      }
    }
  }
}
