import FoundationEssentials
import Testing

@Suite struct HouseRuleTests {
  /// Near 120 is the habit; this is where a file must be thought over.
  static let longestFile = 400
  /// One exhaustive table: in parts, the compiler could not tell whether a reason lacks its words.
  static let tables: Set = ["Sources/Formats/Reasons/ReasonTable.swift"]

  @Test func filesStayShort() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") + SourceTree.swiftFiles(under: "Tests")
    where !Self.tables.contains(file.path) {
      #expect(file.lines.count <= Self.longestFile, "\(file.path) has \(file.lines.count) lines")
    }
  }

  /// Pointers are for the floor that faces C, and for the cursor.
  static let mayBeUnsafe = ["Sources/System/", "Sources/Formats/Octets/", "Sources/Confinement/Sandbox/"]

  @Test func unsafeCodeStaysBelow() throws {
    for file in try SourceTree.swiftFiles(under: "Sources")
    where !Self.mayBeUnsafe.contains(where: { file.path.hasPrefix($0) }) {
      for (number, line) in file.lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        let found = [" Unsafe", "(Unsafe", "[Unsafe", "withUnsafe", "unsafeBitCast", "(unsafe)", "@unchecked"]
          .first { line.contains($0) }
        #expect(found == nil, "\(file.path):\(number + 1) uses \(found ?? "")")
      }
    }
  }

  /// The API is the command line and the formats: nothing is public.
  @Test func nothingIsPublic() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") {
      for (number, line) in file.lines.enumerated() {
        let word = line.split(separator: " ").first
        #expect(
          word != "public" && !line.contains("open class") && !line.contains("open func"),
          "\(file.path):\(number + 1) is public")
      }
    }
  }

  /// Findings carry digests from the prover to the keeper. Readings carry those of what the reader alone had: the whole
  /// medium, files that frame what is proven, evidence that nobody here verifies.
  static let mayHandOver = ["Sources/System/Cryptography/", "Sources/Formats/Findings/", "Sources/Formats/Readings/"]

  /// A computed digest is proof that somebody hashed. Only these carry it from one part of the program to another.
  @Test func computedDigestsAreHandedOverWithFindingsAndReadingsAlone() throws {
    for file in try SourceTree.swiftFiles(under: "Sources")
    where !Self.mayHandOver.contains(where: { file.path.hasPrefix($0) }) {
      #expect(!file.lines.contains { $0.contains("handedOver:") }, "\(file.path) makes a digest that nobody computed")
    }
  }

  @Test func topLevelIsTheListedOne() throws {
    let expected: Set = [
      "Package.swift", "Sources", "Tests", "trust-bundles", "image-build", "docs", "README.md", "LICENSE", "Makefile",
    ]
    let names = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root)
    #expect(Set(names.filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }) == expected)
  }

  /// Nothing of tests is linked into the appliance: no source imports a test support module.
  @Test func testSupportStaysOutside() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") {
      #expect(!file.imports.contains("MiniatureSigstore") && !file.imports.contains("TestSupport"), "\(file.path)")
    }
  }
}
