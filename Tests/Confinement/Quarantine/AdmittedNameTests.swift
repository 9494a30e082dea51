import MiniatureSigstore
import Octets
import Quarantine
import TestSupport
import Testing

/// What an image may be called in the layout of admitted images.
struct AdmittedNameTests {
  private static let digits = String(repeating: "a", count: 64)

  private static let letters = "abcdefghijklmnopqrstuvwxyz"

  private static let fit = [
    "v1", "registry.example:5000/acme/app:v1", "a-b_c.d/g+h:e", letters, letters.uppercased() + "0123456789",
    String(repeating: "n", count: 1024),
    // Like a tag of signatures, and none.
    "sha256-\(digits.dropLast()).sig", "sha256-\(digits)x", "sha256:\(digits)",
  ]

  private static let control = (0..<0x20).map { String(decoding: [0x61, $0, 0x62], as: UTF8.self) }

  private static let unfit =
    ["", String(repeating: "n", count: 1025), "é", "a\u{7f}"]
    + control
    + " !\"#$%&'()*,;<=>?[\\]^`{|}~".map { "a\($0)b" }
    + [".sig", ".att", ".sbom", ""].map { "sha256-\(digits)\($0)" }
    + ["a/../b", "a/./b", "a//b", "/a", "a/", "a/..:b", "a:b/c", "a@b/c", ".", ".."]
    + ["registry.example/app:sha256-\(digits).sig", "sha512-\(digits)", "sha512-\(digits)\(digits).sig"]

  @Test func onlyNamesThatOthersReadAreGiven() throws {
    var sketch = LayoutSketch()
    let image = sketch.image()
    sketch.list(image, as: "v1")
    let rig = try QuarantineRig()
    let rehashed = try rig.quarantine.rehash(image.digest, of: try sketch.taken(by: rig))
    let admission = try rig.quarantine.admit(rehashed, named: Self.fit + Self.unfit, into: rig.layout)
    #expect(admission.names == Self.fit)
    #expect(admission.unfitNames == Self.unfit)
    // Without any name that fits it is listed by its digest alone.
    let another = try QuarantineRig()
    let nameless = try another.quarantine.rehash(image.digest, of: try sketch.taken(by: another))
    try another.quarantine.admit(nameless, named: Self.unfit, into: another.layout)
    let index = String(decoding: try another.folder.read("admitted/index.json"), as: UTF8.self)
    #expect(index.contains("\(image.digest)") && !index.contains("ref.name"))
  }
}
