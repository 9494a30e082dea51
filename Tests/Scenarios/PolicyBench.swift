import Cryptography
import FoundationEssentials
import MiniatureSigstore
import Octets
import TestSupport
import Testing

/// A stick with an image, and policies written for it.
struct PolicyBench {
  static let repository = "registry.miniature.example/acme/app"
  static let identity = SampleIdentity.releaseWorkflow

  let assay: Assay
  let stick: TemporaryFolder
  let image: SampleImage
  let key = SampleKey(.p256)
  let otherKey = SampleKey(.p256)
  let world: MiniatureSigstore
  let otherWorld: MiniatureSigstore

  init(seed: UInt64, _ assay: Assay? = nil) throws {
    self.assay = try assay ?? Assay()
    stick = try TemporaryFolder()
    image = SampleImage.make(seed: seed, layerSize: 3000)
    world = MiniatureSigstore(seed: seed)
    otherWorld = MiniatureSigstore(seed: seed + 1)
    try stick.write("root.json", world.trustedRoot())
    try stick.write("other.json", otherWorld.trustedRoot())
  }

  // MARK: Evidence

  func signed(by key: SampleKey) -> Issued {
    world.issue(SigningRequest(.statement(image.signingStatement), as: .key(key)))
  }

  func keyless(in world: MiniatureSigstore, log: SigningRequest.Log = .v1()) -> Issued {
    world.issue(
      SigningRequest(
        .statement(image.signingStatement), as: .certificate(Self.identity), log: log, timestamps: [.embedded]))
  }

  /// The archive, with this evidence on the image.
  func archive(_ evidence: [Issued], tag: String = "v1") throws -> String {
    let path = stick.path("image-\(UInt32.random(in: 0...(.max))).tar")
    let carried = CarriedImage(image, evidence.map { .bundle($0) }, repository: Self.repository, tag: tag)
    try Packing.tar.write(MediumForm.orasBackup.entries(carried), to: path, style: .plain)
    return path
  }

  // MARK: Policies

  /// As policies name keys that are installed.
  func fingerprint(of key: SampleKey) -> String {
    "\(ClaimedDigest(digest(key.spki)))"
  }

  func authority(_ name: String, key: SampleKey) -> String {
    let pem = key.publicPEM.replacing("\n", with: "\\n")
    return #"{"name":"\#(name)","keys":["\#(pem)"]}"#
  }

  func authority(_ name: String, root: String? = nil, needs: String? = nil) -> String {
    let root = root.map { #","trustRoot":"\#($0)""# } ?? ""
    let needs = needs.map { #","needs":{\#($0)}"# } ?? ""
    return
      #"{"name":"\#(name)","keyless":{"identity":"\#(Self.identity.name.text)","issuer":"\#(Self.identity.issuer)"\#(root)}\#(needs)}"#
  }

  static func policy(_ authorities: [String], rules: String, more: String = "") -> [UInt8] {
    Array(
      (#"{"format":"assay-policy/1","name":"Test plant","default":"refuse","authorities":[\#(authorities.joined(separator: ","))],"#
        + #""rules":[\#(rules)]\#(more)}"#).utf8)
  }

  static func rule(_ name: String, _ requirement: String, scope: String = "") -> String {
    #"{"name":"\#(name)","scope":{\#(scope)},"require":\#(requirement)}"#
  }

  static func signature(by names: String..., atLeast count: Int = 1) -> String {
    let names = names.map { #""\#($0)""# }.joined(separator: ",")
    return #"{"signature":{"by":[\#(names)]\#(count > 1 ? #","atLeast":\#(count)"# : "")}}"#
  }

  /// `--policy FILE`, of a policy that is written down.
  func option(_ policy: [UInt8]) throws -> [String] {
    ["--policy", try stick.write("policy-\(UInt32.random(in: 0...(.max))).yaml", policy)]
  }

  /// The verdict, and the first reason where it is not an admission.
  func verdict(_ arguments: [String]) throws -> [String] {
    let answer = try assay.verify(arguments).answer
    return [answer.verdict] + (answer.verdict == "admit" ? [] : [answer.firstReason ?? "none"])
  }

  /// Paths of the reports in a folder.
  func reports(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.contains(".vsa.") && !$0.hasSuffix(".receipt.json") }.map { folder + "/" + $0 }
  }
}
