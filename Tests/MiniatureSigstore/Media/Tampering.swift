/// What happens to a medium between the two networks.
package enum Tampering: String, Sendable, CaseIterable {
  /// One byte of a layer, its length kept.
  case layerByteFlipped
  case layerRemoved
  case layerLonger
  /// The config replaced by another valid one under the same name.
  case configReplaced
  /// The manifest replaced by another valid one under the same name.
  case manifestReplaced
  /// A blob that no image uses has other bytes than its name says.
  case strayBlobWrong
  /// An entry twice, with different bytes the second time.
  case entryRepeated
  /// A name with `..` in it.
  case entryClimbing
  /// A name that begins with a slash.
  case entryAbsolute
  case blobAsSymbolicLink
  case blobAsHardLink
  case deviceEntry

  /// - Parameter image: whose blobs are meant (the first platform's).
  package func apply(to entries: [MediumEntry], of image: SampleImage) -> [MediumEntry] {
    var entries = entries
    let first = image.platforms[0]
    let layer = first.layers.first { $0.isCarried }?.blob ?? first.config
    func at(_ blob: SampleBlob) -> Int? {
      entries.firstIndex { entry in
        if case .file = entry.kind { entry.path.contains(blob.hex) } else { false }
      }
    }
    func change(_ blob: SampleBlob, _ body: (inout MediumEntry) -> Void) {
      if let index = at(blob) { body(&entries[index]) }
    }
    switch self {
    case .layerByteFlipped: change(layer) { $0.contents[$0.contents.count / 2] ^= 1 }
    case .layerRemoved: if let index = at(layer) { entries.remove(at: index) }
    case .layerLonger: change(layer) { $0.contents.append(0) }
    case .configReplaced: change(first.config) { $0.contents = $0.contents.swapping("/app/data", "/app/evil") }
    case .manifestReplaced:
      let other = SamplePlatformImage(first.platform, layers: [SampleLayer(seed: 666, size: 1000)])
      change(first.manifest) { $0.contents = other.manifest.bytes }
      entries += other.blobs.map { MediumEntry($0.path, $0.bytes) }
    case .strayBlobWrong:
      entries.append(MediumEntry(SampleBlob("", Array("one".utf8)).path, Array("two".utf8)))
    case .entryRepeated:
      if let index = at(layer) {
        var copy = entries[index]
        copy.contents[0] ^= 1
        entries.append(copy)
      }
    case .entryClimbing: entries.append(MediumEntry("blobs/../../escaped", [1]))
    case .entryAbsolute: entries.append(MediumEntry("/tmp/assay-escaped", [1]))
    case .blobAsSymbolicLink: change(layer) { $0.kind = .symbolicLink(to: "/etc/passwd") }
    case .blobAsHardLink: change(layer) { $0.kind = .hardLink(to: "index.json") }
    case .deviceEntry: entries.append(MediumEntry("blobs/null", kind: .special(flag: UInt8(ascii: "3"))))
    }
    return entries
  }
}

extension [UInt8] {
  /// With the first occurrence of a text replaced by one of the same length.
  fileprivate func swapping(_ old: String, _ new: String) -> [UInt8] {
    let old = Array(old.utf8)
    guard let at = indices.first(where: { self[$0...].starts(with: old) }) else { return self }
    return self[..<at] + Array(new.utf8) + self[(at + old.count)...]
  }
}
