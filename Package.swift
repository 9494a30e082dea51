// swift-tools-version: 6.2
import PackageDescription

// The floors, top to bottom. A target may import what stands on lower floors, and of its own floor what it names here.
// Tests/Architecture holds the same table for imports that SwiftPM would let through.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

let openSSL: [CSetting] = [.define("OPENSSL_API_COMPAT", to: "30000"), .define("OPENSSL_NO_DEPRECATED")]

func swift(
  _ name: String, on floor: String, _ dependencies: [Target.Dependency] = [], linked: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)", swiftSettings: strict,
    linkerSettings: linked)
}

func test(_ folder: String, _ dependencies: [Target.Dependency], excluding: [String] = []) -> Target {
  .testTarget(
    name: "\(folder)Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(folder)",
    exclude: excluding, swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// MARK: System — C libraries behind small Swift faces
let system: [Target] = [
  // OpenSSL 3 libcrypto, EVP only; the shim turns macros into functions.
  .target(
    name: "COpenSSL", path: "Sources/System/COpenSSL", cSettings: openSSL, linkerSettings: [.linkedLibrary("crypto")]),
  // libsodium, for Ed25519ph alone.
  .systemLibrary(name: "CSodium", path: "Sources/System/CSodium", pkgConfig: "libsodium"),
  // RE2 behind an extern "C" header.
  .target(
    name: "CRE2", path: "Sources/System/CRE2",
    linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),
  // libyaml's event interface behind flat values.
  .target(name: "CYAML", path: "Sources/System/CYAML", linkerSettings: [.linkedLibrary("yaml")]),
  // tpm2-tss ESAPI behind flat byte-buffer functions.
  .target(
    name: "CTSS2", path: "Sources/System/CTSS2",
    linkerSettings: ["tss2-esys", "tss2-tctildr", "tss2-mu", "tss2-rc"].map { .linkedLibrary($0) }),
  // A software TPM in this process, reached through a TCTI of our own.
  .target(
    name: "CLibTPMS", path: "Sources/System/CLibTPMS", linkerSettings: [.linkedLibrary("tpms")]),
  // What Linux lets a process give up, and how it starts another.
  .target(name: "CLinux", path: "Sources/System/CLinux"),
  // libp11-kit behind flat functions; loaded by name when a token is opened, so that nothing else waits for it.
  .target(
    name: "CP11Kit", path: "Sources/System/CP11Kit",
    // Where Debian has the headers; linking is what pkg-config would add.
    cSettings: [.unsafeFlags(["-I/usr/include/p11-kit-1"])]),
  .systemLibrary(name: "CISAL", path: "Sources/System/CISAL", pkgConfig: "libisal"),
  .systemLibrary(name: "CZstd", path: "Sources/System/CZstd", pkgConfig: "libzstd"),
  .systemLibrary(name: "CSQLite", path: "Sources/System/CSQLite", pkgConfig: "sqlite3"),
  .systemLibrary(name: "CQRCode", path: "Sources/System/CQRCode", pkgConfig: "libqrencode"),
  // DER in its one encoding, and object identifiers.
  swift("DER", on: "System"),
  // Base64 in its one encoding, and PEM.
  swift("Base64", on: "System"),
  // SHA-2, HMAC, public keys, signatures, certificates and paths, CMS, encryption, key derivation.
  swift("Cryptography", on: "System", ["COpenSSL", "CSodium", "DER", "Base64"]),
  // Regular expressions in linear time.
  swift("Patterns", on: "System", ["CRE2"]),
  // The events of a YAML text, in order.
  swift("YAMLEvents", on: "System", ["CYAML"]),
  // An SQLite file that is opened as hostile input.
  swift("SQLite", on: "System", ["CSQLite"]),
  // Files and directories, never through links; files that last; threads to read on.
  swift("Files", on: "System", ["CLinux"]),
  // The process's streams and clocks.
  swift("Terminal", on: "System"),
  // Starting this program anew with exact descriptors, and sockets between the two.
  swift("Processes", on: "System", ["CLinux", "Files"]),
  // Streaming gzip and zstd.
  swift("Compression", on: "System", ["CISAL", "CZstd"]),
  // Private keys on tokens: PKCS #11.
  swift("PKCS11", on: "System", ["CP11Kit", "Cryptography"]),
  // QR codes, as lines for a terminal.
  swift("QRCode", on: "System", ["CQRCode"]),
]

// MARK: Formats — hostile bytes to inert values; no files, keys, clocks, network
let formats: [Target] = [
  // Every reason identifier, and the one error type that carries them.
  swift("Reasons", on: "Formats"),
  // Bounded cursor, DER that names its document, strict hex, digests as claimed, time.
  swift("Octets", on: "Formats", ["DER", "Reasons", "Cryptography"]),
  // Strict bounded JSON; canonical form (RFC 8785).
  swift("StrictJSON", on: "Formats", ["Base64", "Reasons", "Octets"]),
  // JSON data in YAML's clothes, and where each part of it stands.
  swift("StrictYAML", on: "Formats", ["Reasons", "Octets", "StrictJSON", "YAMLEvents"]),
  // tar: ustar, PAX, GNU.
  swift("TarArchive", on: "Formats", ["Reasons", "Octets"]),
  // OCI layout, docker-archive, skopeo dir; images and the evidence they carry.
  swift("OCIImage", on: "Formats", ["Reasons", "Octets", "StrictJSON", "Cryptography"]),
  // DSSE and in-toto.
  swift("Envelope", on: "Formats", ["Base64", "Reasons", "Octets", "StrictJSON"]),
  // C2SP signed notes and checkpoints.
  swift("SignedNote", on: "Formats", ["Base64", "Reasons", "Octets", "Cryptography"]),
  // What the ledger's leaves say, in their one encoding.
  swift("LedgerLeaf", on: "Formats", ["Reasons", "Octets", "Cryptography"]),
  // Files of log snapshots, and the witness policy that they are read under.
  swift(
    "LogSnapshot", on: "Formats", ["Base64", "Reasons", "Octets", "StrictJSON", "SignedNote"]),
  // Bodies of Rekor entries.
  swift("LogEntry", on: "Formats", ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography"]),
  // What Rekor v1's API answers: entries, tree heads, consistency proofs.
  swift("RekorAnswer", on: "Formats", ["Reasons", "Octets", "StrictJSON"]),
  // Sigstore bundles, v0.1 to v0.3.
  swift("SigstoreBundle", on: "Formats", ["Reasons", "Octets", "StrictJSON", "Envelope", "Cryptography"]),
  // RFC 3161 tokens.
  swift("Timestamp", on: "Formats", ["DER", "Reasons", "Octets", "Cryptography"]),
  // What a TPM attests, and who signed it.
  swift("Attestation", on: "Formats", ["Reasons", "Octets", "Cryptography"]),
  // Who an appliance is: the public keys that its files are checked with.
  swift(
    "ApplianceIdentity", on: "Formats",
    ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Attestation"]),
  // What an appliance and a desk say to each other until one knows the other's keys.
  swift(
    "Enrolment", on: "Formats",
    ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Attestation", "ApplianceIdentity"]),
  // Roots, timestamps, snapshots and targets of The Update Framework.
  swift("TUFMetadata", on: "Formats", ["Reasons", "Octets", "StrictJSON", "Cryptography"]),
  // What the site says beside whom it trusts: denials, age limits, who must approve.
  swift("SiteRules", on: "Formats", ["Reasons", "Octets", "StrictJSON", "Cryptography"]),
  // What attestations say, by the type of their predicate: how an image was built,
  swift("Provenance", on: "Formats", ["Reasons", "Octets", "StrictJSON"]),
  // what is in it,
  swift("SoftwareBill", on: "Formats", ["Reasons", "Octets", "StrictJSON"]),
  // which vulnerabilities a scanner found,
  swift("VulnerabilityScan", on: "Formats", ["Reasons", "Octets", "StrictJSON"]),
  // which of them matter,
  swift("OpenVEX", on: "Formats", ["Reasons", "Octets", "StrictJSON", "Cryptography"]),
  // which tests it passed,
  swift("TestResult", on: "Formats", ["Reasons", "Octets", "StrictJSON"]),
  // and whether malware was found.
  swift("MalwareScan", on: "Formats", ["Base64", "Reasons", "Octets", "StrictJSON"]),
  // What was proven about each piece of evidence: the only thing a verdict is made from.
  swift("Findings", on: "Formats", ["Base64", "Reasons", "Octets", "StrictJSON", "Cryptography"]),
  // What a reader hands on: an archive's structure, and the evidence that it carries.
  swift(
    "Readings", on: "Formats",
    ["Reasons", "Octets", "StrictJSON", "Cryptography", "Compression", "OCIImage", "Findings"]),
  // What a prover is asked.
  swift("ProofRequests", on: "Formats", ["Base64", "Reasons", "Octets", "StrictJSON"]),
  // What the quarantine remembers of a medium.
  swift("MediumRecord", on: "Formats", ["Reasons", "Octets", "StrictJSON", "Findings"]),
]

// MARK: Proofs — inert values and public keys to facts; pure, time is an argument
let proofs: [Target] = [
  // RFC 6962 hashing, inclusion, consistency.
  swift("MerkleTree", on: "Proofs", ["Reasons", "Cryptography"]),
  // The Update Framework's client: from a trusted root to verified files.
  swift("UpdateFramework", on: "Proofs", ["Reasons", "Octets", "Cryptography", "TUFMetadata"]),
  // trusted_root.json to trust material with validity windows.
  swift("TrustRoot", on: "Proofs", ["DER", "Reasons", "Octets", "StrictJSON", "Cryptography"]),
  // Certificate chains, Fulcio extensions, SCTs.
  swift("SigningIdentity", on: "Proofs", ["DER", "Reasons", "Octets", "Cryptography", "Findings", "TrustRoot"]),
  // Which source said when.
  swift("TrustedTime", on: "Proofs", ["Reasons", "Octets", "Cryptography", "Findings", "TrustRoot", "Timestamp"]),
  // Checkpoints, SETs, and the binding of an entry to what it logs.
  swift(
    "TransparencyLog", on: "Proofs",
    [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "MerkleTree", "SignedNote", "LogEntry", "TrustRoot",
      "SigstoreBundle", "Envelope",
    ]),
  // Snapshots of whole logs: heads, witnesses, consistency, tiles and entries.
  swift(
    "LogHistory", on: "Proofs",
    [
      "Base64", "Reasons", "Octets", "Cryptography", "MerkleTree", "SignedNote", "LogEntry", "LogSnapshot", "TrustRoot",
      "TransparencyLog",
    ]),
  // The verifier, in the order of the specification.
  swift(
    "Verification", on: "Proofs",
    [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Envelope", "SigstoreBundle", "LogEntry",
      "Timestamp",
      "Findings", "OCIImage", "MerkleTree", "TrustRoot", "SigningIdentity", "TrustedTime", "TransparencyLog",
      "SignedNote", "LogSnapshot",
    ]),
]

// MARK: Decision — facts to verdict; pure, total, deterministic
let decision: [Target] = [
  swift(
    "Policy", on: "Decision",
    [
      "OCIImage", "Reasons", "Octets", "Cryptography", "Findings", "Patterns", "SiteRules", "StrictJSON", "Envelope",
      "Provenance", "SoftwareBill", "VulnerabilityScan", "OpenVEX", "TestResult", "MalwareScan",
    ]),
  // Other tools' policies to ours, with the list of what cannot be expressed.
  swift(
    "PolicyConversion", on: "Decision",
    ["Base64", "Reasons", "Octets", "Cryptography", "Patterns", "StrictJSON", "OCIImage", "Policy"]),
]

// MARK: Custody — secrets and durable state; never reads media
let custody: [Target] = [
  // Device, sessions, policies, keys, the anchor, attestation.
  swift("TPM", on: "Custody", ["CTSS2", "CLibTPMS", "Cryptography", "Attestation", "Reasons"]),
  // Append-only log in SQLite, the commit protocol, recovery, export.
  swift(
    "Ledger", on: "Custody",
    ["Reasons", "Octets", "Cryptography", "SQLite", "Files", "LedgerLeaf", "SignedNote", "MerkleTree"]),
  // The view that the ledger's leaves lead to: what is in force, what was judged, which time was reached.
  swift("TrustStore", on: "Custody", ["Reasons", "Octets", "Cryptography", "LedgerLeaf"]),
  // The state directory: what init creates and every later run opens; TPM, ledger and view as one.
  swift(
    "Store", on: "Custody",
    [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Files", "Attestation", "ApplianceIdentity",
      "LedgerLeaf", "TPM", "Ledger", "TrustStore",
    ]),
  // Hashes and entries of logs, kept between snapshots.
  swift(
    "LogStore", on: "Custody",
    [
      "Reasons", "Octets", "Cryptography", "Files", "MerkleTree", "SignedNote", "LogEntry", "LogSnapshot", "LogHistory",
    ]),
  // Cosigns ledgers that continue what it cosigned before.
  swift(
    "Witness", on: "Custody",
    ["Reasons", "Octets", "Cryptography", "Files", "SignedNote", "MerkleTree", "Ledger"]),
  // The connected side of trust bundles: a TUF repository under offline keys, signed by people and packed for a stick.
  swift(
    "BundleMaking", on: "Custody",
    [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Files", "Compression", "TarArchive",
      "TUFMetadata", "UpdateFramework",
    ]),
  // The connected side of log snapshots: what an operator fetched from a log, checked and packed.
  swift(
    "LogSnapshotMaking", on: "Custody",
    [
      "Reasons", "Octets", "Cryptography", "Files", "TarArchive", "SignedNote", "LogEntry", "LogSnapshot", "LogHistory",
      "RekorAnswer", "MerkleTree", "TrustRoot", "SigningIdentity",
    ]),
  // What a verdict can be proven from again, and what it rests on.
  swift(
    "Dossier", on: "Custody",
    [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "OCIImage", "Policy", "SignedNote", "LogSnapshot",
      "Verification", "Findings", "Readings",
    ]),
  // Which TPM an appliance has: its own side, and the desk's, which needs none.
  swift(
    "Enrolling", on: "Custody",
    [
      "Base64", "DER", "Reasons", "Cryptography", "Attestation", "ApplianceIdentity", "Enrolment", "SignedNote", "TPM",
      "Ledger",
    ]),
  // VSA statement, DSSE signing, receipts.
  swift(
    "Report", on: "Custody",
    [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "Envelope", "SigstoreBundle", "Findings", "OCIImage",
      "Policy", "Store", "Ledger", "LedgerLeaf", "TrustStore", "SignedNote", "SiteRules", "LogSnapshot", "LogHistory",
      "Attestation", "ApplianceIdentity", "TPM",
    ]),
]

// MARK: Confinement — processes and what each may touch
let confinement: [Target] = [
  // One pass over a medium: every byte read once and hashed, small JSON kept.
  swift(
    "MediaReader", on: "Confinement",
    ["Reasons", "Octets", "TarArchive", "OCIImage", "Files", "Compression", "Cryptography"]),
  // What a process gives up before it meets hostile bytes.
  swift("Sandbox", on: "Confinement", ["CLinux", "Files"]),
  // What roles may say to each other.
  swift("Channel", on: "Confinement", ["Files", "Processes"]),
  // What came in, copied by content while it is read, judged from the copy, and let out once it is admitted.
  swift(
    "Quarantine", on: "Confinement",
    [
      "Reasons", "Octets", "StrictJSON", "Cryptography", "Files", "OCIImage", "MediumRecord", "MediaReader",
      "Compression",
    ]),
  // What readers are asked and say, each decoded as hostile.
  swift(
    "RoleMessages", on: "Confinement",
    [
      "Reasons", "Octets", "StrictJSON", "Cryptography", "Findings", "Files", "MediumRecord", "MediaReader",
      "Quarantine",
      "Channel",
    ]),
  // The files of a log snapshot: a tar on a disk, or a folder.
  swift("SnapshotReader", on: "Confinement", ["Reasons", "Octets", "TarArchive", "Files", "LogSnapshot"]),
]

// MARK: Appliance — composition
let appliance: [Target] = [
  // Reader, prover, keeper, and the pipeline between them.
  swift(
    "Roles", on: "Appliance",
    [
      "Reasons", "Octets", "Cryptography", "OCIImage", "Findings", "TrustRoot", "Verification", "Policy", "Store",
      "Report", "MediaReader", "Compression", "StrictJSON", "StrictYAML", "TPM", "Ledger", "LedgerLeaf", "TrustStore",
      "Dossier", "SignedNote", "SiteRules", "TUFMetadata", "UpdateFramework", "Base64", "Files", "LogSnapshot",
      "LogHistory",
      "LogStore", "SnapshotReader", "MerkleTree",
      "LogEntry", "SigningIdentity", "SigstoreBundle", "Envelope", "Quarantine", "MediumRecord", "Readings",
      "ProofRequests", "Sandbox", "Channel", "RoleMessages", "Processes", "Terminal",
    ]),
  // One file per verb; the voice, the renderings, the exit statuses.
  swift(
    "CommandLine", on: "Appliance",
    [
      "Base64", "Reasons", "Octets", "Cryptography", "StrictJSON", "StrictYAML", "YAMLEvents", "OCIImage", "Findings",
      "TrustRoot", "Verification",
      "Policy",
      "Patterns", "Store", "Report", "TPM", "MediaReader", "Roles", "Files", "Terminal", "Envelope", "Ledger",
      "LedgerLeaf", "TrustStore", "Dossier", "SignedNote", "Attestation", "ApplianceIdentity", "Witness",
      "QRCode", "Enrolment", "Enrolling", "BundleMaking", "SiteRules", "TUFMetadata", "UpdateFramework", "LogSnapshot",
      "LogHistory", "LogStore", "LogSnapshotMaking", "PKCS11",
      "SigningIdentity", "MerkleTree", "PolicyConversion", "Readings", "Sandbox", "Quarantine", "MediumRecord",
      "RoleMessages", argumentParser,
    ]),
  .executableTarget(
    name: "assay", dependencies: ["CommandLine", "Roles"], path: "Sources/Appliance/assay", swiftSettings: strict),
]

// MARK: Tests — mirrors Sources; none of this is linked into the appliance
let tests: [Target] = [
  // Corpus lookup, temporary folders, running other programs.
  .target(name: "TestSupport", path: "Tests/Support", swiftSettings: strict),
  // A small Sigstore that issues everything in the real formats, and can spoil any one thing.
  .target(
    name: "MiniatureSigstore", dependencies: ["COpenSSL", "CSodium"], path: "Tests/MiniatureSigstore",
    swiftSettings: strict),
  // Makes the demonstration stick.
  .executableTarget(
    name: "demo-stick", dependencies: ["MiniatureSigstore"], path: "Tests/DemoStick", exclude: ["demo"],
    swiftSettings: strict),
  // A ledger with the TPM's part in files, and a process to kill at its commits.
  .target(
    name: "LedgerRig",
    dependencies: [
      "Ledger", "LedgerLeaf", "Octets", "Cryptography", "Files", "COpenSSL", "MerkleTree", "SignedNote",
    ], path: "Tests/LedgerRig", swiftSettings: strict),
  .executableTarget(
    name: "ledger-child", dependencies: ["Ledger", "LedgerRig"], path: "Tests/LedgerChild", swiftSettings: strict),
  // A process to kill while it copies a medium.
  .executableTarget(
    name: "quarantine-child", dependencies: ["Quarantine", "MediumRecord", "MediaReader", "Files", "Octets"],
    path: "Tests/QuarantineChild", swiftSettings: strict),
  // Reads a medium, and says how much memory that took.
  .executableTarget(
    name: "reader-peak", dependencies: ["Roles", "Readings", "MediaReader", "Files"], path: "Tests/ReaderPeak",
    swiftSettings: strict),
  // Logs that grow, fork and lie, as snapshots in memory.
  .target(
    name: "SnapshotSketch",
    dependencies: ["Base64", "Cryptography", "MerkleTree", "Octets", "Reasons", "SignedNote", "LogSnapshot"],
    path: "Tests/SnapshotSketch", swiftSettings: strict),
  // Measures the appliance beside its peers (docs/performance.md).
  .executableTarget(
    name: "bench",
    dependencies: [
      "TestSupport", "MiniatureSigstore", "COpenSSL", "Cryptography", "Octets", "Store", "TPM", "TrustRoot",
      "Verification", "Ledger", "LedgerLeaf", "LedgerRig", "Files", "MerkleTree", "SignedNote", "TarArchive",
      "LogSnapshot", "LogHistory", "LogStore", "SnapshotReader", "Policy", "Findings", "OCIImage", "Reasons",
      "SiteRules", "StrictJSON",
    ], path: "Tests/Bench", swiftSettings: strict),
  // What confined roles must not do, and a process that confines itself as a role does and tries it.
  .target(name: "RoleActs", path: "Tests/RoleActs"),
  .executableTarget(
    name: "role-probe", dependencies: ["RoleActs", "Roles", "Sandbox", "Files"], path: "Tests/RoleProbe",
    swiftSettings: strict),
  // The appliance with readers and provers that lie.
  .executableTarget(
    name: "lying-roles",
    dependencies: [
      "CommandLine", "Roles", "Channel", "Sandbox", "Processes", "Files", "MediaReader", "OCIImage", "Octets",
      "Cryptography", "Findings", "Readings", "ProofRequests", "Reasons", "Quarantine", "MediumRecord", "RoleMessages",
      "StrictJSON",
    ], path: "Tests/LyingRoles", swiftSettings: strict),
  // What must hold of each hostile format's reader, whatever the bytes are: for fuzzing, and for replaying what it found.
  .target(
    name: "FuzzInvariants",
    dependencies: [
      "ApplianceIdentity", "Attestation", "Base64", "Channel", "Compression", "Cryptography", "DER", "Dossier",
      "Enrolment", "Envelope", "Files", "Findings", "Ledger", "LedgerLeaf", "LedgerRig", "LogEntry", "LogSnapshot",
      "MalwareScan", "MediaReader", "MediumRecord", "OCIImage", "Octets", "OpenVEX", "Policy", "PolicyConversion",
      "Processes", "ProofRequests", "Provenance", "Quarantine", "Readings", "Reasons", "RekorAnswer", "RoleMessages",
      "SignedNote",
      "SigningIdentity", "SigstoreBundle", "SiteRules", "SoftwareBill", "StrictJSON", "StrictYAML", "TUFMetadata",
      "TarArchive", "TestResult", "Timestamp", "TrustRoot", "Verification", "VulnerabilityScan",
    ], path: "Tests/Fuzz/Invariants", swiftSettings: strict),
  .testTarget(
    name: "FuzzReplayTests", dependencies: ["FuzzInvariants", "TestSupport", "MiniatureSigstore"],
    path: "Tests/Fuzz/Replay",
    swiftSettings: strict),
  test("Architecture", ["Reasons"]),
  test(
    "System", ["Cryptography", "DER", "Base64", "Patterns", "Files", "Compression", "COpenSSL", "SQLite", "QRCode"]),
  test(
    "Formats",
    [
      "DER", "Base64", "Reasons", "Octets", "StrictJSON", "StrictYAML", "YAMLEvents", "TarArchive", "OCIImage",
      "Envelope", "SignedNote",
      "LogEntry",
      "SigstoreBundle", "Timestamp", "Findings", "Attestation", "Cryptography", "Compression", "LedgerLeaf",
      "ApplianceIdentity", "Enrolment", "SiteRules", "TUFMetadata", "LogSnapshot", "RekorAnswer", "Provenance",
      "SoftwareBill", "VulnerabilityScan", "OpenVEX", "TestResult", "MalwareScan", "Readings", "ProofRequests",
      "MediumRecord",
    ]),
  test(
    "Proofs",
    [
      "Base64", "Reasons", "Octets", "StrictJSON", "Cryptography", "MerkleTree", "TransparencyLog", "SigningIdentity",
      "TrustedTime", "TrustRoot", "Verification", "Findings", "Envelope", "SignedNote", "LogEntry", "SigstoreBundle",
      "Timestamp", "OCIImage", "MiniatureSigstore", "TUFMetadata", "UpdateFramework",
      "LogSnapshot", "LogHistory", "SnapshotSketch",
    ]),
  test(
    "Decision",
    [
      "Base64", "OCIImage", "Policy", "Findings", "Reasons", "Octets", "Cryptography", "Patterns", "SiteRules",
      "StrictJSON", "StrictYAML", "PolicyConversion", "Envelope", "OpenVEX", "Provenance",
    ]),
  test(
    "Custody",
    [
      "Base64", "TPM", "Attestation", "Enrolment", "Enrolling", "Store", "Report", "Reasons", "Octets", "StrictJSON",
      "Cryptography", "Envelope",
      "SigstoreBundle", "Findings", "Policy", "Ledger", "LedgerLeaf", "SignedNote", "MerkleTree", "SQLite", "Files",
      "Witness", "LedgerRig", "ledger-child", "TrustStore", "Dossier", "OCIImage", "ApplianceIdentity",
      "BundleMaking", "TUFMetadata", "LogSnapshot", "LogHistory", "LogStore", "LogEntry", "SnapshotSketch",
      "LogSnapshotMaking", "TrustRoot", "SnapshotReader",
    ]),
  test(
    "Confinement",
    [
      "MediaReader", "Reasons", "Octets", "TarArchive", "OCIImage", "Files", "Compression", "Cryptography",
      "MiniatureSigstore", "SnapshotReader", "LogSnapshot", "LogHistory", "SnapshotSketch", "Quarantine",
      "MediumRecord", "StrictJSON", "quarantine-child",
    ]),
  test(
    "Appliance",
    [
      "CommandLine", "Roles", "Reasons", "Base64", "Octets", "Cryptography", "SignedNote", "Witness", "LedgerRig",
      "ApplianceIdentity", "Enrolling", "Enrolment", "Files", "Ledger", "TPM", "Attestation", "TUFMetadata",
      "UpdateFramework", "LogSnapshot", "StrictJSON", "Verification", "assay", argumentParser,
      "Channel", "Findings", "Processes", "Quarantine", "MediaReader", "MediumRecord", "RoleMessages", "Readings",
      "MiniatureSigstore",
    ]),
  test(
    "Conformance",
    ["Verification", "TrustRoot", "SigstoreBundle", "Findings", "Policy", "Reasons", "Octets", "Cryptography"]),
  test(
    "Scenarios",
    [
      "assay", "role-probe", "lying-roles", "reader-peak", "quarantine-child", "MiniatureSigstore", "demo-stick",
      "SnapshotSketch",
      "Base64",
      "Cryptography", "SignedNote",
      "LogSnapshot", "Octets", "Reasons", "StrictJSON", "Findings", "OCIImage", "TrustRoot", "SiteRules", "MediaReader",
      "Policy", "Roles", "Report", "StrictYAML", "Readings", "ProofRequests", "Verification",
    ]),
  test(
    "Interop",
    [
      "assay", "CommandLine", "MiniatureSigstore", "Ledger", "LedgerRig", "Reasons", "Octets",
      "StrictJSON", "BundleMaking", "Cryptography",
      "TUFMetadata", "UpdateFramework", "SnapshotSketch", argumentParser,
    ],
    excluding: [
      "fetch-peers", "fetch-tuf", "check_ledger.py", "check_log_proof.py", "check_snapshot.py", "site_bundle.py",
      "tuf_peer.py",
    ]),
]

// MARK: Fuzzing — one executable a hostile format, built with a sanitizer and libFuzzer: there only under ASSAY_FUZZ=1
let fuzzed = [
  "Tar", "Compression", "JSON", "OCIImage", "SigstoreBundle", "Envelope", "SignedNote", "Checkpoint", "Timestamp",
  "DERExtensions", "LedgerLeaf", "Findings", "Dossier", "Policy", "TUFMetadata", "Ledger", "LogEntry", "LogSnapshot",
  "RekorAnswer", "Attestation", "Enrolment", "SiteRules", "Provenance", "SoftwareBill", "VulnerabilityScan", "OpenVEX",
  "TestResult", "MalwareScan", "TrustRoot", "ConvertedPolicy", "Reading", "ProofRequest", "MediumRecord",
  "SignedBundle", "Frames", "RoleMessages",
]
let fuzzing: [Target] = fuzzed.map { format in
  .executableTarget(
    name: "\(format)Fuzz", dependencies: ["FuzzInvariants"], path: "Tests/Fuzz/\(format)Fuzz", swiftSettings: strict)
}
let isFuzzing = Context.environment["ASSAY_FUZZ"] == "1"
/// What fuzz targets need of the tests. Other programs have a `main` of their own, as libFuzzer has.
let fuzzingSupport = ["FuzzInvariants", "LedgerRig"]

let package = Package(
  name: "assay",
  products: isFuzzing ? [] : [.executable(name: "assay", targets: ["assay"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: system + formats + proofs + decision + custody + confinement
    + (isFuzzing ? fuzzing + tests.filter { fuzzingSupport.contains($0.name) } : appliance + tests),
  cxxLanguageStandard: .cxx17
)
