import Cryptography
import MiniatureSigstore
import Octets
import Reasons
import Testing
import TrustRoot
import Verification

/// One thing wrong at a time, everything else made again to fit: so each line of the table is a check that stands
/// alone between the fault and an admission.
struct SpoilUnderVerifierTests {
  static let world = MiniatureSigstore(seed: 19)
  static let artifact = Array("artifact".utf8)
  static let statement = SampleStatement(
    SampleStatement.slsaProvenance1, SampleStatement.sampleProvenance, aboutDigest: digestText(artifact))

  struct Shape: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let request: SigningRequest
    var version = BundleVersion.v03
    var root = TrustedRootVersion.legacy
    var absent: Set<TrustedRootPart> = []

    init(
      _ name: String, _ request: SigningRequest, _ version: BundleVersion = .v03,
      root: TrustedRootVersion = .legacy, leavingOut absent: Set<TrustedRootPart> = []
    ) {
      testDescription = name
      self.request = request
      self.version = version
      self.root = root
      self.absent = absent
    }
  }

  static let shapes: [Shape] = {
    let message = SigningRequest.Content.message(artifact)
    var extended = SigningRequest(message)
    extended.certificateTimestampExtensions = [0, 1, 2, 3]
    func under(_ key: KeyAlgorithm) -> SigningRequest.Material { .certificate(.maintainer, key: key) }
    return [
      Shape("v1, bundle 0.3", .init(message)),
      Shape("v1, bundle 0.3 in its first spelling", .init(message), .v03parameter, root: .v01),
      Shape("v1, bundle 0.2", .init(message), .v02, root: .v02),
      Shape("v1, bundle 0.1", .init(message), .v01),
      Shape("v1, rekord", .init(message, log: .v1(.rekord001))),
      Shape("v1, SCT with extensions", extended),
      Shape("v1 and three timestamps", .init(message, timestamps: [.injected, .bare, .second])),
      Shape("v2", .init(message, log: .v2), root: .v02),
      Shape("v2, ECDSA log, bare timestamp", .init(message, log: .v2ecdsa, timestamps: [.bare]), root: .v02),
      Shape("v2, witnessed", .init(message, log: .v2witnessed)),
      Shape("P-384", .init(message, as: under(.p384))),
      Shape("P-521", .init(message, as: under(.p521), log: .v2)),
      Shape("RSA", .init(message, as: under(.rsa(2048)))),
      Shape("Ed25519ph", .init(message, as: under(.ed25519))),
      Shape("statement, v1", .init(.statement(statement))),
      Shape("statement, intoto 0.0.2", .init(.statement(statement), log: .v1(.intoto002))),
      Shape("statement, v2", .init(.statement(statement), log: .v2)),
      Shape(
        "site's own authority", .init(message, as: .siteCertificate(.maintainer)),
        leavingOut: [.logs, .certificateLog]),
    ]
  }()

  @Test(arguments: shapes) func soundIsAdmitted(_ shape: Shape) throws {
    #expect(try refusal(shape) == nil)
  }

  static let spoilable: [Shape] = [
    Shape("message, v1", .init(.message(artifact))),
    Shape("message, v2", .init(.message(artifact), log: .v2)),
    Shape("statement, v1", .init(.statement(statement))),
    Shape("statement, v2", .init(.statement(statement), log: .v2)),
    Shape("message, v1, bundle 0.2", .init(.message(artifact)), .v02),
  ]

  @Test(arguments: spoilable, table) func spoiledIsRefused(_ shape: Shape, _ line: Line) throws {
    guard line.spoil.applies(to: shape.request) else { return }
    var shape = shape
    // Bundle 0.3 has no chain at all: there these two are malformed and no more.
    if line.spoil == .bundleChainWithRoot {
      shape.version = .v02
    }
    #expect(try refusal(shape, line.spoil) == line.reason)
  }

  @Test func theTableNamesEverySpoil() {
    #expect(Set(Self.table.map(\.spoil)).union(Self.tolerated) == Set(Spoil.allCases))
    #expect(Set(Self.table.map(\.spoil)).isDisjoint(with: Self.tolerated))
  }

  /// What the verifier leaves to others: names and issuers, none or several, are the policy's matter; a trust root
  /// without logs of a kind asks for no proof of that kind.
  static let tolerated: Set<Spoil> = [
    .certificateWithoutIssuer, .certificateTwoNames, .rootWithoutCertificateLog, .rootWithoutLog,
  ]

  private func refusal(_ shape: Shape, _ spoil: Spoil? = nil) throws -> Reason? {
    let issued = Self.world.issue(shape.request.spoiled(spoil))
    let root = Self.world.trustedRoot(shape.root, leavingOut: shape.absent, spoil: spoil)
    do throws(Failure) {
      let verifier = SignatureVerifier(
        trustRoot: try TrustRoot(parsing: root, named: "trust root"), now: UnixTime(Self.world.now))
      _ = try verifier.verify(bundle: issued.bundle(shape.version), artifact: Artifact(bytes: Self.artifact))
      return nil
    } catch {
      return error.reason
    }
  }

  struct Line: Sendable, CustomTestStringConvertible {
    let spoil: Spoil
    let reason: Reason
    var testDescription: String { spoil.rawValue }

    init(_ spoil: Spoil, _ reason: Reason) {
      self.spoil = spoil
      self.reason = reason
    }
  }

  static let table: [Line] = [
    Line(.signatureByStranger, .signatureInvalid),
    Line(.signatureFlipped, .signatureInvalid),
    Line(.payloadEdited, .signatureInvalid),
    Line(.payloadTypeEdited, .signatureInvalid),
    Line(.statementAboutAnother, .signatureSubjectMismatch),
    Line(.payloadTypeForeign, .signatureFormatUnsupported),
    Line(.envelopeTwoSignatures, .envelopeMalformed),
    Line(.envelopeWithoutSignature, .envelopeMalformed),
    Line(.bundleMediaTypeUnknown, .signatureFormatUnsupported),
    Line(.bundleChainEmpty, .bundleMalformed),
    Line(.bundleChainWithRoot, .certificateRootCarried),
    Line(.bundleWithoutMaterial, .bundleMalformed),
    Line(.certificateByImpostor, .certificateUntrusted),
    Line(.certificateSignatureFlipped, .certificateUntrusted),
    Line(.certificateOtherPurpose, .certificateNotForSigning),
    Line(.certificateWithoutPurpose, .certificateNotForSigning),
    Line(.certificateOtherKeyUsage, .certificateNotForSigning),
    Line(.certificateUnknownCritical, .certificateCriticalExtension),
    Line(.certificateWithoutName, .certificateMalformed),
    Line(.intermediateExpired, .certificateOutsideValidity),
    Line(.intermediateNotAnAuthority, .certificateNotForSigning),
    Line(.intermediateOtherPurpose, .certificateNotForSigning),
    Line(.intermediateByAnotherRoot, .certificateUntrusted),
    Line(.certificateTimestampMissing, .sctMissing),
    Line(.certificateTimestampByStranger, .sctLogUnknown),
    Line(.certificateTimestampFlipped, .sctInvalid),
    Line(.certificateTimestampOverAnother, .sctInvalid),
    Line(.certificateTimestampOtherIssuer, .sctInvalid),
    Line(.entryMissing, .logEntryMissing),
    Line(.entryOfStrangerLog, .logUnknown),
    Line(.entryOtherDigest, .logEntryMismatch),
    Line(.entryOtherSignature, .logEntryMismatch),
    Line(.entryOtherVerifier, .logEntryMismatch),
    Line(.entryKindMismatch, .logEntryMismatch),
    Line(.entryKindUnknown, .logEntryUnsupported),
    Line(.entryVersionUnknown, .logEntryUnsupported),
    Line(.entryBodyMalformed, .jsonMalformed),
    Line(.entryIndexNegative, .bundleMalformed),
    Line(.promiseMissing, .timeMissing),
    Line(.promiseByStranger, .logPromiseInvalid),
    Line(.promiseFlipped, .logPromiseInvalid),
    Line(.promiseOverOtherBody, .logPromiseInvalid),
    Line(.promiseOverOtherIndex, .logPromiseInvalid),
    Line(.promiseOverOtherTime, .logPromiseInvalid),
    Line(.promiseOverOtherLog, .logPromiseInvalid),
    Line(.proofMissing, .logInclusionProofMissing),
    Line(.proofOfAnotherEntry, .logInclusionProofMismatch),
    Line(.proofPathFlipped, .logInclusionProofMismatch),
    Line(.proofPathShort, .logInclusionProofMismatch),
    Line(.proofPathLong, .logInclusionProofMismatch),
    Line(.proofOtherIndex, .logInclusionProofMismatch),
    Line(.proofNegativeIndex, .bundleMalformed),
    Line(.proofOtherRoot, .logInclusionProofMismatch),
    Line(.proofOtherSize, .logInclusionProofMismatch),
    Line(.checkpointMissing, .logInclusionProofMissing),
    Line(.checkpointMalformed, .logCheckpointMalformed),
    Line(.checkpointUnsigned, .logCheckpointMalformed),
    Line(.checkpointByStranger, .logCheckpointInvalid),
    Line(.checkpointSignatureFlipped, .logCheckpointInvalid),
    Line(.checkpointOtherKeyID, .logCheckpointInvalid),
    Line(.checkpointEdited, .logCheckpointInvalid),
    Line(.checkpointOtherOrigin, .logCheckpointInvalid),
    Line(.checkpointOtherRoot, .logInclusionProofMismatch),
    Line(.checkpointOfSmallerTree, .logInclusionProofMismatch),
    Line(.promisedTimeAfterCertificate, .certificateOutsideValidity),
    Line(.promisedTimeBeforeCertificate, .certificateOutsideValidity),
    Line(.timeInFuture, .timeInFuture),
    Line(.timestampMissing, .timeMissing),
    Line(.timestampTruncated, .timestampMalformed),
    Line(.timestampRejected, .timestampMalformed),
    Line(.timestampOverOtherBytes, .timestampMismatch),
    Line(.timestampByStranger, .timestampInvalid),
    Line(.timestampSignatureFlipped, .timestampInvalid),
    Line(.timestampDigestFlipped, .timestampInvalid),
    Line(.timestampNamesAnotherCertificate, .timestampInvalid),
    Line(.timestampOfStrangerAuthority, .timestampAuthorityUnknown),
    Line(.timestampAfterCertificate, .certificateOutsideValidity),
    Line(.timestampPurposeNotCritical, .timestampInvalid),
    Line(.timestampOtherPurpose, .timestampInvalid),
    Line(.timestampAuthorityExpired, .timestampOutsideValidity),
    Line(.rootMediaTypeUnknown, .trustRootMalformed),
    Line(.rootWithoutAuthority, .certificateUntrusted),
    Line(.rootAuthorityEnded, .certificateOutsideValidity),
    Line(.rootAuthorityNotBegun, .certificateOutsideValidity),
    Line(.rootCertificateLogEnded, .logKeyOutsideValidity),
    Line(.rootLogEnded, .logKeyOutsideValidity),
    Line(.rootLogNotBegun, .logKeyOutsideValidity),
    Line(.rootLogWithoutStart, .trustRootMalformed),
    Line(.rootWithoutTimestampAuthority, .timestampAuthorityUnknown),
    Line(.rootTimestampAuthorityEnded, .timestampOutsideValidity),
    Line(.rootTimestampAuthorityNotBegun, .timestampOutsideValidity),
  ]
}
