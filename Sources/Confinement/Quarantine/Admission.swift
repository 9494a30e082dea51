import Cryptography
import Files
import OCIImage
package import Octets
package import Reasons
import StrictJSON

/// What letting an image out did.
package struct Admission: Sendable {
  package struct Displaced: Hashable, Sendable {
    package let name: String
    /// What had the name before, and lies there still, under its digest.
    package let digest: ClaimedDigest
  }

  /// What the layout calls the image: the judged digest, or that of the manifest that was made for it.
  package let manifest: ClaimedDigest
  /// Names that it now has.
  package let names: [String]
  /// Names that no layout's index may hold, that are tags of signatures, or that are more than an image gets.
  package let unfitNames: [String]
  package let displaced: [Displaced]
  /// Signatures, attestations and other artifacts that were let out with it.
  package let attachments: Int
  package let leftBehind: [Failure]
}

extension Quarantine {
  /// Lets an image out: its blobs are copied into the layout of admitted images, hashed once more on the way, and the index
  /// lists it. The index changes at once or not at all.
  ///
  /// A name never stands for two digests: the image that was admitted last has it.
  /// - Parameters:
  ///   - names: what the medium called the image, or the operator, who has his way.
  ///   - medium: the one that it came on, which remembers what is in the layout.
  /// - Throws: `blob.digest-mismatch` where a blob is no more the file that was hashed; `noSpace` before the first is copied.
  @discardableResult
  package func admit(
    _ image: RehashedImage, named names: [String], byOperator: Bool = false, from medium: MediumAtHand,
    into layout: AdmittedLayout, waiting: Duration = usualWait
  ) throws(QuarantineError) -> Admission {
    let lock = try lock(.together, waiting: waiting)
    let index = try locking("admitted.lock", in: root, .alone, waiting: waiting)
    defer { withExtendedLifetime((lock, index)) {} }
    // The index first: where it cannot be read, nothing changes.
    let (listed, entries) = try layout.index()
    let known = Set(listed.map(\.digest))
    let attachments = image.attachments.within(Self.generousEntries - listed.count) {
      known.contains($0.entry.digest)
    }
    let wanted = (image.blobs + attachments.flatMap(\.blobs)).uniqued(by: \.digest)
    // What was let out before is not believed either.
    let unknown = wanted.filter { !medium.admitted.contains($0.digest) }
    let missing = zip(unknown, layout.blobs.hash(unknown.map(\.digest))).compactMap { blob, hashed in
      (try? hashed.get()) == nil ? blob : nil
    }
    let made = image.made.flatMap { (try? layout.blobs.hash(image.root.digest)) == nil ? $0 : nil }
    let needed = missing.reduce(UInt64(made?.count ?? 0)) { $0 &+ $1.status.size }
    let available = try available()
    guard needed <= available else { throw .noSpace(needed: needed, available: available) }
    // Copies, and no second names of files in the quarantine: what comes later may take their places there, and nothing may
    // reach what was let out long before.
    for blob in missing { try blobs.copy(blob.digest, to: layout.blobs, named: "admitted/blobs/\(blob.digest)") }
    if let made { try write(made, as: image.root.digest, into: layout) }
    try storing("admitted/blobs") { () throws(FileError) in try layout.blobs.sync() }
    medium.admitted.formUnion(wanted.map(\.digest))

    // All images of all media have their names in one index, which is bounded.
    let held = Set(
      listed.filter { $0.digest == image.root.digest }.compactMap {
        $0.annotation(IndexEditing.nameKey).map { Array($0.utf8) }
      })
    let most = byOperator ? .max : listed.count < Self.generousEntries ? Self.mostNames : 1
    let fit = names.filter(Self.isFit).uniqued { Array($0.utf8) }.within(most - held.count) {
      held.contains(Array($0.utf8))
    }
    var editing = IndexEditing(listed, entries)
    for name in fit { editing.list(image.root, as: name) }
    if fit.isEmpty { editing.list(image.root, as: nil) }
    for attachment in attachments { editing.list(attachment.entry, as: attachment.entry.tag) }
    if editing.isChanged { try layout.keep(editing.entries) }
    var leftBehind = image.leftBehind
    if attachments.count < image.attachments.count {
      leftBehind.append(
        Failure(
          .archiveLimitExceeded, "admitted/index.json",
          "beyond \(Self.generousEntries) entries it takes nothing more that only hangs on an image: move the folder "
            + "`admitted` away, and the next import begins a new one"))
    }
    return Admission(
      manifest: image.root.digest, names: fit,
      unfitNames: names.filter { name in !fit.contains { $0.utf8.elementsEqual(name.utf8) } },
      displaced: editing.displaced, attachments: attachments.count, leftBehind: leftBehind)
  }

