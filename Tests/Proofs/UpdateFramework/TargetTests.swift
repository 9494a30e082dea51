import MiniatureSigstore
import Octets
import Reasons
import StrictJSON
import TUFMetadata
import Testing
import UpdateFramework

@Suite struct TargetTests {
  static let contents = Array("some contents, in pieces".utf8)

  static func target(
    _ path: String = "d/a.txt", isConsistent: Bool = true, _ edit: @escaping (JSON) -> JSON = { $0 }
  ) throws -> Target {
    let repository = SampleRepository {
      $0.isConsistent = isConsistent
      $0.targets["targets"] = [path: contents]
      $0.edits["targets"] = { $0.changing("targets", path, to: edit($0["targets"]?[path] ?? .null)) }
    }
    var update = try repository.refreshed()
    return try update.target(TargetPath(path))
  }

  static func refused(_ bytes: [UInt8], _ edit: @escaping (JSON) -> JSON = { $0 }) throws -> Reason? {
    let target = try target("d/a.txt", edit)
    return refusal {
      var verifier = try TargetVerifier(target)
      for start in stride(from: 0, to: bytes.count, by: 5) {
        try verifier.update(bytes[start..<min(start + 5, bytes.count)])
      }
      let verified = try verifier.finish()
      #expect(verified.target == target)
    }
  }

  @Test func bytes() throws {
    #expect(try Self.refused(Self.contents) == nil)
    #expect(try Self.refused(Self.contents + [0]) == .tufLengthMismatch)
    #expect(try Self.refused(Self.contents.dropLast()) == .tufLengthMismatch)
    #expect(try Self.refused([0] + Self.contents.dropFirst()) == .tufHashMismatch)
  }

  /// Every digest that is stated must hold, not one of them.
  @Test(arguments: ["sha256", "sha512"]) func everyDigest(_ algorithm: String) throws {
    let wrong = String(repeating: "00", count: algorithm == "sha256" ? 32 : 64)
    #expect(
      try Self.refused(Self.contents) { $0.changing("hashes", algorithm, to: .text(wrong)) } == .tufHashMismatch)
    #expect(try Self.refused(Self.contents) { $0.changing("hashes", algorithm, to: nil) } == nil)
  }

  @Test func unknownDigests() throws {
    #expect(try Self.refused(Self.contents) { $0.changing("hashes", to: ["md5": "00"]) } == .tufHashUnsupported)
    #expect(try Self.refused(Self.contents) { $0.changing("hashes", "md5", to: "00") } == nil)
  }

  @Test func tooLongIsSeenAtOnce() throws {
    let target = try Self.target()
    var verifier = try TargetVerifier(target)
    try verifier.update(Self.contents[...])
    var reason: Reason?
    do { try verifier.update([0]) } catch { reason = error.reason }
    #expect(reason == .tufLengthMismatch)
  }

  @Test func storedNames() throws {
    func names(_ path: String, _ isConsistent: Bool) throws -> [String] {
      try Self.target(path, isConsistent: isConsistent).storedNames().map { String(decoding: $0, as: UTF8.self) }
    }
    let short = hexText(sha256(Self.contents))
    let long = hexText(SampleHash.sha512(Self.contents))
    #expect(try names("a", true) == ["\(short).a", "\(long).a"])
    #expect(try names("b/c/a", true) == ["b/c/\(short).a", "b/c/\(long).a"])
    #expect(try names("b/c/a", false) == ["b/c/a"])
  }

  @Test(arguments: ["/a", "../a", "a/../b", "a/..", "a//b", "a/", ".", "a/./b", "a\u{0}b"])
  func unsafePaths(_ path: String) throws {
    for isConsistent in [true, false] {
      let target = try Self.target(path, isConsistent: isConsistent)
      #expect(refusal { _ = try target.storedNames() } == .tufUnsafePath)
    }
  }

  @Test func custom() throws {
    #expect(try Self.target { $0.changing("custom", to: ["a": 1]) }.file.custom == ["a": 1])
  }
}
