import Channel
import Cryptography
import Files
import Findings
import Glibc
import MediaReader
import OCIImage
import Octets
import ProofRequests
import Processes
import Readings
import Reasons
import RoleMessages
import Roles
import Sandbox

/// One way of misbehaving, and how a role in foreign hands would do it: past the channel's own table, where it must.
struct Lie {
  let role: String
  private let how: String
  /// Whether only media that are compressed with gzip are lied about.
  private let isAboutGzip: Bool
  /// Opened by whoever lies: it would close with its last reference.
  private lazy var channel = Channel(
    Socket(owning: 3), own: role == "reader" ? .reader : .prover, other: .keeper)

  private init(role: String, how: String) {
    self.role = role
    isAboutGzip = how.hasSuffix("=gzip")
    self.how = isAboutGzip ? String(how.dropLast(5)) : how
  }

  static var ofThisProgram: Lie? {
    var path = [UInt8](repeating: 0, count: 4096)
    let count = path.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.bindMemory(to: CChar.self).baseAddress!, $0.count)
    }
    guard count > 0 else { return nil }
    let name = String(decoding: path[..<count], as: UTF8.self).split(separator: "/").last ?? ""
    let parts = name.split(separator: ".").last?.split(separator: "-", maxSplits: 1).map(String.init) ?? []
    guard parts.count == 2, Role(rawValue: parts[0]) != nil else { return nil }
    return Lie(role: parts[0], how: parts[1])
  }

  /// Whether this process is one that lies.
  var isTold: Bool {
    var start: [UInt8] = [0, 0]
    return !isAboutGzip || (pread(4, &start, 2, 0) == 2 && start == [0x1f, 0x8b])
  }

  mutating func tell() throws {
    if how == "crash-first" { abort() }
    if how == "unable" { try say(.unable, Array("seccomp: it was told to say so".utf8)) }
    if how == "unconfined-word" { raw([9, 0, 0, 0, 1, 0]) }
    try say(.ready, how == "unconfined" ? [0, 0] : [1, 7])
    // Whoever only hashes parses nothing, and is nobody's to take over.
    let (question, asked) = role == "reader" ? try channel.receive() : (.request, [])
    if question == .hash {
      let hashed = try MediaReader.digest(of: OpenFile(owning: 4)).map { Array("\(ClaimedDigest($0))".utf8) }
      try say(.digest, hashed ?? [])
      exit(0)
    }
    switch how {
    case "crash": abort()
    case "quit": exit(0)
    case "scribble":
      _ = pwrite(4, "x", 1, 0)
      exit(0)
    case "hang": while true { sleep(100) }
    case "twice": raw([Message.ready.rawValue, 0, 0, 0, 2, 1, 7])
    case "unknown": raw([250, 0, 0, 0, 0])
    case "huge": raw([answer.rawValue, 0xff, 0xff, 0xff, 0xff])
    case "short": raw([answer.rawValue, 0, 0, 1, 0, 1, 2, 3])
    case "foreign": raw([Message.findings.rawValue, 0, 0, 0, 0])
    case "drip":
      // A frame that never ends, one byte after the other.
      raw([answer.rawValue, 0, 0, 1, 0])
      while true {
        raw([7])
        usleep(300_000)
      }
    case "still":
      while true {
        try say(.progress, BigEndian.bytes(1, count: 8) + BigEndian.bytes(1 << 40, count: 8))
        usleep(100_000)
      }
    case "nonsense": try say(answer, Array("{}".utf8))
    case "ageing": try fail(.trustAgeing)
    case "waiver": try fail(.policyWaiverExpired)
    case "lacking": try fail(.signatureMissing)
    case "empty": try say(answer, [])
    case "large-object": raw([Message.object.rawValue, 1, 0, 0, 1])
    case "many-objects":
      // Each as large as it may be.
      let object = [UInt8](repeating: 7, count: 16 << 20)
      while true {
        raw([Message.object.rawValue, 1, 0, 0, 0])
        raw(object)
      }
    case "large-question": raw([Message.entriesOfLeaf.rawValue, 0, 0, 0, 65] + [UInt8](repeating: 7, count: 65))
    case "odd-question": raw([Message.entriesOfLeaf.rawValue, 0, 0, 0, 31] + [UInt8](repeating: 7, count: 31))
    case "endless-questions":
      // It hears each answer, and asks on.
      _ = try channel.receive(.request)
      while try channel.receive().message != .evidence {}
      while true {
        raw([Message.entriesOfLeaf.rawValue, 0, 0, 0, 32] + [UInt8](repeating: 7, count: 32))
        _ = try channel.receive(.givenEntries)
      }
    case "endless-progress":
      // Each says more than the one before; many in one piece.
      var done: UInt64 = 0
      while true {
        var frames: [UInt8] = []
        for _ in 0..<1000 {
          done += 1
          frames += [Message.progress.rawValue, 0, 0, 0, 16] + BigEndian.bytes(done, count: 8)
          frames += BigEndian.bytes(1 << 40, count: 8)
        }
        raw(frames)
      }
    case "forbidden-call":
      _ = try Sandbox.confine(role == "reader" ? RoleTable.reader(nil) : RoleTable.prover)
      _ = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    case "memory":
      _ = try Sandbox.confine(RoleTable.prover)
      var rooms: [[UInt8]] = []
      while true { rooms.append([UInt8](repeating: 1, count: 64 << 20)) }
    case "flood":
      while true {
        raw(
          [(role == "reader" ? Message.object : .entriesOfLeaf).rawValue, 0, 0, 0, 32]
            + [UInt8](repeating: 7, count: 32))
      }
    case _ where how.hasPrefix("survey-"):
      guard question == .survey else { exit(1) }
      try missurvey(String(how.dropFirst(7)))
    case _ where how.hasPrefix("copy-"):
      guard question == .quarantine else { exit(1) }
      for (message, content) in try Miscopy(String(how.dropFirst(5)), asked).words() {
        if how == "copy-twice" {
          raw([message.rawValue] + BigEndian.bytes(UInt64(content.count), count: 4) + content)
        } else {
          try say(message, content)
        }
      }
    default: try role == "reader" ? misread() : misprove()
    }
    // Long enough for the keeper to hear it.
    sleep(5)
    exit(0)
  }

  private var answer: Message { role == "reader" ? .reading : .findings }

  private mutating func say(_ message: Message, _ content: [UInt8]) throws {
    try channel.send(message, content)
    if message == .unable { exit(1) }
  }

  /// Says that it failed, and by what is no failure of an archive.
  private mutating func fail(_ reason: Reason) throws {
    let words = #"{"detail":"x","offset":null,"reason":"\#(reason.rawValue)","subject":"x"}"#
    try say(.failed, Array(words.utf8))
  }

  /// Bytes as they are.
  private func raw(_ bytes: [UInt8]) {
    if write(3, bytes, bytes.count) < 0 { exit(1) }
  }

  // MARK: Readers

  /// Reads honestly, and tells another story.
  private mutating func misread() throws {
    let honest = try Reader.read(OpenFile(owning: 4), as: .path("archive"))
    let archive = honest.archive
    guard let image = archive.images.first else { exit(1) }
    // A manifest that nobody signed.
    let invented = ImageDocument(Array("{\"layers\":[],\"schemaVersion\":2}".utf8), .sha256)
    let foreign = ClaimedDigest(invented.digest)
    let known = ([invented] + archive.documents).byDigest
    /// - Parameter documents: nil for those that the images name.
    func told(_ images: [Image], _ evidence: [Evidence], by documents: [ImageDocument]? = nil) -> Reading {
      let documents = documents ?? ImageDocument.names(in: images).compactMap { known[$0] }
      return Reading(
        archive: ImageArchive(
          handedOver: archive.shape, images: images, documents: documents, evidence: evidence, failures: [],
          notes: []),
        failures: how == "passing-failure" ? [Failure(.trustAgeing, "x", "x")] : [], entries: honest.entries,
        size: honest.size, compression: honest.compression, inventory: honest.inventory)
    }
    let other = Part(
      digest: foreign, role: .platform(nil), ancestors: [], config: nil, layers: [], problems: [])
    let reading: Reading
    switch how {
    case "no-image": reading = told([], [])
    case "passing-failure": reading = told([image], archive.evidence)
    case "other-image": reading = told([Image(parts: [other], names: image.names)], archive.evidence)
    case "reattached":
      reading = told(
        [Image(parts: [other], names: image.names)],
        archive.evidence.map { Evidence($0.form, by: $0.carrier, attachedTo: foreign, digest: $0.digest) })
    case "other-layers":
      let parts = image.parts.map {
        Part(
          digest: $0.digest, role: $0.role, ancestors: $0.ancestors, config: $0.config,
          layers: [Part.Layer(digest: foreign, size: 1, mediaType: "x", isCarried: true)], problems: [])
      }
      reading = told([Image(parts: parts, names: image.names)], archive.evidence)
    case "absent", "absent-as-foreign":
      // What is called absent no denial sees.
      let problems =
        how == "absent" ? [] : [Failure(.blobForeignNotCarried, "\(image.digest)", "x")]
      reading = told(
        [
          Image(
            parts: [
              Part(
                digest: image.digest, role: .absent(nil), ancestors: [], config: nil, layers: [], problems: problems)
            ], names: image.names)
        ], archive.evidence)
    case "uncarried-layers", "foreign-layers":
      let parts = image.parts.map { part in
        Part(
          digest: part.digest, role: part.role, ancestors: part.ancestors, config: part.config,
          layers: part.layers.map {
            Part.Layer(digest: $0.digest, size: $0.size, mediaType: $0.mediaType, isCarried: false)
          },
          problems: how == "uncarried-layers"
            ? [] : part.layers.map { Failure(.blobForeignNotCarried, "\($0.digest)", "x") })
      }
      reading = told([Image(parts: parts, names: image.names)], archive.evidence)
    case "other-platform":
      // Another platform may answer to weaker rules.
      let parts = image.parts.map { part in
        Part(
          digest: part.digest, role: .platform(Platform("plan9/amd64")), ancestors: part.ancestors, config: part.config,
          layers: part.layers, problems: part.problems)
      }
      reading = told([Image(parts: parts, names: image.names)], archive.evidence)
    case "hidden-configuration":
      let parts = image.parts.map { part in
        Part(
          digest: part.digest, role: .platform(nil), ancestors: part.ancestors,
          config: part.config.map { Part.Configuration($0.digest, .unread) }, layers: part.layers,
          problems: part.problems)
      }
      reading = told([Image(parts: parts, names: image.names)], archive.evidence)
    case "hidden-layers":
      let parts = image.parts.map {
        Part(
          digest: $0.digest, role: $0.role, ancestors: $0.ancestors, config: $0.config, layers: [],
          problems: $0.problems)
      }
      reading = told([Image(parts: parts, names: image.names)], archive.evidence)
    case "under-signed-index":
      // A part that the signed digest is said to cover.
      let child = Part(
        digest: foreign, role: .platform(nil), ancestors: [image.digest], config: nil, layers: [], problems: [])
      reading = told([Image(parts: [child], names: image.names)], archive.evidence)
    case "beside-signed-manifest", "under-invented-index":
      // The signed digest, said to be an index: with the bytes that it names, which are none, or with others.
      let index = Part(digest: image.digest, role: .index, ancestors: [], config: nil, layers: [], problems: [])
      let child = Part(
        digest: foreign, role: .platform(nil), ancestors: [image.digest], config: nil, layers: [], problems: [])
      let bytes = "{\"manifests\":[{\"digest\":\"\(foreign)\",\"size\":\(invented.bytes.count)}],\"schemaVersion\":2}"
      reading = told(
        [Image(parts: [index, child], names: image.names)], archive.evidence,
        by: how == "under-invented-index" ? [ImageDocument(Array(bytes.utf8), .sha256), invented] : nil)
    case "invented-evidence":
      let bundle = Array("{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"}".utf8)
      reading = told(
        [Image(parts: [other], names: image.names)],
        [Evidence(.sigstoreBundle(bundle), by: .referrer("x"), attachedTo: foreign, digest: digest(bundle))])
    default: exit(1)
    }
    let (document, objects) = try reading.serialized()
    for object in objects { try channel.send(.object, object) }
    try channel.send(.reading, document)
  }

  /// Says of a medium with several archives what is not so.
  private mutating func missurvey(_ how: String) throws {
    func item(_ path: String, _ kind: SurveyedItem.Kind) throws {
      try say(.item, SurveyedItem(path: Array(path.utf8), kind: kind).bytes)
    }
    switch how {
    case "climbing": try item("../outside/good.tar", .archive)
    case "absolute": try item("/etc/passwd", .archive)
    case "through-link": try item("link/good.tar", .archive)
    case "pipe": try item("pipe", .archive)
    case "same-twice": for _ in 0..<2 { try item("good.tar", .archive) }
    case "endless-items":
      while true { raw([Message.item.rawValue, 0, 0, 0, 3] + SurveyedItem(path: [], kind: .trustBundle).bytes) }
    case "no-item": try say(.item, [9])
    case "no-bundles": try item("a.jsonl", .sigstoreBundles(0))
    case "too-many-bundles": try item("a.jsonl", .sigstoreBundles(10_001))
    case "unasked-object": try say(.object, [1])
    case "missing-object": try item("a.jsonl", .sigstoreBundles(1))
    case "item-between":
      try item("a.jsonl", .sigstoreBundles(2))
      try item("b.jsonl", .sigstoreBundles(1))
    case "large-bundles":
      try item("a.jsonl", .sigstoreBundles(5))
      for _ in 0..<5 { try say(.object, [UInt8](repeating: 7, count: 16 << 20)) }
    case "reading": try say(.reading, [])
    default: break
    }
    try say(.surveyed, [])
  }

  // MARK: Provers

  /// Proves honestly, and tells another story.
  private mutating func misprove() throws {
    let request = try ProofRequest(parsing: channel.receive(.request))
    var objects: [[UInt8]] = []
    var evidence: [Evidence] = []
    while evidence.isEmpty {
      let (message, content) = try channel.receive()
      if message == .object { objects.append(content) }
      if message == .evidence { evidence = try EvidenceList(parsing: content, objects: objects).evidence }
    }
    var findings = Prover.prove(evidence, against: try request.anchors(consulting: nil))
    func changed(
      evidence: ComputedDigest? = nil, anchor: Finding.Anchor? = nil, attachedTo: ClaimedDigest? = nil,
      outcome: Result<Proven, Failure>? = nil
    ) -> [Finding] {
      findings.map {
        Finding(
          evidence: evidence ?? $0.evidence, carrier: $0.carrier, attachedTo: attachedTo ?? $0.attachedTo,
          kind: $0.kind, subjects: $0.subjects, anchor: anchor ?? $0.anchor, outcome: outcome ?? $0.outcome)
      }
    }
    switch how {
    case "missing": findings = []
    case "other-evidence": findings = changed(evidence: digest(Array("other".utf8)))
    case "other-anchor": findings = changed(anchor: .trustRoot("nobody's"))
    case "reattached": findings = changed(attachedTo: ClaimedDigest(digest(Array("another image".utf8))))
    // A time that no clock has reached yet, which would become the floor of all times.
    case "future-time": findings = changed(outcome: .success(try invented(request, at: [request.now.seconds + 1])))
    case "many-findings":
      findings = changed(outcome: .failure(Failure(.signatureInvalid, "x"))).flatMap {
        Array(repeating: $0, count: 60_000)
      }
    case "invented-success":
      findings = changed(outcome: .success(try invented(request)))
    default: exit(1)
    }
    try channel.send(.findings, FindingsDocument.serialized(findings))
  }

  /// The signature is by nobody that was asked for; it says that it is.
  private func invented(_ request: ProofRequest, at times: [Int64] = []) throws -> Proven {
    Proven(
      signer: .key(fingerprint: try PublicKey(spki: request.keys[0]).fingerprint),
      times: times.map { EstablishedTime(UnixTime($0), .timestampAuthority("x")) }, log: [], checks: [], statement: nil)
  }
}
