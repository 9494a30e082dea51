import Cryptography
import Dossier
import Findings
import OCIImage
import Octets
import Policy
import Reasons
import StrictJSON
import Testing

/// What a verdict was given with comes back as it was.
@Suite struct DossierTests {
  private static func policy(_ key: ClaimedDigest) throws -> Policy {
    let identity = #"{"identity":"i","issuer":"j""#
    let text =
      #"{"format":"assay-policy/1","name":"three","default":"refuse","authorities":[{"name":"k","keys":["\#(key)"]},"#
      + #"{"name":"a","keyless":\#(identity),"trustRoot":"one"}},{"name":"b","keyless":\#(identity)}}],"#
      + #""rules":[{"name":"r","scope":{"environment":"e"},"require":{"signature":{"by":["k","a","b"]}}}]}"#
    return try Policy(JSONNode(parsing: Array(text.utf8), named: "policy", malformed: .policyMalformed))
  }

  private static let manifest = ImageDocument(Array(#"{"layers":[],"schemaVersion":2}"#.utf8), .sha256)
  /// Under a digest of another kind than objects have.
  private static let index = ImageDocument(
    Array(
      #"{"manifests":[{"digest":"\#(ClaimedDigest(manifest.digest))","size":\#(manifest.bytes.count)}],"schemaVersion":2}"#
        .utf8), .sha512)

  private static func dossier() throws -> Dossier {
    let key = try PrivateKey.generate(.ed25519).publicKey
    let root = Part(
      digest: ClaimedDigest(index.digest), role: .index, ancestors: [], config: nil, layers: [], problems: [])
    let part = Part(
      digest: ClaimedDigest(manifest.digest), role: .platform(nil), ancestors: [root.digest], config: nil, layers: [],
      problems: [])
    return Dossier(
      .ociLayout, image: Image(parts: [root, part], names: ["n"]), documents: [index, manifest].byDigest, parts: [part],
      archiveFailures: [], evidence: [],
      asking: Dossier.Question(
        policy: try policy(ClaimedDigest(key.fingerprint)), anchors: [.keys, .trustRoot("trust/one"), nil], keys: [key],
        trustRoots: [.init(name: "trust/one", bytes: [7, 7])], witnessPolicy: [8],
        occasion: Occasion(name: "x", environment: "e", medium: "m", now: UnixTime(5), ages: [])))
  }

  private static func read(_ dossier: Dossier, _ bytes: [UInt8]? = nil) throws -> Dossier {
    let objects = Dictionary(uniqueKeysWithValues: dossier.objects.map { (ClaimedDigest(digest($0)), $0) })
    return try Dossier(parsing: bytes ?? dossier.bytes) { name in
      guard let object = objects[name] else { throw Failure(.blobMissing, "\(name)") }
      return object
    }
  }

  @Test func theQuestionReturns() throws {
    let dossier = try Self.dossier()
    let read = try Self.read(dossier)
    #expect(read.digest == dossier.digest && read.parts.map(\.digest) == dossier.parts.map(\.digest))
    let (found, asked) = (read.question, dossier.question)
    #expect(found.policy.canonical == asked.policy.canonical && found.anchors == asked.anchors)
    #expect(found.keys == asked.keys && found.witnessPolicy == [8])
    #expect(found.trustRoots.map(\.name) == ["trust/one"] && found.trustRoots.map(\.bytes) == [[7, 7]])
    // Ages are those of whoever asks again.
    #expect(found.occasion == Occasion(name: "x", environment: "e", medium: "m", now: UnixTime(5)))
    #expect(
      Dossier(
        read.shape, image: read.image, documents: read.documents.byDigest, parts: read.parts, archiveFailures: [],
        evidence: [], asking: found
      ).bytes == dossier.bytes)
    #expect(try Dossier.judgedWhole(dossier.bytes) == nil, "a part was left out")
  }

  @Test func anotherShapeIsRefused() throws {
    let dossier = try Self.dossier()
    let text = String(decoding: dossier.bytes, as: UTF8.self)
    let (index, manifest) = (ClaimedDigest(digest(Self.index.bytes)), ClaimedDigest(Self.manifest.digest))
    for (one, other) in [
      ("assay-dossier/4", "assay-dossier/3"), (#""shape":"oci-layout""#, #""shape":"box""#),
      (#""documents":["\#(index)","\#(manifest)"]"#, #""documents":["\#(index)"]"#),
      (#""documents":["\#(index)","\#(manifest)"]"#, #""documents":["\#(manifest)","\#(index)"]"#),
      // What the manifests do not say.
      (#""role":"index""#, #""role":"manifest""#),
      (#""ancestors":["\#(ClaimedDigest(Self.index.digest))"]"#, #""ancestors":[]"#),
      (#""anchors":["keys","#, #""anchors":["#),
      (#""anchors":["keys","#, #""anchors":["doors","#), (#""time":"5""#, #""time":"soon""#),
      (#""judged":["sha256:"#, #""judged":["sha256:00"#), (#""name":"trust/one""#, #""title":"trust/one""#),
    ] {
      #expect(text.contains(one), "\(one)")
      do {
        _ = try Self.read(dossier, Array(text.replacing(one, with: other).utf8))
        Issue.record("read: \(other)")
      } catch {
        #expect((error as? Failure)?.reason == .dossierMalformed, "\(error)")
      }
    }
  }

  // MARK: What a verdict rests on

  @Test func whateverAnAuthorityStandsOnCounts() {
    func basis(
      _ grounds: [(VerdictBasis.Ground, Reason?)], keys: [UInt8] = [], witnesses: [UInt8]? = nil
    ) -> ClaimedDigest {
      VerdictBasis.trust(
        grounds, keys: keys.map { digest([$0]) }, revocations: nil, denials: nil, silentLogs: [],
        witnesses: witnesses.map { digest($0) })
    }
    let (one, other) = (VerdictBasis.Ground.trustRoot(digest([1])), VerdictBasis.Ground.trustRoot(digest([2])))
    let all = [
      basis([(one, nil), (other, nil)]), basis([(other, nil), (one, nil)]), basis([(one, nil), (one, nil)]),
      basis([(one, nil), (.nothing, .trustRootMissing)]), basis([(one, nil), (.nothing, .trustTooOld)]),
      basis([(.keys, nil)], keys: [1]), basis([(.keys, nil)], keys: [1, 2]),
      basis([(.keys, .policyKeyMissing)], keys: [1]),
      basis([(one, nil), (other, nil)], witnesses: [1]), basis([(one, nil), (other, nil)], witnesses: [2]),
    ]
    #expect(Set(all).count == all.count)
    #expect(basis([(.keys, nil)], keys: [1, 2]) == basis([(.keys, nil)], keys: [2, 1]))
  }

  @Test func theRulesThatPartsAnswerToCount() throws {
    let policy = try Self.policy(ClaimedDigest(digest([9])))
    let image = try Self.dossier().image
    func basis(
      _ environment: String?, program: String = "1", isConfined: Bool = true, _ shape: ImageArchive.Shape? = .ociLayout
    ) -> ClaimedDigest {
      let choices = policy.choices(
        for: image.parts, of: image, on: Occasion(environment: environment, now: UnixTime(0)))
      // Told the same, so that the rules alone make the difference.
      return VerdictBasis.requirements(
        program: program, isConfined: isConfined, said: Occasion(now: UnixTime(0)), shape: shape,
        parts: zip(image.parts, choices).map { ($0.digest, $1) })
    }
    #expect(basis("e") != basis("f") && basis("f") == basis(nil) && basis("e") != basis("e", program: "2"))
    #expect(basis("e") != basis("e", isConfined: false))
    // By its manifest, whatever that lay in; by its configuration; unread.
    #expect(basis("e") == basis("e", .skopeoDirectory))
    #expect(Set([.ociLayout, .dockerArchive, nil].map { basis("e", $0) }).count == 3)
  }

  /// The report states it, and somebody answers for it.
  @Test func whatTheOperatorSaidCounts() {
    let now = UnixTime(0)
    let occasions = [
      Occasion(now: now), Occasion(name: "x", now: now), Occasion(environment: "x", now: now),
      Occasion(team: "x", now: now), Occasion(exporter: "x", now: now), Occasion(medium: "x", now: now),
    ]
    let bases = occasions.map {
      VerdictBasis.requirements(program: "1", isConfined: true, said: $0, shape: nil, parts: [])
    }
    #expect(Set(bases).count == bases.count)
    #expect(
      VerdictBasis.requirements(program: "1", isConfined: true, said: Occasion(now: UnixTime(9)), shape: nil, parts: [])
        == bases[0]
    )
  }
}
