import MiniatureSigstore
import TestSupport
import Testing

/// A disk that somebody else fills while `assay import` copies: there was room when that was asked.
struct FillingDiskTests {
  /// So many that their copy takes a while: until then the disk is full.
  private static let extras = 12_000

  /// Told as what it is, with no verdict and nothing let out; with room the copy goes on where it ended.
  @Test(.enabled(if: FullDisk.isPossible, Comment(rawValue: FullDisk.absence)))
  func theCopyGoesOnWhereTheDiskEndedIt() throws {
    let site = try Site()
    let image = SampleImage.make(seed: 7, layerSize: 5000)
    let signer = SampleKey(.p256)
    let issued = MiniatureSigstore(seed: 7).issue(
      SigningRequest(.message(image.simpleSigningPayload()), as: .key(signer)))
    var bytes = SeededBytes(seed: 7)
    let extras = (0..<Self.extras).map { MediumEntry("extra/\($0)", bytes.bytes(4096)) }
    let archive = site.stick.path("large.tar")
    try Packing.tar.write(
      extras + MediumForm.cosignSave.entries(CarriedImage(image, [.signature(issued)])), to: archive, style: .plain)
    let result = try run(
      [
        "unshare", "-rm", "sh", "-c",
        """
        mkdir "$home/disk"; disk="$home/disk"
        mount -t tmpfs -o size=256m tmpfs "$disk" && cp -a "$store/." "$disk/" || exit 90
        "$tool" import "$archive" --key "$key" --state "$disk" > "$home/answer" 2> "$home/words" &
        import=$!
        # Once some contents are whole, and many are to come.
        while set -- "$disk"/quarantine/incoming/*/blobs/sha256/*; [ $# -lt 500 ]; do
          kill -0 $import 2> /dev/null || exit 91
        done
        cat /dev/zero > "$disk/filler" 2> /dev/null
        # Room for what the store itself writes.
        truncate -s -1024K "$disk/filler"
        wait $import; echo "status $?"
        ls "$disk/quarantine/incoming" | grep -E '^[0-9a-f]{16}$' > "$home/left" || exit 92
        ls "$disk/quarantine/blobs/sha256" "$disk/quarantine/media" "$disk/admitted/blobs/sha256" 2> /dev/null |
          grep -E '[0-9a-f]{16}' && exit 93
        left="$disk/quarantine/incoming/$(cat "$home/left")"
        ls "$left" | grep -F .part && exit 94
        (cd "$left/blobs/sha256" && for name in *; do echo "$name  $name"; done | sha256sum --check --quiet) || exit 95
        echo "contents $(ls "$left/blobs/sha256" | wc -l)"
        "$tool" ledger list --state "$disk" | grep verdict && exit 96
        rm "$disk/filler"
        "$tool" import "$archive" --key "$key" --state "$disk" > /dev/null 2> "$home/again"; echo "status $?"
        "$tool" quarantine list --state "$disk" | grep -F -f "$home/left" > /dev/null || exit 97
        "$tool" verify "$disk/admitted" --key "$key" > /dev/null; echo "status $?"
        """,
      ],
      environment: [
        "store": site.store, "home": site.stick.path, "tool": Products.path("assay"), "archive": archive,
        "key": try site.stick.write("signer.pub", Array(signer.publicPEM.utf8)), "HOME": site.stick.path,
      ])
    func text(_ name: String) throws -> String {
      String(decoding: try readFile(site.stick.path(name)), as: UTF8.self)
    }
    try #require(result.status == 0, "\(result.status): \(result.output) \(result.errors)")
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 4, "\(lines)")
    let words = try text("words")
    #expect(lines[0] == "status 1" && words.contains("large.tar was not taken in: the disk takes "), "\(words)")
    #expect(words.contains("disk.full: "), "\(words)")
    #expect(try text("answer").isEmpty)
    let contents = try #require(Int(lines[1].dropFirst("contents ".count)))
    #expect((500..<Self.extras).contains(contents))
    #expect(lines[2...] == ["status 0", "status 0"], "\(lines)")
    let (again, id) = (try text("again"), try text("left").prefix(16))
    #expect(again.contains("goes on with medium \(id): "), "\(again)")
  }
}
