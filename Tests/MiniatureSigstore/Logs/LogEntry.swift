/// A log entry as a bundle carries it. Every part can be changed after it was issued.
package struct IssuedEntry: Sendable {
  package struct Proof: Sendable {
    package var logIndex: Int64
    package var root: [UInt8]
    package var size: UInt64
    package var hashes: [[UInt8]]
    /// The whole signed note; nil leaves the member out.
    package var checkpoint: String?
  }

  package var logIndex: Int64
  package var logID: [UInt8]
  package var kind: String
  package var version: String
  /// Unix seconds; nil for Rekor v2.
  package var integratedTime: Int64?
  /// The signed entry timestamp.
  package var promise: [UInt8]?
  package var proof: Proof?
  package var body: [UInt8]

  /// protobuf-specs `TransparencyLogEntry`.
  package var json: JSONText {
    .present(
      ("logIndex", .string(String(logIndex))),
      ("logId", ["keyId": .base64(logID)]),
      ("kindVersion", ["kind": .string(kind), "version": .string(version)]),
      ("integratedTime", integratedTime.map { .string(String($0)) }),
      ("inclusionPromise", promise.map { ["signedEntryTimestamp": .base64($0)] }),
      ("inclusionProof", proof?.json),
      ("canonicalizedBody", .base64(body)))
  }

  /// cosign's `dev.sigstore.cosign/bundle`.
  package var cosignBundle: JSONText {
    [
      "SignedEntryTimestamp": promise.map { .base64($0) } ?? "",
      "Payload": [
        "body": .base64(body), "integratedTime": .number(integratedTime ?? 0), "logIndex": .number(logIndex),
        "logID": .string(hexText(logID)),
      ],
    ]
  }
}

extension IssuedEntry.Proof {
  var json: JSONText {
    .present(
      ("logIndex", .string(String(logIndex))),
      ("rootHash", .base64(root)),
      ("treeSize", .string(String(size))),
      ("hashes", .array(hashes.map { .base64($0) })),
      ("checkpoint", checkpoint.map { ["envelope": .string($0)] }))
  }
}
