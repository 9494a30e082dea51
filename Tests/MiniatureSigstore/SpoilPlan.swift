extension Spoil {
  /// Whether this fault can show in what such a request makes, so that tests can go through all of them:
  /// `for spoil in Spoil.allCases where spoil.applies(to: request)`.
  package func applies(to request: SigningRequest) -> Bool {
    let isKeyless = if case .certificate = request.material { true } else { false }
    let isKey = if case .key = request.material { true } else { false }
    let isV1 = if case .v1 = request.log { true } else { false }
    let isLogged = request.log != .none
    let isTimestamped = !request.timestamps.isEmpty
    let isEnvelope = if case .message = request.content { false } else { true }
    let isStatement = if case .statement = request.content { true } else { false }
    switch self {
    case .signatureByStranger, .signatureFlipped, .bundleMediaTypeUnknown, .bundleWithoutMaterial,
      .rootMediaTypeUnknown:
      return true
    case .payloadEdited, .payloadTypeEdited, .envelopeTwoSignatures, .envelopeWithoutSignature: return isEnvelope
    case .statementAboutAnother, .payloadTypeForeign: return isStatement
    case .bundleChainEmpty, .bundleChainWithRoot: return !isKey
    case .certificateByImpostor, .certificateSignatureFlipped, .certificateOtherPurpose, .certificateWithoutPurpose,
      .certificateOtherKeyUsage, .certificateUnknownCritical, .certificateWithoutName, .certificateTwoNames,
      .certificateWithoutIssuer, .intermediateExpired, .intermediateNotAnAuthority, .intermediateOtherPurpose,
      .intermediateByAnotherRoot, .certificateTimestampMissing, .certificateTimestampByStranger,
      .certificateTimestampFlipped, .certificateTimestampOverAnother, .certificateTimestampOtherIssuer,
      .rootWithoutAuthority, .rootAuthorityEnded, .rootAuthorityNotBegun, .rootWithoutCertificateLog,
      .rootCertificateLogEnded:
      return isKeyless
    case .entryMissing, .entryOfStrangerLog, .entryOtherDigest, .entryOtherVerifier, .entryKindMismatch,
      .entryKindUnknown, .entryVersionUnknown, .entryBodyMalformed, .entryIndexNegative, .proofMissing,
      .proofOfAnotherEntry, .proofPathFlipped, .proofPathShort, .proofPathLong, .checkpointMissing,
      .checkpointMalformed, .checkpointUnsigned, .checkpointByStranger, .checkpointSignatureFlipped,
      .checkpointOtherKeyID, .checkpointEdited, .checkpointOtherRoot, .checkpointOfSmallerTree,
      .checkpointOtherOrigin, .rootWithoutLog, .rootLogEnded, .rootLogNotBegun, .rootLogWithoutStart:
      return isLogged
    case .entryOtherSignature: return isLogged && request.log != .v1(.intoto001)
    case .promiseMissing:
      // Elsewhere something else says when, or nothing needs to.
      return isV1 && isKeyless && !isTimestamped
    case .promiseByStranger, .promiseFlipped, .promiseOverOtherBody, .promiseOverOtherIndex,
      .promiseOverOtherTime, .promiseOverOtherLog, .proofOtherIndex, .proofNegativeIndex, .proofOtherRoot,
      .proofOtherSize:
      // Rekor v2 has no promise, and its clients read index, size and root elsewhere.
      return isV1
    case .promisedTimeAfterCertificate, .promisedTimeBeforeCertificate: return isV1 && isKeyless
    case .timeInFuture: return isKeyless && (isLogged || isTimestamped)
    case .timestampMissing: return isTimestamped && !isV1 && !isKey
    case .timestampTruncated, .timestampRejected, .timestampOverOtherBytes, .timestampByStranger,
      .timestampSignatureFlipped, .timestampDigestFlipped, .timestampNamesAnotherCertificate,
      .timestampOfStrangerAuthority, .timestampPurposeNotCritical, .timestampOtherPurpose,
      .timestampAuthorityExpired, .rootWithoutTimestampAuthority, .rootTimestampAuthorityEnded,
      .rootTimestampAuthorityNotBegun:
      return isTimestamped
    case .timestampAfterCertificate: return isTimestamped && isKeyless
    }
  }
}
