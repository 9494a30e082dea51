/// What a snapshot that was written holds, for people.
package struct MadeSnapshot: Sendable {
  package struct Log: Sendable {
    package let origin: [UInt8]
    package let size: UInt64
    /// Sizes of the earlier heads that are carried.
    package let earlier: [UInt64]
    package let entries: Int
    package let tiles: Int
  }

  package let logs: [Log]
  package let files: Int
  /// Without the tar's headers.
  package let bytes: Int64
  package let signaturesVerified: Bool
}
