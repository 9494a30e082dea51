/// One thing that is wrong, while everything around it is made again to fit: so that one check of a verifier is the
/// only one that can notice. The same value goes to `MiniatureSigstore.issue` and to `trustedRoot`, since some faults
/// lie in what is issued and some in what the trust root says of it.
package enum Spoil: String, Sendable, CaseIterable {
  // MARK: The signature and what it covers
  /// Made by another key of the same kind; logged and timestamped as it is.
  case signatureByStranger
  /// Its last bit flipped; logged and timestamped as it is.
  case signatureFlipped
  /// The envelope's payload changed after signing (white space); the log entry is about the changed one.
  case payloadEdited
  /// The envelope's payload type changed after signing, to the one that is usual.
  case payloadTypeEdited
  /// A good signature over a statement about another digest.
  case statementAboutAnother
  /// A payload type that is no in-toto statement, signed as it is.
  case payloadTypeForeign
  /// A second, equally good signature in the envelope.
  case envelopeTwoSignatures
  case envelopeWithoutSignature

  // MARK: The bundle
  case bundleMediaTypeUnknown
  case bundleChainEmpty
  /// Leaf, intermediate and root in a bundle, which only the trust root may supply.
  case bundleChainWithRoot
  /// Neither certificate nor key.
  case bundleWithoutMaterial

  // MARK: The certificate
  /// Signed by another key under the same issuer's name and key identifier.
  case certificateByImpostor
  case certificateSignatureFlipped
  /// EKU server authentication instead of code signing.
  case certificateOtherPurpose
  case certificateWithoutPurpose
  /// Key usage without digitalSignature.
  case certificateOtherKeyUsage
  case certificateUnknownCritical
  case certificateWithoutName
  case certificateTwoNames
  /// Neither 1.1 nor 1.8.
  case certificateWithoutIssuer
  /// The intermediate ended a day before signing.
  case intermediateExpired
  /// The intermediate's basic constraints say that it is none.
  case intermediateNotAnAuthority
  /// The intermediate's EKU is for something else.
  case intermediateOtherPurpose
  /// The intermediate's signature is not the root's.
  case intermediateByAnotherRoot

  // MARK: The certificate's log
  case certificateTimestampMissing
  /// By a log that the trust root does not know.
  case certificateTimestampByStranger
  case certificateTimestampFlipped
  /// Signed over a precertificate with another serial number.
  case certificateTimestampOverAnother
  /// Signed with the hash of the root's key instead of the issuer's.
  case certificateTimestampOtherIssuer

  // MARK: The log entry
  case entryMissing
  /// A whole good entry of a log that the trust root does not know.
  case entryOfStrangerLog
  /// A good entry about another artifact, signature or verifier.
  case entryOtherDigest
  case entryOtherSignature
  case entryOtherVerifier
  /// `kindVersion` names another kind than the body.
  case entryKindMismatch
  /// A kind, or a version, that nobody knows, in body and `kindVersion`.
  case entryKindUnknown
  case entryVersionUnknown
  /// The body is no JSON; logged and promised as it is.
  case entryBodyMalformed
  case entryIndexNegative

  // MARK: The promise (signed entry timestamp)
  case promiseMissing
  case promiseByStranger
  case promiseFlipped
  case promiseOverOtherBody
  case promiseOverOtherIndex
  case promiseOverOtherTime
  case promiseOverOtherLog

  // MARK: The inclusion proof
  case proofMissing
  /// Another leaf was put into the tree; the proof is good for that one.
  case proofOfAnotherEntry
  case proofPathFlipped
  case proofPathShort
  case proofPathLong
  case proofOtherIndex
  case proofNegativeIndex
  /// The bundle's `rootHash` is not the checkpoint's (which proves the entry).
  case proofOtherRoot
  /// The bundle's `treeSize` is not the checkpoint's (which proves the entry).
  case proofOtherSize

  // MARK: The checkpoint
  case checkpointMissing
  case checkpointMalformed
  /// No signature line of the log (cosignatures stay).
  case checkpointUnsigned
  case checkpointByStranger
  case checkpointSignatureFlipped
  /// A good signature under a key ID that is not the log's.
  case checkpointOtherKeyID
  /// A line added after signing.
  case checkpointEdited
  /// Another root, signed; the proof beside it says the same.
  case checkpointOtherRoot
  /// A tree that ends before the entry, signed; the proof beside it says the same.
  case checkpointOfSmallerTree
  /// Another origin, signed by the log's key under the log's key name.
  case checkpointOtherOrigin

  // MARK: Time
  /// The log's promised time lies an hour after the certificate's end.
  case promisedTimeAfterCertificate
  /// The log's promised time lies an hour before the certificate's begin.
  case promisedTimeBeforeCertificate
  /// Certificate, entry and timestamp are all of tomorrow.
  case timeInFuture
  case timestampMissing
  case timestampTruncated
  /// PKIStatus rejection, without a token.
  case timestampRejected
  case timestampOverOtherBytes
  /// Signed by another key under the authority's name.
  case timestampByStranger
  case timestampSignatureFlipped
  /// The messageDigest attribute is not the digest of the TSTInfo; signed as it is.
  case timestampDigestFlipped
  /// ESSCertIDv2 names the intermediate.
  case timestampNamesAnotherCertificate
  /// A whole good timestamp of an authority that the trust root does not know.
  case timestampOfStrangerAuthority
  /// genTime an hour after the certificate's end.
  case timestampAfterCertificate
  /// The authority's certificate has its EKU, not marked critical.
  case timestampPurposeNotCritical
  /// The authority's certificate is for code signing.
  case timestampOtherPurpose
  /// The authority's certificate ended a day before genTime.
  case timestampAuthorityExpired

  // MARK: The trust root
  case rootMediaTypeUnknown
  case rootWithoutAuthority
  case rootAuthorityEnded
  case rootAuthorityNotBegun
  case rootWithoutCertificateLog
  case rootCertificateLogEnded
  case rootWithoutLog
  case rootLogEnded
  case rootLogNotBegun
  /// `validFor` without `start`.
  case rootLogWithoutStart
  case rootWithoutTimestampAuthority
  case rootTimestampAuthorityEnded
  case rootTimestampAuthorityNotBegun
}

