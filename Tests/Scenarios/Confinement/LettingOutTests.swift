import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// A disk that takes the copy of a medium, and not its images a second time.
struct LettingOutTests {
  private struct Answer: Decodable {
    struct Out: Decodable {
      let digest: String
      let manifest: String?
      let names: [String]?
      let trouble: String?
    }
    struct Archive: Decodable {
      let archive: String
      let verdict: String
      let letOut: [Out]
    }
    let verdict: String
    let archives: [Archive]
    let leftThere: [[String: String]]
  }

  /// Between the copy and the letting out, while a prover is at work, nobody clears the quarantine.
  @Test func nothingIsClearedBeforeTheVerdict() throws {
    let site = try Site()
    let result = try run(
      [
        "sh", "-c",
        """
        "$liar" import "$archive" --key "$key" --state "$store" --patience 15 > /dev/null 2>&1 &
        until ls "$store"/quarantine/media/*.json > /dev/null 2>&1; do sleep 0.05; done
        "$tool" quarantine gc --state "$store" 2>&1; echo "status $?"
        wait
        "$tool" quarantine gc --state "$store" > /dev/null && echo cleared
        """,
      ],
      environment: [
        "store": site.store, "tool": Products.path("assay"), "archive": site.archive, "key": site.key,
        "liar": try LyingRoleTests.liar("prover-hang", in: site.stick), "HOME": site.stick.path,
      ])
    #expect(result.output.contains("works in the quarantine") && result.output.contains("status 1"), "\(result)")
    #expect(result.output.hasSuffix("cleared\n"), "\(result)")
  }

  /// What was judged under the operator's name goes by that name: the archive's asked for rules that nobody looked at.
  @Test func whatTheOperatorCallsAnImageItIsCalledThere() throws {
    let assay = try Assay()
    #expect(try assay.run(["init", "--tpm", "software"]).status == 0)
    let folder = try TemporaryFolder()
    let (archive, key, _) = try Self.signed(layerSize: 2000, in: folder)
    func names(_ arguments: [String]) throws -> [String]? {
      let result = try assay.run(["import", "--json", archive, "--key", key] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode(Answer.self, from: Data(result.stdout)).archives[0].letOut[0].names
    }
    #expect(try names([]) == ["v1"])
    #expect(try names(["--as", "plant.example/line/app:7", "--fresh"]) == ["plant.example/line/app:7"])
    // Known by now.
    #expect(try names(["--as", "plant.example/line/app:7"]) == ["plant.example/line/app:7"])
    // A name that no layout holds: it gets none.
    #expect(try names(["--as", "two words"]) == [])
  }

  /// An archive with an image called v1, and the key that signed it.
  private static func signed(
    layerSize: Int, in folder: TemporaryFolder
  ) throws -> (archive: String, key: String, image: SampleImage) {
    let signer = SampleKey()
    let image = SampleImage.make(
      seed: 1, platforms: [.linuxAMD64], layerSize: layerSize, carriesForeignLayers: false, buildKitAttestations: false)
    let request = SigningRequest(.message(image.simpleSigningPayload()), as: .key(signer))
    let carried = CarriedImage(
      image, [.signature(MiniatureSigstore(seed: 5).issue(request))], tag: "v1")
    let archive = folder.path("good.tar")
    try Packing.tar.write(MediumForm.orasBackupAllTags.entries(carried), to: archive, style: .plain)
    return (archive, try folder.write("signer.pub", Array(signer.publicPEM.utf8)), image)
  }

  /// The verdict stands and is told, with what it lacks; the next import, with room, lets the image out.
  @Test(.enabled(if: FullDisk.isPossible, Comment(rawValue: FullDisk.absence)))
  func whatTheDiskDoesNotTakeIsToldAndLetOutLater() throws {
    let assay = try Assay()
    #expect(try assay.run(["init", "--tpm", "software"]).status == 0)
    let folder = try TemporaryFolder()
    let (archive, key, image) = try Self.signed(layerSize: 8_000_000, in: folder)
    let kibibytes = try readFile(archive).count / 1024
    // Of the disk: the reserve of 64 MiB, the copy, and half of what a second one takes.
    let result = try run(
      [
        "unshare", "-rm", "sh", "-c",
        """
        mkdir "$home/disk"; disk="$home/disk"
        mount -t tmpfs -o size=256m tmpfs "$disk" && cp -a "$store/." "$disk/" || exit 90
        cat /dev/zero > "$disk/filler" 2> /dev/null
        truncate -s "-\(65_536 + kibibytes * 3 / 2)K" "$disk/filler"
        "$tool" import "$archive" --key "$key" --state "$disk" --json > "$home/first" 2> "$home/words"
        echo $? > "$home/status"
        "$tool" import "$archive" --key "$key" --state "$disk" > "$home/told" 2> /dev/null
        rm "$disk/filler"
        "$tool" import "$archive" --key "$key" --state "$disk" --json > "$home/second" || exit 91
        "$tool" verify "$disk/admitted" --key "$key" || exit 92
        """,
      ],
      environment: [
        "store": assay.storeFolder, "home": folder.path, "tool": Products.path("assay"), "archive": archive,
        "key": key, "HOME": folder.path,
      ])
    #expect(result.status == 0, "\(result.errors)")
    func text(_ name: String) throws -> String { String(decoding: try readFile(folder.path(name)), as: UTF8.self) }
    func answer(_ name: String) throws -> Answer {
      try JSONDecoder().decode(Answer.self, from: Data(readFile(folder.path(name))))
    }

    let first = try answer("first")
    #expect(try text("status") == "1\n" && first.verdict == "incomplete" && first.leftThere.isEmpty)
    let out = try #require(first.archives.first?.letOut.first)
    #expect(first.archives[0].verdict == "admit" && out.digest == image.digest && out.manifest == nil)
    #expect(out.trouble?.contains("more bytes") == true)
    let words = try text("words")
    #expect(words.contains("disk.full: ") && !words.contains("not taken in"), "\(words)")
    #expect(try text("told").contains("not let out  \(image.digest): the disk takes"))
    let second = try answer("second")
    #expect(second.verdict == "admit" && second.archives[0].letOut.map(\.manifest) == [image.digest])
  }
}
