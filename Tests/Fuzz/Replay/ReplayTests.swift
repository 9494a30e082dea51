import FoundationEssentials
import FuzzInvariants
import TestSupport
import Testing

/// Every seed, and every input that once broke something, through its format's invariants.
@Suite struct ReplayTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path

  private static func inputs(_ folder: String) throws -> [(name: String, bytes: [UInt8])] {
    let path = "\(root)/\(folder)"
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { !$0.hasPrefix(".") }.map {
      name in
      (name, [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)"))))
    }
  }

  /// Seeds that begin with `bad-` are refused; others are taken, so that the invariants of what is taken are looked at.
  @Test(arguments: Format.allCases) func seeds(_ format: Format) throws {
    let seeds = try Self.inputs("Seeds/\(format.rawValue)")
    #expect(!seeds.isEmpty, "\(format.rawValue) has no seed")
    for (name, bytes) in seeds {
      do {
        let isTaken = try format.check(bytes)
        #expect(isTaken == !name.hasPrefix("bad-"), "\(format.rawValue)/\(name)")
      } catch let broken as Broken {
        Issue.record("\(format.rawValue)/\(name): \(broken)")
      }
    }
  }

  @Test(arguments: Format.allCases) func crashers(_ format: Format) throws {
    for (name, bytes) in try Self.inputs("Crashers/\(format.rawValue)") {
      do { _ = try format.check(bytes) } catch let broken as Broken {
        Issue.record("\(format.rawValue)/\(name): \(broken)")
      }
    }
  }
}
