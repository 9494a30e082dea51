import FoundationEssentials
import Testing

/// The floors, as a statement of policy: do not change this table to fix a build. Change the design, say why in
/// docs/decisions/, and then change the table.
@Suite struct ImportTests {
  /// What each target may import of the house, and of others.
  static let allowed: [String: Set<String>] = [
    // System
    "COpenSSL": [], "CSodium": [], "CRE2": [], "CTSS2": [], "CLibTPMS": [], "CISAL": [], "CZstd": [],
    "CSQLite": [], "CQRCode": [], "CP11Kit": [], "CYAML": [], "CLinux": [],
    "DER": [],
    "Base64": [],
    "Cryptography": ["COpenSSL", "CSodium", "DER", "Base64", "Synchronization"],
    "Patterns": ["CRE2"],
    "YAMLEvents": ["CYAML"],
    "SQLite": ["CSQLite", "Glibc"],
    "Terminal": ["Glibc"],
    "Files": ["CLinux", "Glibc", "Synchronization"],
    "Processes": ["CLinux", "Files", "Glibc"],
    "Compression": ["CISAL", "CZstd"],
    "QRCode": ["CQRCode"],
    "PKCS11": ["CP11Kit", "Cryptography"],
    // Formats
    "Reasons": [],
    "Octets": ["DER", "Reasons", "Cryptography"],
    "StrictJSON": ["Base64", "Reasons", "Octets"],
    "StrictYAML": ["Reasons", "Octets", "StrictJSON", "YAMLEvents"],
    "TarArchive": ["Reasons", "Octets"],
    "OCIImage": ["Reasons", "Octets", "StrictJSON", "Cryptography"],
    "Envelope": ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography"],
    "SignedNote": ["Base64", "Reasons", "Octets", "Cryptography"],
    "LedgerLeaf": ["Reasons", "Octets", "Cryptography"],
    "LogSnapshot": ["Base64", "Reasons", "Octets", "StrictJSON", "SignedNote"],
    "LogEntry": ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography"],
    "RekorAnswer": ["Reasons", "Octets", "StrictJSON"],
    "SigstoreBundle": ["Reasons", "Octets", "StrictJSON", "Envelope", "Cryptography"],
    "Timestamp": ["DER", "Reasons", "Octets", "Cryptography"],
    "Attestation": ["Reasons", "Octets", "Cryptography"],
    "SiteRules": ["Reasons", "Octets", "StrictJSON", "Cryptography"],
    "Provenance": ["Reasons", "Octets", "StrictJSON"],
    "SoftwareBill": ["Reasons", "Octets", "StrictJSON"],
    "VulnerabilityScan": ["Reasons", "Octets", "StrictJSON"],
    "OpenVEX": ["Reasons", "Octets", "StrictJSON", "Cryptography"],
    "TestResult": ["Reasons", "Octets", "StrictJSON"],
    "MalwareScan": ["Base64", "Reasons", "Octets", "StrictJSON"],
    "Findings": ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography"],
    "Readings": ["Reasons", "Octets", "StrictJSON", "Cryptography", "Compression", "OCIImage", "Findings"],
    "ProofRequests": ["Base64", "Reasons", "Octets", "StrictJSON"],
    "MediumRecord": ["Reasons", "Octets", "StrictJSON", "Findings"],
    "ApplianceIdentity": ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Attestation"],
    "Enrolment": [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Attestation", "ApplianceIdentity",
    ],
    "TUFMetadata": ["Reasons", "Octets", "StrictJSON", "Cryptography"],
    // Proofs
    "UpdateFramework": ["Reasons", "Octets", "Cryptography", "TUFMetadata"],
    "MerkleTree": ["Reasons", "Octets", "Cryptography"],
    "TrustRoot": ["DER", "Reasons", "Octets", "StrictJSON", "Cryptography", "SignedNote"],
    "SigningIdentity": ["DER", "Reasons", "Octets", "Cryptography", "TrustRoot", "Findings", "Synchronization"],
    "TrustedTime": [
      "Reasons", "Octets", "Cryptography", "TrustRoot", "Timestamp", "Findings", "Synchronization",
    ],
    "TransparencyLog": [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "MerkleTree", "SignedNote", "LogEntry", "TrustRoot",
      "SigstoreBundle", "Envelope", "Findings",
    ],
    "LogHistory": [
      "Base64", "Reasons", "Octets", "Cryptography", "MerkleTree", "SignedNote", "LogEntry", "LogSnapshot", "TrustRoot",
      "TransparencyLog",
    ],
    "Verification": [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Envelope", "SigstoreBundle", "LogEntry",
      "Timestamp",
      "Findings", "OCIImage", "MerkleTree", "TrustRoot", "SigningIdentity", "TrustedTime", "TransparencyLog",
      "SignedNote", "LogSnapshot",
    ],
    // Decision
    "Policy": [
      "Reasons", "Octets", "Cryptography", "Findings", "OCIImage", "Patterns", "SiteRules", "StrictJSON", "Envelope",
      "Provenance", "SoftwareBill", "VulnerabilityScan", "OpenVEX", "TestResult", "MalwareScan",
    ],
    "PolicyConversion": [
      "Base64", "Reasons", "Octets", "Cryptography", "Patterns", "StrictJSON", "OCIImage", "Policy",
    ],
    // Custody: never reads media
    "TPM": ["CTSS2", "CLibTPMS", "Cryptography", "Attestation", "Reasons", "Glibc", "Synchronization"],
    "TrustStore": ["Reasons", "Octets", "Cryptography", "LedgerLeaf"],
    "Store": [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Files", "Attestation", "ApplianceIdentity",
      "LedgerLeaf", "TPM", "Ledger", "TrustStore", "Glibc", "Synchronization",
    ],
    "Ledger": [
      "Reasons", "Octets", "Cryptography", "SQLite", "Files", "LedgerLeaf", "SignedNote", "MerkleTree",
      "Synchronization",
    ],
    "BundleMaking": [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Files", "Compression", "TarArchive",
      "TUFMetadata", "UpdateFramework",
    ],
    "LogSnapshotMaking": [
      "Reasons", "Octets", "Cryptography", "Files", "TarArchive", "SignedNote", "LogEntry", "LogSnapshot", "LogHistory",
      "RekorAnswer", "MerkleTree", "TrustRoot", "SigningIdentity",
    ],
    "Dossier": [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "OCIImage", "Policy", "SignedNote", "LogSnapshot",
      "Verification", "Findings", "Readings",
    ],
    "LogStore": [
      "Reasons", "Octets", "Cryptography", "Files", "MerkleTree", "SignedNote", "LogEntry", "LogSnapshot", "LogHistory",
    ],
    "Witness": ["Reasons", "Octets", "Cryptography", "Files", "SignedNote", "MerkleTree", "Ledger"],
    "Enrolling": [
      "Base64", "DER", "Reasons", "Cryptography", "Attestation", "ApplianceIdentity", "Enrolment", "SignedNote", "TPM",
      "Ledger",
    ],
    "Report": [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Envelope", "Findings", "OCIImage", "Policy",
      "Store", "Ledger", "LedgerLeaf", "TrustStore", "SignedNote", "SiteRules", "LogSnapshot", "LogHistory",
      "Attestation", "ApplianceIdentity",
    ],
    // Confinement
    "MediaReader": [
      "Reasons", "Octets", "TarArchive", "OCIImage", "Compression", "Cryptography", "Files", "Synchronization",
    ],
    "Sandbox": ["CLinux", "Files", "Glibc"],
    "Channel": ["Files", "Processes", "Synchronization"],
    "SnapshotReader": ["Reasons", "Octets", "TarArchive", "Files", "LogSnapshot"],
    "Quarantine": [
      "Reasons", "Octets", "StrictJSON", "Cryptography", "Files", "OCIImage", "MediumRecord", "MediaReader",
      "Compression", "Glibc", "Synchronization",
    ],
    "RoleMessages": [
      "Reasons", "Octets", "StrictJSON", "Cryptography", "Findings", "Files", "MediumRecord", "MediaReader",
      "Quarantine", "Channel",
    ],
    // Appliance
    "Roles": [
      "Reasons", "Octets", "Compression", "Cryptography", "OCIImage", "Findings", "TrustRoot", "Verification",
      "Policy", "Store", "Report", "MediaReader", "StrictJSON", "StrictYAML", "TPM", "Ledger", "LedgerLeaf",
      "TrustStore", "Dossier",
      "SignedNote", "SiteRules", "TUFMetadata", "UpdateFramework", "Base64", "Files", "LogSnapshot", "LogHistory",
      "LogStore", "SnapshotReader", "MerkleTree", "Synchronization",
      "LogEntry", "SigningIdentity", "SigstoreBundle", "Envelope", "Quarantine", "MediumRecord", "Readings",
      "ProofRequests", "Sandbox", "Channel", "RoleMessages", "Processes", "Terminal",
    ],
    "CommandLine": [
      "Base64", "Reasons", "Octets", "Cryptography", "StrictJSON", "StrictYAML", "YAMLEvents", "OCIImage", "Findings",
      "TrustRoot", "Verification",
      "Policy", "Patterns", "Store", "Report", "TPM", "MediaReader", "Roles", "Files", "Terminal", "ArgumentParser",
      "FoundationEssentials", "Synchronization", "Ledger", "LedgerLeaf", "TrustStore", "Dossier", "SignedNote",
      "Attestation", "ApplianceIdentity", "Witness", "QRCode", "Enrolment", "Enrolling", "TUFMetadata",
      "UpdateFramework", "BundleMaking", "SiteRules", "LogSnapshot", "LogHistory", "LogStore", "LogSnapshotMaking",
      "PKCS11",
      "SigningIdentity", "MerkleTree", "PolicyConversion", "Readings", "Sandbox", "Quarantine", "MediumRecord",
      "RoleMessages",
    ],
    "assay": ["CommandLine", "Roles"],
  ]

  @Test func everyImportIsAllowed() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") {
      let allowed = try #require(Self.allowed[file.target], "\(file.path): no such target in the table")
      for name in file.imports {
        #expect(allowed.contains(name), "\(file.path) imports \(name), which \(file.target) may not")
      }
    }
  }

  /// Full Foundation is 34 MB of ICU data in every appliance.
  @Test func nobodyImportsFoundation() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") + SourceTree.swiftFiles(under: "Tests") {
      #expect(!file.imports.contains("Foundation"), "\(file.path) imports Foundation")
    }
  }

  /// Every folder that holds sources is a target of the table, and the reverse.
  @Test func tableAndFoldersAgree() throws {
    let folders = try SourceTree.targets()
    #expect(folders == Set(Self.allowed.keys))
  }
}
