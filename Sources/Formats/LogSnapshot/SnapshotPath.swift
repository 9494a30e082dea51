import SignedNote

/// What a file of a log's folder is, by its name. There is no other file in a snapshot.
package enum SnapshotPath: Hashable, Sendable {
  /// `log.json`
  case description
  /// `checkpoint`, the newest
  case checkpoint
  /// `checkpoint.<size>`
  case earlierCheckpoint(size: UInt64)
  /// `tile/<level>/<number>[.p/<width>]`
  case tile(level: Int, TilePath)
  /// `tile/entries/<number>[.p/<width>]`
  case entryBundle(TilePath)
  /// `consistency/<old>-<new>`
  case consistency(from: UInt64, to: UInt64)
  /// `entries/<index>.json`
  case entry(index: UInt64)
  /// `proofs/<index>.tlog-proof`
  case proof(index: UInt64)

  /// Levels of tiles: a tree of 2^63 leaves has hashes of 256^7 of them, and none of 256^8.
  package static let levels = 8

  /// - Parameter path: below the log's folder. Nil for what no snapshot holds, and for a second spelling of anything.
  package init?(parsing path: ArraySlice<UInt8>) {
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
    guard let first = parts.first else { return nil }
    let rest = parts.dropFirst()
    if rest.isEmpty {
      if first.elementsEqual("log.json".utf8) {
        self = .description
      } else if first.elementsEqual("checkpoint".utf8) {
        self = .checkpoint
      } else if let size = Self.number(first, between: "checkpoint.", and: "") {
        self = .earlierCheckpoint(size: size)
      } else {
        return nil
      }
      return
    }
    if first.elementsEqual("tile".utf8), let level = rest.first {
      guard let tile = TilePath(parsing: rest.dropFirst()) else { return nil }
      if level.elementsEqual("entries".utf8) {
        self = .entryBundle(tile)
      } else if let number = Checkpoint.decimal(level), number < Self.levels {
        self = .tile(level: Int(number), tile)
      } else {
        return nil
      }
      return
    }
    guard rest.count == 1, let name = rest.first else { return nil }
    if first.elementsEqual("entries".utf8), let index = Self.number(name, between: "", and: ".json") {
      self = .entry(index: index)
    } else if first.elementsEqual("proofs".utf8), let index = Self.number(name, between: "", and: ".tlog-proof") {
      self = .proof(index: index)
    } else if first.elementsEqual("consistency".utf8), let dash = name.firstIndex(of: UInt8(ascii: "-")),
      let old = Checkpoint.decimal(name[..<dash]), let new = Checkpoint.decimal(name[(dash + 1)...]), old < new
    {
      self = .consistency(from: old, to: new)
    } else {
      return nil
    }
  }

  package var text: String {
    switch self {
    case .description: "log.json"
    case .checkpoint: "checkpoint"
    case .earlierCheckpoint(let size): "checkpoint.\(size)"
    case .tile(let level, let path): "tile/\(level)/\(path.text)"
    case .entryBundle(let path): "tile/entries/\(path.text)"
    case .consistency(let old, let new): "consistency/\(old)-\(new)"
    case .entry(let index): "entries/\(index).json"
    case .proof(let index): "proofs/\(index).tlog-proof"
    }
  }

  /// Bytes that such a file has at the most; tiles have exactly these.
  package var mostBytes: Int {
    switch self {
    case .description: LogDescription.mostBytes
    case .checkpoint, .earlierCheckpoint: SignedNote.mostBytes
    case .tile(_, let path): path.width * 32
    case .entryBundle(let path): path.width * (2 + EntryBundle.mostEntryBytes)
    case .consistency: ConsistencyFile.mostBytes
    case .entry: CarriedEntry.mostBytes
    case .proof: LogProof.mostBytes
    }
  }

  /// Whether a folder of a snapshot may have this path below the log's.
  package static func isFolder(_ path: ArraySlice<UInt8>) -> Bool {
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard let first = parts.first, ["tile", "entries", "proofs", "consistency"].contains(where: first.isText) else {
      return false
    }
    if parts.count == 1 { return true }
    return first.isText("tile") && parts.count <= 10
      && parts.dropFirst().allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: ".") }
      }
  }

  private static func number(
    _ text: ArraySlice<UInt8>, between start: String, and end: String
  ) -> UInt64? {
    guard text.count > start.utf8.count + end.utf8.count, text.starts(with: start.utf8),
      text.suffix(end.utf8.count).elementsEqual(end.utf8)
    else { return nil }
    return Checkpoint.decimal(text.dropFirst(start.utf8.count).dropLast(end.utf8.count))
  }
}

extension ArraySlice<UInt8> {
  fileprivate func isText(_ text: String) -> Bool { elementsEqual(text.utf8) }
}
