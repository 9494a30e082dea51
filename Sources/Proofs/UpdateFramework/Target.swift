import Cryptography
package import Octets
package import Reasons
package import TUFMetadata

/// A file that a role of the repository, which may speak of it, vouches for. Only a search makes one.
package struct Target: Hashable, Sendable {
  package let path: TargetPath
  /// Who says so.
  package let role: RoleName
  package let file: TargetFile
  private let isConsistent: Bool

  init(path: TargetPath, role: RoleName, file: TargetFile, isConsistent: Bool) {
    self.path = path
    self.role = role
    self.file = file
    self.isConsistent = isConsistent
  }

  /// Names below the repository's `targets` under which the file may lie, UTF-8: `dir/<hash>.name` for each digest where
  /// snapshots are consistent (§6.2), otherwise the path itself.
  /// - Throws: `tuf.unsafe-path` where a segment is empty, `.` or `..`, or holds a NUL.
  package func storedNames() throws(Failure) -> [[UInt8]] {
    var segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isPlain = segments.allSatisfy { segment in
      !segment.isEmpty && !segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8) && !segment.contains(0)
    }
    guard isPlain, let last = segments.popLast() else { throw Failure(.tufUnsafePath, "\(path)") }
    guard isConsistent else { return [path.utf8] }
    return file.claim.digests.map { digest in
      Array((segments + [Array("\(digest.hex).".utf8) + last]).joined(separator: [UInt8(ascii: "/")]))
    }
  }
}

extension Target {
  /// That a file of which all bytes passed by somebody who hashed them is the target.
  /// - Parameter sha256: as they say; compared again where its bytes are used.
  /// - Throws: `tuf.length-mismatch`, `tuf.hash-mismatch`; `tuf.hash-unsupported` where it is not named by SHA-256.
  package func verify(length: UInt64, _ sha256: ClaimedDigest) throws(Failure) {
    guard Int64(exactly: length) == file.length else {
      throw Failure(.tufLengthMismatch, "\(path)", "\(length) bytes, where \(file.length) are signed for")
    }
    guard let claimed = file.claim.digests.first(where: { $0.algorithm == .sha256 }) else {
      throw Failure(.tufHashUnsupported, "\(path)", "it is not named by its SHA-256")
    }
    guard claimed == sha256 else { throw Failure(.tufHashMismatch, "\(path)", "not \(claimed)") }
  }
}

/// §5.7: takes a target's bytes as they come, never more than are signed for, and says at the end whether they are it.
package struct TargetVerifier: ~Copyable {
  private let target: Target
  private var left: Int64
  private var short = Digester(.sha256)
  private var middle = Digester(.sha384)
  private var long = Digester(.sha512)

  /// - Throws: `tuf.hash-unsupported`
  package init(_ target: Target) throws(Failure) {
    guard !target.file.claim.digests.isEmpty else { throw Failure(.tufHashUnsupported, "\(target.path)") }
    self.target = target
    left = target.file.length
  }

  /// - Throws: `tuf.length-mismatch` as soon as there is one byte too many.
  package mutating func update(_ bytes: ArraySlice<UInt8>) throws(Failure) {
    guard Int64(bytes.count) <= left else {
      throw Failure(.tufLengthMismatch, "\(target.path)", "more than the \(target.file.length) bytes signed for")
    }
    left -= Int64(bytes.count)
    for algorithm in Set(target.file.claim.digests.map(\.algorithm)) {
      switch algorithm {
      case .sha256: short.update(bytes)
      case .sha384: middle.update(bytes)
      case .sha512: long.update(bytes)
      }
    }
  }

  /// - Throws: `tuf.length-mismatch`, `tuf.hash-mismatch`
  package consuming func finish() throws(Failure) -> VerifiedTarget {
    let target = target
    guard left == 0 else {
      throw Failure(.tufLengthMismatch, "\(target.path)", "\(left) of \(target.file.length) bytes are absent")
    }
    let computed = [short.finish(), middle.finish(), long.finish()]
    for claimed in target.file.claim.digests {
      guard computed.contains(where: { claimed == $0 }) else {
        throw Failure(.tufHashMismatch, "\(target.path)", "not \(claimed)")
      }
    }
    return VerifiedTarget(target: target)
  }
}

/// A target whose bytes were seen, all of them.
package struct VerifiedTarget: Hashable, Sendable {
  package let target: Target

  fileprivate init(target: Target) { self.target = target }
}
