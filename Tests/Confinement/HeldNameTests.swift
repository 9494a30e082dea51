import Cryptography
import Octets
import Reasons
import TestSupport
import Testing

@testable import MediaReader

/// Names, digests and contents come out as they went in, however they are held.
struct HeldNameTests {
  private static let hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef"

  static let names = [
    "blobs/sha256/\(hex)0", "blobs/sha256/\(hex)", "blobs/sha256/\(hex)00", "blobs/sha256/\(hex)g",
    "blobs/sha256/\(hex)A", "blobs/sha512/\(hex)0", "Blobs/sha256/\(hex)0", "\(hex)0", "a", "é",
  ]

  @Test(arguments: names) func aPackedNameComesOutAsItWentIn(name: String) {
    let packed = PackedName.pack(bytes(name))
    #expect(PackedName.unpack(packed[...]) == bytes(name))
    // That of a blob alone is packed.
    #expect(name == Self.names[0] ? packed.count == 33 : packed == bytes(name))
  }

  @Test func packedNamesHaveTheOrderOfNames() {
    let names = Self.names + ["blobs/sha256/f\(Self.hex)", "blobs/sha256/9\(Self.hex)", "blobs/sha256", "zebra"]
    for one in names.map(bytes) {
      for other in names.map(bytes) {
        let precedes = PackedName.precedes(PackedName.pack(one)[...], PackedName.pack(other)[...])
        #expect(precedes == one.lexicographicallyPrecedes(other))
      }
    }
  }

  /// The same blob's name in capitals is one name with it on some systems, whichever comes first.
  @Test(arguments: [false, true]) func aPackedNameIsConfusable(isReversed: Bool) throws {
    let pair = ["blobs/sha256/\(Self.hex)a", "blobs/sha256/\(Self.hex)A"]
    let archive = TarWriter.archive { for name in isReversed ? pair.reversed() : pair { $0.file(name) } }
    #expect(try Route.file.complaints(archive).map(\.reason) == [.archiveConfusableName])
  }

  @Test func aPackedNameIsADuplicate() throws {
    let archive = TarWriter.archive { for _ in 0..<2 { $0.file(Self.names[0]) } }
    #expect(try Route.file.complaints(archive).map(\.reason) == [.archiveDuplicateEntry])
  }

  @Test func runsOfBytesOfAnyLengthComeOut() {
    var store = ByteStore()
    var runs: [(place: ByteStore.Place, bytes: [UInt8])] = []
    for count in [0, 1, 33, 8191, 8192, 8193, 65_535, 65_536, 65_537, 200_000] {
      for number in 0..<20 {
        let run = [UInt8](repeating: UInt8(number), count: count)
        runs.append((store.add(run), run))
      }
    }
    for (place, run) in runs { #expect(store.bytes(place, run.count) == run) }
    // A short run behind a long one goes where short ones go.
    for (place, run) in runs where run.count <= 8192 { #expect(Array(store.run(place, run.count)) == run) }
  }

  /// Of a blob that is what its name says no digest is held; of every other file its own comes out, not the stated one.
  @Test(arguments: Route.allCases) func aDigestIsThatOfTheContentsWhateverTheNameStates(route: Route) throws {
    let contents = ["what it is", "altered", "elsewhere"].map(bytes)
    let stated = Hex.encode(digest(contents[0]).bytes)
    let names = ["blobs/sha256/\(stated)", "blobs/sha256/\(Self.hex)0", stated]
    let archive = TarWriter.archive { for (name, contents) in zip(names, contents) { $0.file(bytes(name), contents) } }
    let entries = try route.read(archive).entries
    #expect(entries.map { String(decoding: $0.name, as: UTF8.self) } == names)
    #expect(entries.map(\.digest) == contents.map { digest($0) })
  }

  @Test(arguments: Route.allCases) func contentsAndDigestsOfEverySizeComeOut(route: Route) throws {
    let contents = [2, 100, 8191, 8193, 70_000, 3].map { "{" + String(repeating: "x", count: $0 - 2) + "}" }.map(bytes)
    let archive = TarWriter.archive {
      for (number, contents) in contents.enumerated() {
        $0.file(bytes("blobs/sha\(number % 2 == 0 ? 512 : 256)/\(number)"), contents)
      }
    }
    let medium = try route.read(archive)
    #expect(medium.entries.map(\.contents) == contents)
    #expect(
      medium.entries.enumerated().allSatisfy { $1.digest == digest(contents[$0], $0 % 2 == 0 ? .sha512 : .sha256) })
  }
}
