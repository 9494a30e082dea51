/// The hostile formats that are fuzzed; a raw value is the name of its target (`TarFuzz`) and of its folders of seeds and
/// crashers.
package enum Format: String, CaseIterable, Sendable {
  case tar = "Tar"
  case compression = "Compression"
  case json = "JSON"
  case ociImage = "OCIImage"
  case sigstoreBundle = "SigstoreBundle"
  case envelope = "Envelope"
  case signedNote = "SignedNote"
  case checkpoint = "Checkpoint"
  case timestamp = "Timestamp"
  case derExtensions = "DERExtensions"
  case ledgerLeaf = "LedgerLeaf"
  case findings = "Findings"
  case dossier = "Dossier"
  case policy = "Policy"
  case tufMetadata = "TUFMetadata"
  case ledger = "Ledger"
  case logEntry = "LogEntry"
  case logSnapshot = "LogSnapshot"
  case rekorAnswer = "RekorAnswer"
  case attestation = "Attestation"
  case enrolment = "Enrolment"
  case siteRules = "SiteRules"
  case provenance = "Provenance"
  case softwareBill = "SoftwareBill"
  case vulnerabilityScan = "VulnerabilityScan"
  case openVEX = "OpenVEX"
  case testResult = "TestResult"
  case malwareScan = "MalwareScan"
  case trustRoot = "TrustRoot"
  case convertedPolicy = "ConvertedPolicy"
  case reading = "Reading"
  case proofRequest = "ProofRequest"
  case mediumRecord = "MediumRecord"
  case signedBundle = "SignedBundle"
  case frames = "Frames"
  case roleMessages = "RoleMessages"

  /// What must hold, whatever the bytes are.
  /// - Returns: whether they were taken for what they should be; false where they were refused.
  /// - Throws: `Broken`.
  package func check(_ bytes: [UInt8]) throws -> Bool {
    switch self {
    case .tar: try TarInvariant.check(bytes)
    case .compression: try CompressionInvariant.check(bytes)
    case .json: try JSONInvariant.check(bytes)
    case .ociImage: try ImageInvariant.check(bytes)
    case .sigstoreBundle: try BundleInvariant.check(bytes)
    case .envelope: try EnvelopeInvariant.check(bytes)
    case .signedNote: try NoteInvariant.check(bytes)
    case .checkpoint: try CheckpointInvariant.check(bytes)
    case .timestamp: try TimestampInvariant.check(bytes)
    case .derExtensions: try DERInvariant.check(bytes)
    case .ledgerLeaf: try LeafInvariant.check(bytes)
    case .findings: try FindingsInvariant.check(bytes)
    case .dossier: try DossierInvariant.check(bytes)
    case .policy: try PolicyInvariant.check(bytes)
    case .tufMetadata: try MetadataInvariant.check(bytes)
    case .ledger: try LedgerInvariant.check(bytes)
    case .logEntry: try LogEntryInvariant.check(bytes)
    case .logSnapshot: try SnapshotInvariant.check(bytes)
    case .rekorAnswer: try RekorInvariant.check(bytes)
    case .attestation: try AttestationInvariant.check(bytes)
    case .enrolment: try EnrolmentInvariant.check(bytes)
    case .siteRules: try ContentsInvariant.checkRules(bytes)
    case .provenance: try ContentsInvariant.checkProvenance(bytes)
    case .softwareBill: try ContentsInvariant.checkBill(bytes)
    case .vulnerabilityScan: try ContentsInvariant.checkScan(bytes)
    case .openVEX: try ContentsInvariant.checkVEX(bytes)
    case .testResult: try ContentsInvariant.checkTest(bytes)
    case .malwareScan: try ContentsInvariant.checkMalware(bytes)
    case .trustRoot: try TrustRootInvariant.check(bytes)
    case .convertedPolicy: try ConversionInvariant.check(bytes)
    case .reading: try HandedOverInvariant.checkReading(bytes)
    case .proofRequest: try HandedOverInvariant.checkRequest(bytes)
    case .mediumRecord: try HandedOverInvariant.checkRecord(bytes)
    case .signedBundle: try SignedInvariant.check(bytes)
    case .frames: try FramesInvariant.check(bytes)
    case .roleMessages: try RoleMessagesInvariant.check(bytes)
    }
  }
}