  /// Names of one image.
  static let mostNames = 64
  /// Entries of the index, half of what is read of one, beyond which an image gets one name, and nothing comes with it: who
  /// sends media calls an image what he likes, and hangs on it what he likes.
  static let generousEntries = 10_000

  /// Letters, digits and `-._:@/+` (image-spec 1.1 annotations.md, org.opencontainers.image.ref.name), and no tag by which
  /// signatures are found: a name must not take the place of another image's signatures.
  private static func isFit(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard (1...1024).contains(bytes.count), !AttachmentTag.isTag(name) else { return false }
    guard name != ".", name != ".." else { return false }
    if !CompletedName.isBareTag(name), !CompletedName.isUnmistakable(name) { return false }
    return bytes.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "-._:@/+".utf8.contains(byte)
    }
  }

  private func write(
    _ manifest: [UInt8], as digest: ClaimedDigest, into layout: AdmittedLayout
  ) throws(QuarantineError) {
    try storing("admitted/blobs/\(digest)") { () throws(FileError) in
      try layout.blobs.folder(of: digest).replace(BlobFolder.name(digest), with: manifest)
    }
  }
}

/// The entries of a layout's index, while they are changed.
private struct IndexEditing {
  private var listed: [Listed] = []
  private(set) var entries: [JSON]
  private(set) var isChanged = false
  private(set) var displaced: [Admission.Displaced] = []

  static let nameKey = "org.opencontainers.image.ref.name"

  private struct Listed {
    let digest: ClaimedDigest
    var name: [UInt8]?
    /// The name as tools complete it.
    var completed: CompletedName?

    init(_ digest: ClaimedDigest, named name: String?) {
      self.digest = digest
      self.name = name.map { Array($0.utf8) }
      completed = name.map(CompletedName.init)
    }
  }

  init(_ descriptors: [Descriptor], _ entries: [JSON]) {
    self.entries = entries
    listed = descriptors.map { Listed($0.digest, named: $0.annotation(Self.nameKey)) }
  }

  /// Takes a name from every other image that has it, however it is written there.
  private mutating func displace(_ completed: CompletedName, by digest: ClaimedDigest, as name: String) {
    while let holder = listed.firstIndex(where: { $0.digest != digest && $0.completed == completed }) {
      isChanged = true
      let older = listed[holder].digest
      let pair = Admission.Displaced(name: name, digest: older)
      if !displaced.contains(where: { $0.digest == older && $0.name.utf8.elementsEqual(name.utf8) }) {
        displaced.append(pair)
      }
      if listed.enumerated().contains(where: { $0.offset != holder && $0.element.digest == older }) {
        listed.remove(at: holder)
        entries.remove(at: holder)
      } else {
        (listed[holder].name, listed[holder].completed) = (nil, nil)
        entries[holder] = entries[holder].withoutName(Self.nameKey)
      }
    }
  }

  mutating func list(_ entry: RehashedImage.Entry, as name: String?) {
    let wanted = name.map { Array($0.utf8) }
    if let name { displace(CompletedName(name), by: entry.digest, as: name) }
    if listed.contains(where: { $0.digest == entry.digest && (wanted == nil || $0.name == wanted) }) { return }
    isChanged = true
    // An entry without a name was only there to say that the digest is.
    if wanted != nil, let bare = listed.firstIndex(where: { $0.digest == entry.digest && $0.name == nil }) {
      listed.remove(at: bare)
      entries.remove(at: bare)
    }
    listed.append(Listed(entry.digest, named: name))
    var members: JSONObject = [
      "mediaType": .text(entry.mediaType), "digest": .text("\(entry.digest)"),
      "size": .integer(Int64(clamping: entry.size)),
    ]
    if let name { members.append("annotations", [Self.nameKey: .text(name)]) }
    entries.append(.object(members))
  }
}

extension JSON {
  /// A descriptor without one of its annotations, and without `annotations` where it was the only one.
  fileprivate func withoutName(_ key: String) -> JSON {
    guard case .object(var object) = self else { return self }
    object.members = object.members.compactMap { member in
      guard member.key.elementsEqual("annotations".utf8), case .object(var annotations) = member.value else {
        return member
      }
      annotations.members.removeAll { $0.key.elementsEqual(key.utf8) }
      var changed = member
      changed.value = .object(annotations)
      return annotations.members.isEmpty ? nil : changed
    }
    return .object(object)
  }
}

extension Array {
  /// Each once.
  fileprivate func uniqued<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
    var seen: Set<Key> = []
    return filter { seen.insert(key($0)).inserted }
  }

  /// Those that take no room, and of the others the first.
  fileprivate func within(_ room: Int, unless takesNone: (Element) -> Bool) -> [Element] {
    var room = room
    return filter { element in
      if takesNone(element) { return true }
      room -= 1
      return room >= 0
    }
  }
}
