import MiniatureSigstore
import Reasons

extension Spoil {
  /// What the verifier says to this fault, whatever the shape; nil where it must not matter.
  var usualReason: Reason? {
    switch self {
    case .signatureByStranger, .signatureFlipped, .payloadEdited, .payloadTypeEdited: .signatureInvalid
    case .statementAboutAnother: .signatureSubjectMismatch
    case .payloadTypeForeign, .bundleMediaTypeUnknown: .signatureFormatUnsupported
    case .envelopeTwoSignatures, .envelopeWithoutSignature: .envelopeMalformed
    case .bundleChainEmpty, .bundleWithoutMaterial: .bundleMalformed
    case .bundleChainWithRoot: .certificateRootCarried

    case .certificateByImpostor, .certificateSignatureFlipped, .intermediateByAnotherRoot: .certificateUntrusted
    case .certificateOtherPurpose, .certificateWithoutPurpose, .certificateOtherKeyUsage, .intermediateNotAnAuthority,
      .intermediateOtherPurpose:
      .certificateNotForSigning
    case .certificateUnknownCritical: .certificateCriticalExtension
    case .certificateWithoutName: .certificateMalformed
    case .intermediateExpired: .certificateOutsideValidity
    // Whom it names, and whether that is enough, is the policy's question.
    case .certificateTwoNames, .certificateWithoutIssuer: nil
    case .certificateTimestampMissing: .sctMissing
    case .certificateTimestampByStranger: .sctLogUnknown
    case .certificateTimestampFlipped, .certificateTimestampOverAnother, .certificateTimestampOtherIssuer: .sctInvalid

    case .entryMissing: .logEntryMissing
    case .entryOfStrangerLog: .logUnknown
    case .entryOtherDigest, .entryOtherSignature, .entryOtherVerifier, .entryKindMismatch: .logEntryMismatch
    case .entryKindUnknown, .entryVersionUnknown: .logEntryUnsupported
    case .entryBodyMalformed: .jsonMalformed
    case .entryIndexNegative, .proofNegativeIndex: .bundleMalformed
    case .promiseMissing: .timeMissing
    case .promiseByStranger, .promiseFlipped, .promiseOverOtherBody, .promiseOverOtherIndex, .promiseOverOtherTime,
      .promiseOverOtherLog:
      .logPromiseInvalid
    case .proofMissing, .checkpointMissing: .logInclusionProofMissing
    case .proofOfAnotherEntry, .proofPathFlipped, .proofPathShort, .proofPathLong, .proofOtherIndex, .proofOtherRoot,
      .proofOtherSize, .checkpointOtherRoot, .checkpointOfSmallerTree:
      .logInclusionProofMismatch
    case .checkpointMalformed: .logCheckpointMalformed
    case .checkpointUnsigned, .checkpointByStranger, .checkpointSignatureFlipped, .checkpointOtherKeyID,
      .checkpointEdited, .checkpointOtherOrigin:
      .logCheckpointInvalid

    case .promisedTimeAfterCertificate, .promisedTimeBeforeCertificate, .timestampAfterCertificate:
      .certificateOutsideValidity
    case .timeInFuture: .timeInFuture
    case .timestampMissing: .timeMissing
    case .timestampTruncated, .timestampRejected: .timestampMalformed
    case .timestampOverOtherBytes: .timestampMismatch
    case .timestampByStranger, .timestampSignatureFlipped, .timestampDigestFlipped, .timestampNamesAnotherCertificate,
      .timestampPurposeNotCritical, .timestampOtherPurpose:
      .timestampInvalid
    case .timestampOfStrangerAuthority, .rootWithoutTimestampAuthority: .timestampAuthorityUnknown
    case .timestampAuthorityExpired, .rootTimestampAuthorityEnded, .rootTimestampAuthorityNotBegun:
      .timestampOutsideValidity

    case .rootMediaTypeUnknown, .rootLogWithoutStart: .trustRootMalformed
    case .rootWithoutAuthority: .certificateUntrusted
    case .rootAuthorityEnded, .rootAuthorityNotBegun: .certificateOutsideValidity
    // What a trust root does not name is not asked for.
    case .rootWithoutCertificateLog, .rootWithoutLog: nil
    case .rootCertificateLogEnded, .rootLogEnded, .rootLogNotBegun: .logKeyOutsideValidity
    }
  }

  /// The same for one shape.
  func reason(in shape: MiniatureShape) -> Reason? {
    let isTimestamped = !shape.request.timestamps.isEmpty
    switch self {
    case .checkpointUnsigned where shape.carried != .annotations && shape.request.log != .v2witnessed:
      // No line is left at all, and a note must have one.
      return .logCheckpointMalformed
    case .rootWithoutLog where !isTimestamped: return .timeMissing
    case .timestampOfStrangerAuthority where shape.isRekorVersion1,
      .rootWithoutTimestampAuthority where shape.isRekorVersion1:
      // The log says when, too.
      return nil
    default: break
    }
    switch shape.carried {
    case .annotations:
      let name = rawValue
      // A promise is all they hold; each of several signatures is a finding of its own; nothing is stated beside.
      if name.hasPrefix("proof") || name.hasPrefix("checkpoint") || name.hasPrefix("bundle") { return nil }
      if self == .envelopeTwoSignatures { return shape.request.log == .v1(.intoto001) ? nil : .logEntryMismatch }
      if self == .entryKindMismatch { return nil }
      if self == .promiseMissing { return .logPromiseInvalid }
    case .bundle(.v01):
      if self == .promiseMissing { return .logPromiseMissing }
      if self == .proofMissing || self == .checkpointMissing { return nil }
    case .bundle(.v03), .bundle(.v03parameter):
      // The chain is refused for its place before anybody looks into it.
      if self == .bundleChainWithRoot { return .bundleMalformed }
    case .bundle(.v02): break
    }
    return usualReason
  }
}
