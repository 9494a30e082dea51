import Base64
import Cryptography
import MiniatureSigstore
import Octets
import SignedNote
import StrictJSON
import TestSupport

/// Who signs in the scenarios: people with keys, and a Sigstore of the site's own.
enum PolicySite {
  static let world = MiniatureSigstore(seed: 21)
  /// Another instance, whose trust root is at hand as well.
  static let elsewhere = MiniatureSigstore(seed: 22)
  static let now = world.now
  static let repository = "registry.miniature.example/acme/app"

  /// Keys by the name of their owner.
  static let keys: [String: SampleKey] = Dictionary(
    uniqueKeysWithValues: ["build", "build-two", "security", "stranger"].map { ($0, SampleKey(.p256)) })

  static func pem(_ owner: String) -> String { PEM.encode(keys[owner]!.spki, label: "PUBLIC KEY") }
  static func digest(_ owner: String) -> String { "\(ClaimedDigest(Cryptography.digest(keys[owner]!.spki)))" }

  static let platforms: [SamplePlatform] = [.linuxAMD64, .linuxARM64]
  static let image = SampleImage.make(seed: 31, layerSize: 1000)
  static let otherImage = SampleImage.make(seed: 32, layerSize: 1000)
  static let index = SampleImage.make(seed: 33, platforms: platforms, layerSize: 1000)
  /// A Windows image whose base layer was left out.
  static let foreign = SampleImage.make(seed: 34, platforms: [.windowsAMD64], layerSize: 1000)

  /// SLSA provenance v1, by default as the policies of this suite want it.
  static func provenance(
    builder: String = "https://builder.miniature.example/hosted@v1",
    type: String = "https://actions.github.io/buildtypes/workflow/v1",
    repository: String = "https://git.miniature.example/acme/app", ref: String = "refs/tags/v1.0.0",
    path: String = ".github/workflows/release.yml", beside parameter: (String, JSONText)? = nil,
    material: String = "git+https://git.miniature.example/acme/app@refs/tags/v1.0.0",
    commit: String = String(repeating: "5f", count: 20), materialBeside: String? = nil
  ) -> JSONText {
    var parameters: [(String, JSONText)] = [
      ("workflow", ["repository": .string(repository), "ref": .string(ref), "path": .string(path)])
    ]
    if let parameter { parameters.append(parameter) }
    var materials: [JSONText] = [["uri": .string(material), "digest": ["gitCommit": .string(commit)]]]
    if let materialBeside { materials.append(["uri": .string(materialBeside), "digest": ["sha256": "00"]]) }
    return [
      "buildDefinition": [
        "buildType": .string(type), "externalParameters": .object(parameters), "internalParameters": [:],
        "resolvedDependencies": .array(materials),
      ],
      "runDetails": ["builder": ["id": .string(builder)], "metadata": [:]],
    ]
  }

  /// The instance's witnesses, as a C2SP tlog-policy.
  static func witnessPolicy() throws -> [UInt8] {
    let lines = try world.witnesses.enumerated().map { number, witness in
      guard
        let key = NoteVerifierKey(
          name: Array(witness.name.utf8), type: .cosignature, key: Array(witness.key.spki.suffix(32)))
      else { throw RunError(description: "no key of a witness") }
      return "witness W\(number) \(String(decoding: key.serialized, as: UTF8.self))\n"
    }
    return Array((lines.joined() + "quorum none\n").utf8)
  }

  // MARK: Evidence

  static func issued(_ request: SigningRequest) -> Issued { world.issue(request) }

  static func signature(_ owner: String, of image: SampleImage = image) -> Attachment {
    .bundle(issued(SigningRequest(.statement(image.signingStatement), as: .key(keys[owner]!))))
  }

  static func signature(
    of image: SampleImage = image, by identity: SampleIdentity, log: SigningRequest.Log = .v2,
    timestamps: [SigningRequest.Timestamp]? = nil, time: Int64? = nil, in world: MiniatureSigstore = world
  ) -> Attachment {
    var request = SigningRequest(
      .statement(image.signingStatement), as: .certificate(identity), log: log, timestamps: timestamps)
    request.time = time
    return .bundle(world.issue(request))
  }

  /// Of one platform's manifest, hung there.
  static func signature(_ owner: String, on platform: SamplePlatformImage) -> Attachment {
    let statement = SampleStatement(SampleStatement.cosignSign, [:], aboutDigest: platform.manifest.digest)
    let issued = issued(SigningRequest(.statement(statement), as: .key(keys[owner]!)))
    let layer = SampleBlob(SampleMediaType.bundle, issued.bundle(.v03))
    let manifest: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.manifest),
      "config": SampleBlob.empty.descriptor(("artifactType", .string(SampleMediaType.bundle))),
      "layers": [layer.descriptor()], "subject": platform.manifest.descriptor(),
      "artifactType": .string(SampleMediaType.bundle),
    ]
    return .referrer([SampleBlob(SampleMediaType.manifest, manifest.bytes), layer, .empty])
  }

  static func attestation(
    _ owner: String, _ type: String, _ predicate: JSONText, of image: SampleImage = image
  ) -> Attachment {
    .bundle(
      issued(
        SigningRequest(
          .statement(SampleStatement(type, predicate, aboutDigest: image.digest)), as: .key(keys[owner]!))))
  }

  static func attestation(
    by identity: SampleIdentity, _ type: String, _ predicate: JSONText, of image: SampleImage = image
  ) -> Attachment {
    .bundle(
      issued(
        SigningRequest(
          .statement(SampleStatement(type, predicate, aboutDigest: image.digest)), as: .certificate(identity), log: .v2)
      ))
  }
}
