import MiniatureSigstore
import TestSupport
import Testing

/// An image that the real cosign signs in a registry, and that real tools write out of it: we admit exactly where the
/// tool takes the signature along, which is also what the miniature's media claim.
@Suite(
  .enabled(if: !Cosign.programs.isEmpty, Comment(rawValue: Cosign.absence)),
  .enabled(if: Peer.areAllPresent, Comment(rawValue: Peer.absence)))
struct CosignImageTests {
  struct Signer: Sendable, CustomTestStringConvertible {
    let cosign: Cosign
    let isNewFormat: Bool
    var testDescription: String { "\(cosign.testDescription), \(isNewFormat ? "bundle" : "simple signing")" }

    static let all = Cosign.programs.flatMap { cosign in
      (cosign.generation < 3 ? [false] : [false, true]).map { Signer(cosign: cosign, isNewFormat: $0) }
    }

    /// Signs an image of the registry, or attests about it.
    func sign(_ name: String, key: String, predicate: String? = nil, in registry: Registry) throws {
      var arguments = [predicate == nil ? "sign" : "attest", "--yes", "--key", key]
      if let predicate { arguments += ["--type", "slsaprovenance1", "--predicate", predicate] }
      switch (cosign.generation, isNewFormat) {
      case (3..., true):
        arguments += ["--signing-config", try registry.home.write("none.json", Cosign.emptySigningConfiguration)]
      case (3..., false):
        arguments += ["--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"]
      default: arguments += ["--tlog-upload=false"]
      }
      let signed = try cosign.run(arguments + [name], home: registry.home, loopback: true)
      try #require(signed.status == 0, "\(signed.errors)")
    }
  }

  /// A registry with one image, `name` without its tag `v1`.
  struct Site {
    let registry: Registry
    let image: SampleImage
    let repository: String
    var name: String { repository + ":v1" }

    init(_ platforms: [SamplePlatform]) throws {
      registry = try Registry()
      repository = registry.host + "/acme/app"
      image = .make(seed: 11, platforms: platforms, layerSize: 3000)
      let layout = registry.home.path("source")
      try Packing.folder.write(MediumForm.orasCopy.entries(CarriedImage(image, repository: repository)), to: layout)
      try registry.push(layout, to: name)
    }
  }

  static let forms = MediumForm.allCases.filter { $0.isWrittenByPeer }

  @Test(arguments: Signer.all, [[SamplePlatform.linuxAMD64], [.linuxAMD64, .linuxARM64]])
  func admittedWhereTheSignatureCameAlong(_ signer: Signer, _ platforms: [SamplePlatform]) throws {
    let site = try Site(platforms)
    let home = site.registry.home
    let assay = try Assay()
    try CosignBlobTests.makeKey(.generated, "signer", by: signer.cosign, in: home)
    let predicate = try home.write("predicate.json", SampleStatement.sampleProvenance.bytes)
    try signer.sign("\(site.repository)@\(site.image.digest)", key: home.path("signer.key"), in: site.registry)
    try signer.sign(
      "\(site.repository)@\(site.image.digest)", key: home.path("signer.key"), predicate: predicate, in: site.registry)
    let stranger = try home.write("stranger.pub", Array(SampleKey().publicPEM.utf8))

    for form in Self.forms where platforms.count == 1 || form.holdsIndexes {
      let medium = try form.write(site, cosign: signer.cosign)
      let key = home.path("signer.pub")
      let answer = try assay.verify([medium, "--key", key]).answer
      let carries = signer.isNewFormat ? form.carriesBundles : form.carriesOldEvidence
      #expect(answer.verdict == (carries ? "admit" : "incomplete"), "\(form): \(answer.firstReason ?? "")")

      let about = try assay.verify([
        medium, "--key", key, "--require", "attestation=\(SampleStatement.slsaProvenance1)",
      ]).answer
      // skopeo takes signatures along, and no attestations.
      let carriesAttestation = carries && form != .skopeoFolder
      #expect(about.verdict == (carriesAttestation ? "admit" : "incomplete"), "\(form): \(about.firstReason ?? "")")

      let other = try assay.verify([medium, "--key", stranger]).answer
      #expect(other.verdict == (carries ? "refuse" : "incomplete"), "\(form): \(other.firstReason ?? "")")
    }
  }
}

extension MediumForm {
  /// Whether a peer writes it out of a registry. Docker needs a daemon, and nothing writes fallback tags to a medium
  /// but what writes all tags.
  var isWrittenByPeer: Bool { self != .dockerSave && self != .fallbackTag }

  /// Has the tool of this form write the site's image to a file or folder; returns its path.
  func write(_ site: CosignImageTests.Site, cosign: Cosign) throws -> String {
    let home = site.registry.home
    let to = home.path(rawValue)
    let skopeo = ["copy", "--quiet", "--src-tls-verify=false", "docker://\(site.name)"]
    switch self {
    case .cosignSave:
      let saved = try cosign.run(["save", "--dir", to, site.name], home: home, loopback: true)
      try #require(saved.status == 0, "\(saved.errors)")
    case .orasCopy:
      try Peer.oras.run(["copy", "-r", "--from-plain-http", "--to-oci-layout", site.name, "\(to):v1"], home: home)
    case .orasBackup, .orasBackupAllTags:
      let source = self == .orasBackup ? site.name : site.repository
      let archive = to + ".tar"
      try Peer.oras.run(["backup", "--plain-http", "--include-referrers", "--output", archive, source], home: home)
      return archive
    case .skopeoArchive:
      try Peer.skopeo.run(skopeo + ["--all", "oci-archive:\(to).tar:acme/app:v1"], home: home)
      return to + ".tar"
    case .skopeoFolder:
      // Only into a folder does skopeo take signatures along, and only where it is told to look for them.
      try Peer.skopeo.run(["--registries.d", home.path("registries.d")] + skopeo + ["dir:\(to)"], home: home)
    case .skopeoDockerArchive:
      try Peer.skopeo.run(skopeo + ["docker-archive:\(to).tar:\(site.name)"], home: home)
      return to + ".tar"
    case .craneLayout: try Peer.crane.run(["pull", "--format=oci", site.name, to], home: home)
    case .craneTarball:
      try Peer.crane.run(["pull", site.name, to + ".tar"], home: home)
      return to + ".tar"
    case .dockerSave, .fallbackTag: preconditionFailure("no peer writes \(self)")
    }
    return to
  }
}
