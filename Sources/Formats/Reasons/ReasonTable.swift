/// What each reason means, where it leads, and what to do about it. docs/reasons.md is this table.
extension Reason {
  package var explanation: (effect: Effect, meaning: String, remedy: String) {
    switch self {
    case .archiveUnreadable:
      (
        .refuse, "The archive cannot be read, or stops being readable part of the way.",
        "Check the medium; copy the archive again."
      )
    case .archiveNotRecognised:
      (
        .refuse, "The bytes are none of the layouts that Assay reads.",
        "Check which file was meant: images come as an OCI layout, docker-archive or skopeo dir, trust as a trust bundle."
      )
    case .archiveTruncated:
      (
        .refuse, "The archive ends before its own headers say that it does.",
        "Copy the archive again; if it stays short, ask the sender."
      )
    case .archiveMalformed:
      (
        .refuse, "A header of the archive is not well formed.",
        "Ask the sender to write the archive again."
      )
    case .archiveTrailingData:
      (
        .refuse, "There is data behind the end of the archive.",
        "Ask the sender to write the archive again."
      )
    case .archiveForbiddenEntry:
      (
        .refuse, "The archive holds a link, device or other entry that an image never needs.",
        "Treat the archive as hostile; ask the sender."
      )
    case .archiveUnsafePath:
      (
        .refuse, "An entry's name is absolute, climbs with `..`, or is not plain.",
        "Treat the archive as hostile; ask the sender."
      )
    case .archiveDuplicateEntry:
      (
        .refuse, "Two entries carry one name, so that two readers would see two images.",
        "Treat the archive as hostile; ask the sender."
      )
    case .archiveConfusableName:
      (
        .refuse, "Two entries' names differ only by letter case or Unicode normalisation.",
        "Treat the archive as hostile; ask the sender."
      )
    case .archiveLimitExceeded:
      (
        .refuse, "The archive is larger, deeper or more numerous than Assay's documented bounds.",
        "Split the archive, or ask the sender why it is so large."
      )
    case .archiveCompressionMalformed:
      (
        .refuse, "The gzip or zstd stream around the archive is damaged.",
        "Copy the archive again."
      )
    case .jsonMalformed:
      (
        .refuse, "A document is not JSON as RFC 8259 has it.",
        "Check which file was meant; ask whoever wrote it to write it again."
      )
    case .jsonDuplicateKey:
      (
        .refuse, "An object names one key twice, so that two readers would see two documents.",
        "Treat what it came with as hostile; ask the sender."
      )
    case .jsonLimitExceeded:
      (
        .refuse, "A document is larger or nested deeper than Assay's documented bounds.",
        "Ask the sender why it is so large."
      )
    case .yamlMalformed:
      (
        .refuse, "A document is not YAML, or says what readers of YAML take for different things.",
        "Put right the line that is named; quote what is meant as text."
      )
    case .yamlDuplicateKey:
      (
        .refuse, "A mapping names one key twice, so that two readers would see two documents.",
        "Leave out one of the two."
      )
    case .yamlForbidden:
      (
        .refuse,
        "A document uses what Assay leaves out of YAML: anchors, aliases, tags, directives, a second document.",
        "Write it out in full; quote what is meant as text."
      )
    case .yamlLimitExceeded:
      (
        .refuse, "A document in YAML is larger or nested deeper than Assay's documented bounds.",
        "Split it, or ask its author why it is so large."
      )
    case .blobDigestMismatch:
      (
        .refuse, "A blob's bytes are not those that its name or descriptor states.",
        "Treat the archive as altered; copy it again or ask the sender."
      )
    case .blobSizeMismatch:
      (
        .refuse, "A blob's size is not the one that its descriptor states.",
        "Treat the archive as altered; ask the sender."
      )
    case .blobMissing:
      (
        .incomplete, "A blob that the image needs was not carried.",
        "Ask the sender to export the image again, with all platforms."
      )
    case .blobForeignNotCarried:
      (
        .incomplete, "A foreign (nondistributable) layer was not carried.",
        "Carry it, or allow it: --allow-foreign-layers, or `allowForeignLayers` in a policy’s rule."
      )
    case .blobContentUnbound:
      (
        .incomplete, "A compressed layer of a docker-archive is tied to its image only by bytes that nobody inflated.",
        "Ask the sender for an OCI layout."
      )
    case .blobDigestUnsupported:
      (
        .incomplete, "A descriptor uses a digest algorithm other than sha256 or sha512.",
        "Ask the sender for an image with sha256 digests."
      )
    case .imageIndexMalformed:
      (
        .refuse, "An image index, layout file or docker manifest lacks a field or has one of the wrong type.",
        "Ask the sender to write the archive again."
      )
    case .imageManifestMalformed:
      (
        .refuse, "An image manifest lacks a field or has one of the wrong type.",
        "Ask the sender to write the archive again."
      )
    case .imageNestingTooDeep:
      (
        .refuse, "Indexes nest deeper than Assay follows.",
        "Ask the sender for a flatter image."
      )
    case .imageViewsDiffer:
      (
        .refuse, "The lists in one archive (index.json, manifest.json, repositories) describe different images.",
        "Treat the archive as hostile; ask the sender."
      )
    case .imageAmbiguousName:
      (
        .refuse, "One name stands for two digests.",
        "Name the digest that is meant: --image sha256:…"
      )
    case .imageNotFound:
      (
        .incomplete, "No image in the archive matches what was asked for.",
        "Run `assay inspect` to see what the archive holds."
      )
    case .imageNoneCarried:
      (
        .incomplete, "The archive holds no image at all.",
        "Ask the sender."
      )
    case .signatureMissing:
      (
        .incomplete, "No signature for this image was carried.",
        "Ask the sender to carry signatures; `assay inspect` shows what came."
      )
    case .attestationMissing:
      (
        .incomplete, "No attestation of the required predicate type was carried.",
        "Ask the sender to carry attestations; `assay inspect` shows what came."
      )
    case .signatureInvalid:
      (
        .refuse, "A signature does not verify over these bytes.",
        "Treat the signature as forged or damaged; ask the signer."
      )
    case .signatureKeyMismatch:
      (
        .refuse, "No given key made this signature.",
        "Check that you hold the right public key."
      )
    case .signatureSubjectMismatch:
      (
        .refuse, "What was signed names another digest than the image it is attached to.",
        "Treat the signature as replayed; ask the signer."
      )
    case .signatureAlgorithmUnsupported:
      (
        .incomplete, "The signature's algorithm or key type is none that Assay verifies.",
        "Ask the signer for a supported algorithm."
      )
    case .signatureFormatUnsupported:
      (
        .incomplete, "The signature is of a kind or version that Assay does not read.",
        "Ask the signer for a Sigstore bundle."
      )
    case .signatureMaterialMismatch:
      (
        .refuse, "The evidence carries another kind of key material than the requirement asks for.",
        "Check whether the signer uses a key or an identity."
      )
    case .bundleMalformed:
      (
        .refuse, "A Sigstore bundle or cosign annotation is not well formed.",
        "Ask the signer to sign again."
      )
    case .envelopeMalformed:
      (
        .refuse, "A DSSE envelope is not well formed, or holds other than one signature.",
        "Ask the signer to sign again."
      )
    case .statementMalformed:
      (
        .refuse, "An in-toto statement or simple-signing payload is not well formed.",
        "Ask the signer to sign again."
      )
    case .predicateMalformed:
      (
        .refuse, "An attestation's predicate is not what its type says that it is.",
        "Do not rely on it; ask who signed it."
      )
    case .predicateUnsupported:
      (
        .incomplete, "An attestation's predicate is of a version, or holds a tool's report, that Assay does not read.",
        "Ask for a version that docs/formats names."
      )
    case .predicateValueAbsent:
      (
        .refuse, "A value that the policy compares is not in the attestation.",
        "Ask who signed it, or correct the pointer in the policy."
      )
    case .predicateValueMismatch:
      (
        .refuse, "A value in the attestation is not what the policy wants.",
        "Do not load; ask who signed it what changed."
      )
    case .predicateTooOld:
      (
        .incomplete, "A time in the attestation is longer ago than the policy allows, or does not tell an age.",
        "Ask for a newer attestation."
      )
    case .provenanceBuilderMismatch:
      (
        .refuse, "The image was built by another builder than the policy names, or by one that is not stated.",
        "Do not load; ask who runs that builder."
      )
    case .provenanceBuildTypeMismatch:
      (
        .refuse, "The image was built in another way than the policy names, or in one that is not stated.",
        "Do not load; ask the builder what changed."
      )
    case .provenanceSourceMismatch:
      (
        .refuse, "The image was built from another repository than the policy names, or from one that is not stated.",
        "Do not load; treat the image as somebody else's."
      )
    case .provenanceRefMismatch:
      (
        .refuse, "The image was built from another ref than the policy names, or from one that is not stated.",
        "Build it from a ref that is allowed."
      )
    case .provenanceCommitMismatch:
      (
        .refuse, "The image was built from another commit than the policy names, or from one that is not stated.",
        "Build it from the commit that is allowed."
      )
    case .provenanceParameterForbidden:
      (
        .refuse, "Whoever started the build set a parameter that the policy does not allow.",
        "Build it without the parameter, or allow it in the policy."
      )
    case .provenanceParameterMismatch:
      (
        .refuse, "A parameter of the build has another value than the policy names, or none.",
        "Build it with the value that is allowed."
      )
    case .provenanceMaterialMismatch:
      (
        .refuse, "Something went into the build that the policy does not allow, or what it requires did not.",
        "Ask the builder where it came from."
      )
    case .billLicenseDenied:
      (
        .refuse, "The bill of materials names a package under a licence that the policy denies.",
        "Replace the package, or ask for another licence."
      )
    case .billPackageDenied:
      (
        .refuse, "The bill of materials names a package that the policy denies.",
        "Replace the package."
      )
    case .scanScannerMismatch:
      (
        .refuse, "The image was scanned by another scanner than the policy names, or by one that is not stated.",
        "Scan it with a scanner that is allowed."
      )
    case .scanTooOld:
      (
        .incomplete, "The scan is longer ago than the policy allows.",
        "Scan the image again, and sign the result."
      )
    case .scanAgeUnknown:
      (
        .incomplete, "The scan does not say when it was made, or names a time that has not come.",
        "Scan the image again, and check the scanner's clock."
      )
    case .scanIncomplete:
      (
        .incomplete, "The scanner could not look at all of the image.",
        "See what kept it, scan the image again, and sign the result."
      )
    case .vulnerabilityAboveLimit:
      (
        .refuse, "More vulnerabilities of one severity were found than the policy allows.",
        "Repair the image; or have VEX statements signed by those whom the policy names."
      )
    case .malwareFound:
      (
        .refuse, "The scan found malware in the image.",
        "Do not load; keep the image apart, and ask the sender."
      )
    case .testsFailed:
      (
        .refuse, "Tests of the image failed.",
        "Do not load; ask the sender."
      )
    case .testsMissing:
      (
        .refuse, "A test that the policy requires is not among those that passed.",
        "Run the test, and sign the result."
      )
    case .certificateMalformed:
      (
        .refuse, "A certificate is not well formed.",
        "Ask the signer to sign again."
      )
    case .certificateUntrusted:
      (
        .refuse, "The certificate does not chain to an authority of the trust root.",
        "Check which trust root the signer's instance uses."
      )
    case .certificateOutsideValidity:
      (
        .refuse,
        "A certificate of the chain, or its authority in the trust root, was not valid at an established time.",
        "Ask the signer to sign again."
      )
    case .certificateNotForSigning:
      (
        .refuse, "The certificate's usages or constraints do not allow this signature.",
        "Ask the signer which certificate was meant."
      )
    case .certificateRootCarried:
      (
        .refuse, "The Sigstore bundle brings its own root certificate.",
        "Ask the signer for a bundle without the root."
      )
    case .certificateCriticalExtension:
      (
        .refuse, "The certificate has a critical extension that Assay does not know.",
        "Ask the signer which certificate was meant."
      )
    case .certificateRevoked:
      (
        .refuse, "A certificate of the chain was revoked, and nothing proves that the signature was made before.",
        "Treat the signature as forged; ask the signer to sign again under a new certificate."
      )
    case .identityMismatch:
      (
        .refuse, "The certificate was issued to another identity than the requirement names.",
        "Check --certificate-identity against the signer shown."
      )
    case .identityIssuerMismatch:
      (
        .refuse, "The identity was vouched for by another issuer than the requirement names.",
        "Check --certificate-oidc-issuer against the issuer shown."
      )
    case .sctMissing:
      (
        .refuse, "The certificate has no signed certificate timestamp, and the trust root names certificate logs.",
        "Ask the signer to sign again."
      )
    case .sctInvalid:
      (
        .refuse, "A signed certificate timestamp does not verify.",
        "Treat the certificate as forged; ask the signer."
      )
    case .sctLogUnknown:
      (
        .incomplete, "The certificate's timestamps come from logs that the trust root does not name.",
        "Refresh the trust root."
      )
    case .logEntryMissing:
      (
        .incomplete, "The evidence carries no log entry.",
        "Ask the signer to carry the log entry."
      )
    case .logUnknown:
      (
        .incomplete, "The entry comes from a log that the trust root does not name.",
        "Refresh the trust root."
      )
    case .logEntryMalformed:
      (
        .refuse, "A log entry is not well formed.",
        "Ask the signer to sign again."
      )
    case .logEntryUnsupported:
      (
        .incomplete, "The log entry is of a kind or version that Assay does not read.",
        "Ask the signer for a supported kind."
      )
    case .logEntryMismatch:
      (
        .refuse, "The log entry is about another digest, signature or key.",
        "Treat the evidence as assembled from parts; ask the signer."
      )
    case .logPromiseInvalid:
      (
        .refuse, "The log's signed entry timestamp does not verify.",
        "Treat the evidence as forged; ask the signer."
      )
    case .logPromiseMissing:
      (
        .refuse, "The evidence's version requires a signed entry timestamp, and it has none.",
        "Ask the signer to sign again."
      )
    case .logInclusionProofMissing:
      (
        .refuse, "The evidence's version requires an inclusion proof with a checkpoint, and it has none.",
        "Ask the signer to carry it."
      )
    case .logInclusionProofMismatch:
      (
        .refuse, "The inclusion proof does not lead to the checkpoint's root hash.",
        "Treat the evidence as forged; ask the signer."
      )
    case .logInclusionProofMalformed:
      (
        .refuse, "The inclusion proof is not a C2SP tlog-proof.",
        "Ask for the proof again."
      )
    case .logConsistencyProofMismatch:
      (
        .refuse, "A log's later state does not continue its earlier one.",
        "Treat the log as forked; compare its checkpoints from another source."
      )
    case .logCheckpointMalformed:
      (
        .refuse, "The checkpoint is not a C2SP checkpoint.",
        "Ask the signer to sign again."
      )
    case .logCheckpointInvalid:
      (
        .refuse, "The checkpoint's signature does not verify, or is not there.",
        "Treat the evidence as forged; ask the signer."
      )
    case .logKeyOutsideValidity:
      (
        .refuse, "The log's key was not valid, by the trust root, at the entry's time.",
        "Refresh the trust root; ask the signer."
      )
    case .logFork:
      (
        .refuse,
        "Two states that a log signed contradict each other: it shows different histories to different people.",
        "Stop relying on the log; publish both checkpoints, kept as evidence, and ask its operator."
      )
    case .logSnapshotMalformed:
      (
        .refuse, "The log snapshot holds a file that is not of its one form, or that does not belong in it.",
        "Make the snapshot again."
      )
    case .logSnapshotQuorumNotMet:
      (
        .refuse, "Too few witnesses cosigned the log's checkpoint, by the witness policy in force.",
        "Make the snapshot again once the witnesses have cosigned; otherwise ask the log's operator."
      )
    case .logSnapshotRewound:
      (
        .refuse, "The log is smaller than it was when it was last accepted.",
        "Make a new snapshot; if the log stays smaller, it was set back: stop relying on it."
      )
    case .logSnapshotConsistencyMissing:
      (
        .incomplete,
        "Nothing in the snapshot shows that the log continues the state that was accepted last, or another one that is carried.",
        "Make the snapshot again, from the size that is named."
      )
    case .logSnapshotTileMismatch:
      (
        .refuse, "A hash tile does not lead to the root hash that the log signed.",
        "Make the snapshot again; if it stays so, treat its source as hostile."
      )
    case .logSnapshotTileUnrooted:
      (
        .incomplete, "A hash tile is carried without the tiles that would lead it to a signed root hash.",
        "Make the snapshot again, with the tiles above it."
      )
    case .logSnapshotEntryMismatch:
      (
        .refuse, "An entry is not the one that the log's hash tile has at its place.",
        "Make the snapshot again; if it stays so, treat its source as hostile."
      )
    case .logSnapshotEntryUnproven:
      (
        .incomplete, "An entry is carried with neither a proof nor a hash tile that covers it.",
        "Make the snapshot again, with its proof."
      )
    case .witnessPolicyMalformed:
      (
        .refuse, "The witness policy is not a C2SP tlog-policy.",
        "Correct the line that is named."
      )
    case .rekorAnswerMalformed:
      (
        .refuse, "A file that should hold an answer of Rekor's API holds something else.",
        "Fetch it again with curl --fail; perhaps an error page was saved in its place."
      )
    case .rekorAnswerMismatch:
      (
        .refuse, "An answer of Rekor's API does not fit together: its name, entry, proof and checkpoint differ.",
        "Fetch it again; if it stays so, tell whoever runs the log."
      )
    case .timeMissing:
      (
        .incomplete, "No trusted source says when the short-lived certificate was used.",
        "Ask the signer for a timestamp."
      )
    case .timestampMalformed:
      (
        .refuse, "An RFC 3161 timestamp is not well formed.",
        "Ask the signer to sign again."
      )
    case .timestampMismatch:
      (
        .refuse, "A timestamp covers other bytes than this signature.",
        "Treat the evidence as assembled from parts; ask the signer."
      )
    case .timestampInvalid:
      (
        .refuse, "A timestamp's signature or chain does not verify.",
        "Treat the evidence as forged; ask the signer."
      )
    case .timestampAuthorityUnknown:
      (
        .incomplete, "The timestamp comes from an authority that the trust root does not name.",
        "Refresh the trust root."
      )
    case .timestampOutsideValidity:
      (
        .refuse, "The timestamp lies outside its authority's validity.",
        "Refresh the trust root; ask the signer."
      )
    case .timestampAuthorityRevoked:
      (
        .refuse, "The certificate of a timestamp's authority was revoked, and its time proves nothing.",
        "Ask the signer for a timestamp by another authority."
      )
    case .timeInFuture:
      (
        .refuse, "An established time lies in the future of this machine's clock.",
        "Check this machine's clock."
      )
    case .trustRootMissing:
      (
        .incomplete, "An identity cannot be checked without a trust root.",
        "Give --trusted-root FILE."
      )
    case .trustRootMalformed:
      (
        .refuse, "The trust root is not well formed.",
        "Get the trust root again from its publisher."
      )
    case .revocationListMalformed:
      (
        .refuse, "A revocation list is not well formed, or larger than Assay's documented bound.",
        "Get the list again from its authority."
      )
    case .revocationListUnsupported:
      (
        .refuse, "A revocation list is a delta, indirect, of a part of the certificates, or beyond this program.",
        "Ask the authority for its complete list."
      )
    case .revocationListIssuerUnknown:
      (
        .refuse, "A revocation list comes from no authority of an installed trust root.",
        "Install the authority's trust root in the same bundle, or leave the list out."
      )
    case .revocationListInvalid:
      (
        .refuse, "A revocation list's signature does not verify, or its authority may not sign any.",
        "Treat the list as forged; get it again from its authority."
      )
    case .revocationListRollback:
      (
        .refuse, "A revocation list is older than the one of its authority that is in force.",
        "Ask for the newest list; if it stays older, treat it as replayed."
      )
    case .tufMalformed:
      (
        .refuse, "Metadata of a trust bundle is not well formed.",
        "Get the bundle again from its publisher."
      )
    case .tufSpecVersionUnsupported:
      (
        .incomplete, "Metadata of a trust bundle follows another major version of TUF than 1.",
        "Use a version of Assay that reads it."
      )
    case .tufLimitExceeded:
      (
        .refuse, "A file of a trust bundle, or the number of its roles, exceeds Assay’s documented bounds.",
        "Treat the bundle as hostile; ask its publisher why it is so large."
      )
    case .tufFileMissing:
      (
        .incomplete, "A file that the trust bundle’s metadata lead to was not carried.",
        "Ask for the whole bundle; copy it again."
      )
    case .tufThresholdNotMet:
      (
        .refuse, "Fewer keys signed a file of a trust bundle than its role needs; no key counts twice.",
        "If a root was left out, ask for every root since the one in force; otherwise treat the bundle as forged."
      )
    case .tufRootVersionMismatch:
      (
        .refuse, "A root of a trust bundle is not the one version behind its predecessor.",
        "Ask the publisher for every root since the one in force."
      )
    case .tufRollback:
      (
        .refuse, "A trust bundle is older than what was accepted before.",
        "Ask for the newest bundle; if it stays older, treat it as replayed."
      )
    case .tufRoleDisappeared:
      (
        .refuse, "A trust bundle no longer lists a role that an accepted one listed.",
        "Treat the bundle as altered; ask its publisher."
      )
    case .tufVersionMismatch:
      (
        .refuse, "A file of a trust bundle is of another version than the bundle’s own list says.",
        "Treat the bundle as assembled from parts; ask its publisher."
      )
    case .tufLengthMismatch:
      (
        .refuse, "A file of a trust bundle is not as long as the bundle’s signed metadata say.",
        "Copy the bundle again; if it stays so, treat it as altered."
      )
    case .tufHashMismatch:
      (
        .refuse, "A file of a trust bundle has another digest than the bundle’s signed metadata say.",
        "Copy the bundle again; if it stays so, treat it as altered."
      )
    case .tufHashUnsupported:
      (
        .incomplete, "A trust bundle states only digests that Assay does not compute.",
        "Ask the publisher for sha256 or sha512."
      )
    case .tufRoleUnlisted:
      (
        .refuse, "A trust bundle delegates to a role whose version it does not list.",
        "Ask the publisher to publish the bundle again."
      )
    case .tufExpired:
      (
        .incomplete, "Metadata of a trust bundle has expired.",
        "Get a newer bundle from its publisher; check this machine’s clock."
      )
    case .tufTargetUnknown:
      (
        .incomplete, "No role of the trust bundle that may speak of this path names such a file.",
        "Check the name; ask the publisher."
      )
    case .tufUnsafePath:
      (
        .refuse, "A file of a trust bundle has a path that is absolute, climbs, or is not plain.",
        "Treat the bundle as hostile; ask its publisher."
      )
    case .reportMalformed:
      (
        .refuse, "The file is not a report of Assay.",
        "Check which file was meant."
      )
    case .reportInvalid:
      (
        .refuse, "The report's signature does not verify under the given key.",
        "Do not rely on the report; check the key."
      )
    case .reportUnsigned:
      (
        .refuse, "The report is not signed: it was written without a store.",
        "Run `assay init`, then verify again."
      )
    case .reportReceiptMissing:
      (
        .refuse, "The report comes without its receipt, so that nothing says that the appliance issued it.",
        "Get the receipt from the appliance: assay report receipt."
      )
    case .reportReceiptMismatch:
      (
        .refuse, "The receipt is not this report's, or not this appliance's.",
        "Check which files were meant; get the receipt from the appliance again."
      )
    case .ledgerLeafMalformed:
      (
        .refuse, "A leaf of the ledger is not in its one encoding.",
        "Use the version of Assay that wrote it, or treat the ledger as altered."
      )
    case .receiptMissing:
      (
        .incomplete, "The history holds no admission of this image by the same policy and trust.",
        "Verify the archive: assay verify ARCHIVE."
      )
    case .dossierMalformed:
      (
        .refuse, "What a past verdict was recorded with is not well formed.",
        "Use the version of Assay that wrote it, or restore the evidence from a backup."
      )
    case .policyMalformed:
      (
        .refuse, "The policy is not one that this version reads.",
        "Check which file was meant; use the version of Assay that wrote it."
      )
    case .policyCasesMalformed:
      (
        .refuse, "The document with cases for a policy is not one that this version reads.",
        "Correct it at the place that is named; docs/formats/PolicyCases.md has every member."
      )
    case .policyNoRule:
      (
        .refuse, "No rule of the policy is for this image: its default refuses.",
        "Check the name, platform and environment that were given; add a rule where such images should enter."
      )
    case .policyRefused:
      (
        .refuse, "A rule of the policy refuses every image of its scope.",
        "Read the rule’s reason; change the policy if it no longer holds."
      )
    case .policyTooFew:
      (
        .incomplete,
        "What was met was met by too few different authorities. One key, one identity and one operator count once.",
        "Ask another authority for its signature or attestation."
      )
    case .policyKeyMissing:
      (
        .incomplete, "A key that the policy names by its digest is not at hand.",
        "Bring the key in a trust bundle, or put it into the policy in place of its digest."
      )
    case .policyWaiverExpired:
      (
        .note, "A waiver of the policy is meant for this image, and no longer holds.",
        "Have it renewed by those who may, or take it out of the policy."
      )
    case .evidenceTooOld:
      (
        .incomplete, "The evidence is older than the policy allows.",
        "Ask for evidence that was made since."
      )
    case .evidenceAgeUnknown:
      (
        .incomplete, "The policy limits the age of this evidence, and no trusted source says when it was made.",
        "Ask for evidence with a timestamp or a log’s promise."
      )
    case .needsLogEntry:
      (
        .incomplete, "The policy needs this signature to be in a transparency log, and nothing shows that it is.",
        "Carry the log entry with the signature, or bring a log snapshot."
      )
    case .needsLogProof:
      (
        .incomplete, "The policy needs a proof of inclusion, and only a promise or nothing was carried.",
        "Carry the proof with the signature, or bring a log snapshot that has the entry."
      )
    case .needsTimestamp:
      (
        .incomplete, "The policy needs a timestamp of an RFC 3161 authority of the trust root, and there is none.",
        "Have the signature timestamped; carry the timestamp with it."
      )
    case .needsCertificateTimestamp:
      (
        .incomplete, "The policy needs the certificate to be in a certificate log, and no such promise was verified.",
        "Use a trust root that names the certificate log; ask for a certificate that was logged."
      )
    case .needsWitnesses:
      (
        .incomplete, "Fewer witnesses than the policy needs cosigned the state of the log that proves the entry.",
        "Bring a newer log snapshot with their cosignatures; install the witness policy that names them."
      )
    case .approvalInvalid:
      (
        .refuse, "An approval is not by the key that is named with it, or not over this statement.",
        "Check which files were meant; let the person sign the statement again."
      )
    case .approvalTooFew:
      (
        .refuse, "Fewer people agreed than are needed. One person counts once, and so does one key.",
        "Get the consent of further people."
      )
    case .findingsMalformed:
      (
        .refuse, "Saved findings or facts are not well formed, or hold more than is read.",
        "Save them again, with this version of Assay, from the archive."
      )
    case .quarantineMalformed:
      (
        .refuse, "A file of the quarantine is not as Assay writes it, or a copy in it is gone.",
        "Remove the medium with “assay quarantine gc --medium ID”, and import it again."
      )
    case .readingMalformed:
      (
        .refuse, "The reader's process handed on what no reader says: what it read may have taken it over.",
        "Treat the archive as hostile; keep it, and report it to the makers of Assay."
      )
    case .proofRequestMalformed:
      (
        .refuse, "What there is to prove against is not well formed, or more than a prover takes.",
        "Install fewer trust roots and revocation lists; where there are few, report it to the makers of Assay."
      )
    case .readerCrashed:
      (
        .refuse,
        "The reader's process ended while it read the archive, by a fault or a bound of memory or processor time.",
        "Treat the archive as hostile; keep it, and report it to the makers of Assay."
      )
    case .readerForbiddenCall:
      (
        .refuse, "The reader's process tried what it may not while it read the archive, and the system ended it.",
        "Treat the archive as hostile: this is how a process looks that was taken over. Keep the archive, and report it."
      )
    case .readerForbiddenMessage:
      (
        .refuse, "The reader's process said what it may not say, too much, or too often.",
        "Treat the archive as hostile: this is how a process looks that was taken over. Keep the archive, and report it."
      )
    case .readerTimeout:
      (
        .refuse, "Nothing was heard of the reader's process for as long as --patience allows.",
        "On a slow medium, copy the archive to a disk or give more --patience; otherwise treat the archive as hostile."
      )
    case .proverCrashed:
      (
        .refuse,
        "The prover's process ended while it proved the evidence, by a fault or a bound of memory or processor time.",
        "Treat the archive as hostile; keep it, and report it to the makers of Assay."
      )
    case .proverForbiddenCall:
      (
        .refuse, "The prover's process tried what it may not while it proved the evidence, and the system ended it.",
        "Treat the archive as hostile: this is how a process looks that was taken over. Keep the archive, and report it."
      )
    case .proverForbiddenMessage:
      (
        .refuse, "The prover's process said what it may not say, too much, or too often.",
        "Treat the archive as hostile: this is how a process looks that was taken over. Keep the archive, and report it."
      )
    case .proverTimeout:
      (
        .refuse, "Nothing was heard of the prover's process for as long as --patience allows.",
        "On a slow medium, copy the archive to a disk or give more --patience; otherwise treat the archive as hostile."
      )
    case .trustBundleMalformed:
      (
        .refuse, "The medium is not a trust bundle, or not only one.",
        "Get the bundle again from the site's trust operators."
      )
    case .trustBundleUnsupported:
      (
        .refuse, "The trust bundle carries something that this version does not understand; nothing was taken from it.",
        "Update Assay, or have the bundle made without it."
      )
    case .trustBundleUnpinned:
      (
        .incomplete, "This store has no root yet by which trust bundles are verified.",
        "Pin the site's root: assay trust pin ROOT."
      )
    case .trustBundleUpstreamUnpinned:
      (
        .incomplete, "A trust bundle carries an upstream's repository, and no root of it to verify it from.",
        "Add the upstream's root.json, compared by two people, beside its tuf.tar."
      )
    case .trustBundleDenialAltered:
      (
        .refuse, "The trust bundle leaves out or alters what an earlier one denied; denials only grow.",
        "Treat the bundle as hostile; ask the site's trust operators. A denial is lifted by the role policy."
      )
    case .rulesMalformed:
      (
        .refuse, "A document with the site's own rules is not well formed, or says what cannot be.",
        "Have the site's trust operators put it right (docs/formats/SiteRules.md)."
      )
    case .denialDigest:
      (
        .refuse, "The site denies this image, or something in it, by its digest.",
        "Ask those who denied it. Only the people of the role policy can lift a denial."
      )
    case .denialKey:
      (
        .refuse, "The site denies the key that made this signature.",
        "Have the image signed by another signer, or ask those who denied the key."
      )
    case .denialIdentity:
      (
        .refuse, "The site denies the identity that made this signature.",
        "Have the image signed by another signer, or ask those who denied the identity."
      )
    case .denialLogEntry:
      (
        .refuse, "The site denies the log entry of this signature.",
        "Have the image signed again, or ask those who denied the entry."
      )
    case .trustAgeUnknown:
      (
        .incomplete, "The policy limits the age of what is trusted, and nothing says how old it is.",
        "Bring trust by a trust bundle, whose metadata have dates; a trust root given as a file has none."
      )
    case .trustTooOld:
      (
        .incomplete, "What this appliance trusts is older than the site lets it become.",
        "Bring a newer trust bundle: assay trust import MEDIA."
      )
    case .trustAgeing:
      (
        .note, "What this appliance trusts is getting old by the site's own measure.",
        "Ask the site's trust operators for a newer trust bundle."
      )
    case .applianceMalformed:
      (
        .refuse, "The file is not an appliance's identity.",
        "Check which file was meant; get it again from the appliance or the desk that enrolled it."
      )
    case .exportFileMissing:
      (
        .incomplete, "A file of the exported ledger is not there.",
        "Export the ledger again, or copy all of the folder."
      )
    case .exportMalformed:
      (
        .refuse, "The exported ledger holds a link, a stranger, or a file that is not of its one form.",
        "Export the ledger again; if it stays so, treat the medium as hostile."
      )
    case .exportMismatch:
      (
        .refuse, "A file of the exported ledger does not lead to the signed checkpoint.",
        "Treat the export as altered; export the ledger again."
      )
    case .witnessRequestMalformed:
      (
        .refuse, "The request is not one for a witness (C2SP tlog-witness, add-checkpoint).",
        "Make the request again on the appliance."
      )
    case .witnessMemoryMalformed:
      (
        .refuse, "The witness's memory is not in its one form.",
        "Put back its newest copy; by an older one, a ledger that was set back would pass."
      )
    case .witnessLogUnknown:
      (
        .incomplete, "The witness has never seen this ledger.",
        "If it is new, and its commit key reached you by a way that you trust, say --first-sight."
      )
    case .witnessLogKnown:
      (
        .refuse, "The ledger was called new, and the witness has cosigned it before.",
        "Leave out --first-sight."
      )
    case .witnessSizeUnknown:
      (
        .incomplete, "The request starts from another size than the one that the witness cosigned last.",
        "Make the request again on the appliance, from the size that the witness names."
      )
    case .witnessRollback:
      (
        .refuse, "The ledger is smaller than what the witness has cosigned.",
        "Make a new request; if the ledger stays smaller, it was set back: take the appliance out of use."
      )
    case .witnessFork:
      (
        .refuse, "The ledger has another root hash at the size that the witness has cosigned.",
        "Take the appliance out of use; the two checkpoints, kept as evidence, prove it."
      )
    case .witnessCosignatureInvalid:
      (
        .refuse, "The cosignature is not the witness's over this checkpoint.",
        "Ask the witness again; check its key."
      )
    case .enrolmentMalformed:
      (
        .refuse, "The file is not the enrolment document that was expected, or goes beyond its bounds.",
        "Check which file was meant; make it again with this version."
      )
    case .enrolmentKeyUnsuitable:
      (
        .refuse, "A key of the request is not of the kind that its part needs.",
        "Do not enrol; check the appliance and its TPM."
      )
    case .enrolmentPolicyMismatch:
      (
        .refuse, "The keys' use is not bound to the policy authority that the request names.",
        "Do not enrol; check the appliance's provisioning."
      )
    case .enrolmentAnchorMismatch:
      (
        .refuse, "The anchor is not the index that only the approved system can extend.",
        "Do not enrol; check the appliance's provisioning."
      )
    case .enrolmentCheckpointMismatch:
      (
        .refuse, "The ledger's checkpoint is not this store's, or the commit key did not sign it.",
        "Do not enrol; make the request again on the appliance."
      )
    case .enrolmentClaimsAltered:
      (
        .refuse, "The TPM's proofs were made for other claims than the request holds.",
        "Do not enrol; treat the request as altered."
      )
    case .enrolmentProofInvalid:
      (
        .refuse, "The attestation key did not sign a proof, or the proof shows something else.",
        "Do not enrol; treat the request as assembled from parts."
      )
    case .enrolmentPCRMismatch:
      (
        .refuse, "The values of the PCRs are not those that were quoted.",
        "Make the document again on the appliance; if it happens again, treat it as altered."
      )
    case .enrolmentAnotherAppliance:
      (
        .refuse, "The request was made by another appliance, or by this one before its TPM was provisioned anew.",
        "Answer on the appliance that made the request."
      )
    case .enrolmentChallengeMismatch:
      (
        .refuse, "The challenge was made for another request.",
        "Use request and challenge of one enrolment."
      )
    case .enrolmentCredentialRefused:
      (
        .refuse, "The TPM does not open the challenge's credential: it was made for another TPM or key.",
        "Get the challenge again from the desk; do not answer it elsewhere."
      )
    case .enrolmentRecordMismatch:
      (
        .refuse, "The desk's secret belongs to another request or challenge.",
        "Use the files of one enrolment, as the desk keeps them."
      )
    case .enrolmentAnswerMismatch:
      (
        .refuse, "The answer is to another challenge.",
        "Answer this challenge on the appliance."
      )
    case .enrolmentCredentialNotOpened:
      (
        .refuse, "The answer was not made with the secret: the TPM with this endorsement key did not open it.",
        "Do not enrol; treat the answer as forged."
      )
    }
  }

  package var effect: Effect { explanation.effect }
}
