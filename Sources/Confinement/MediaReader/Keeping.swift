/// Decides which contents stay in memory, in the archive's order, so that one medium always gives one answer.
struct Keeping {
  /// Bytes at the start of a file that the decision looks at.
  static let peek = 512

  private let limits: MediaLimits
  private var kept: UInt64 = 0

  init(_ limits: MediaLimits) { self.limits = limits }

  enum Decision: Equatable {
    case keep
    case omit(Medium.Omission)
    /// The file describes the layout, and cannot be kept: nothing could be said about the medium.
    case refuse
  }

  /// - Parameter start: the first `min(size, peek)` bytes.
  mutating func decide(name: [UInt8], size: UInt64, start: ArraySlice<UInt8>) -> Decision {
    if Self.describesLayout(name) { return size <= limits.keptEntryBytes ? .keep : .refuse }
    if let passing = limits.passingBy, name.starts(with: passing) { return .omit(.notOfInterest) }
    guard limits.keepsEverything || Self.mayBeJSON(start) || Self.isEvidence(name) else { return .omit(.notOfInterest) }
    guard size <= limits.keptEntryBytes, size <= limits.keptTotalBytes - kept else { return .omit(.tooLargeToKeep) }
    kept += size
    return .keep
  }

  /// Files at the root that say what the rest is; few, so they have no share in the common bound.
  private static func describesLayout(_ name: [UInt8]) -> Bool {
    ["index.json", "manifest.json", "oci-layout", "version", "repositories"].contains { name.elementsEqual($0.utf8) }
  }

  /// skopeo's `signature-1` and so on begin with a NUL (containers/image, internal/signature).
  private static func isEvidence(_ name: [UInt8]) -> Bool { name.starts(with: "signature-".utf8) }

  /// Whether the first byte that is no JSON whitespace opens an object or array. All whitespace: perhaps.
  private static func mayBeJSON(_ start: ArraySlice<UInt8>) -> Bool {
    guard let first = start.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) else { return !start.isEmpty }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }
}
