import FoundationEssentials
import FuzzInvariants
import TestSupport
import Testing

/// Each format has all that belongs to it: a target that names it, a row in the package, seeds that are taken and one
/// that is refused, and a dictionary.
@Suite struct TargetTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  @Test func foldersAndFormatsAgree() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root).filter { $0.hasSuffix("Fuzz") }
    #expect(Set(folders) == Set(Format.allCases.map { "\($0.rawValue)Fuzz" }))
    let package = try Self.text(Self.root + "/../../Package.swift")
    let list = package.split(separator: "let fuzzed = [", maxSplits: 1).last?.split(separator: "]").first ?? ""
    let named = list.split { $0 == "," || $0.isWhitespace }.map { String($0.dropFirst().dropLast()) }
    #expect(named.sorted() == Format.allCases.map(\.rawValue).sorted())
  }

  @Test(arguments: Format.allCases) func hasItsParts(_ format: Format) throws {
    let name = format.rawValue
    let target = try Self.text("\(Self.root)/\(name)Fuzz/Target.swift")
    #expect(target.contains("fuzz(start, count, .\(format))"), "\(name)Fuzz fuzzes another format")
    #expect(try !Self.text("\(Self.root)/Dictionaries/\(name).dict").isEmpty)
    let seeds = try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/Seeds/\(name)")
    #expect(seeds.contains { !$0.hasPrefix("bad-") } && seeds.contains { $0.hasPrefix("bad-") }, "\(name): \(seeds)")
  }
}