extension Spoil {
  /// What an entry says of itself, after it was logged and promised.
  func alter(_ entry: inout IssuedEntry) {
    switch self {
    case .entryKindMismatch: entry.kind = entry.kind == "hashedrekord" ? "dsse" : "hashedrekord"
    case .entryIndexNegative: entry.logIndex = -1
    case .proofOtherIndex: entry.proof?.logIndex -= 1
    case .proofNegativeIndex: entry.proof?.logIndex = -1
    case .proofOtherRoot: entry.proof?.root[0] ^= 1
    case .proofOtherSize: entry.proof?.size += 1
    default: break
    }
  }

  /// The body in place of the good one, before it is logged.
  func alteredBody(_ body: [UInt8]) -> [UInt8] {
    func replacing(_ old: String, _ new: String) -> [UInt8] {
      let old = Array(old.utf8)
      guard let at = body.indices.first(where: { body[$0...].starts(with: old) }) else { return body }
      return body[..<at] + Array(new.utf8) + body[(at + old.count)...]
    }
    switch self {
    case .entryBodyMalformed: return Array("{\"apiVersion\":".utf8)
    case .entryKindUnknown:
      return body.withKind { replacing("\"kind\":\"\($0)\"", "\"kind\":\"unheardof\"") }
    case .entryVersionUnknown:
      return body.withVersion { replacing("\"apiVersion\":\"\($0)\"", "\"apiVersion\":\"9.9.9\"") }
    default: return body
    }
  }
}

extension [UInt8] {
  fileprivate func withKind(_ body: (String) -> [UInt8]) -> [UInt8] { body(member("kind")) }
  fileprivate func withVersion(_ body: (String) -> [UInt8]) -> [UInt8] { body(member("apiVersion")) }

  /// The text of a string member of a body that we wrote ourselves.
  private func member(_ key: String) -> String {
    let mark = Array("\"\(key)\":\"".utf8)
    guard let at = indices.first(where: { self[$0...].starts(with: mark) }) else { return "" }
    return String(decoding: self[(at + mark.count)...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
  }
}
