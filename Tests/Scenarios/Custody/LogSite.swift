import FoundationEssentials
import SnapshotSketch
import TestSupport
import Testing

/// An appliance whose site brings it log snapshots.
struct LogSite {
  let assay: Assay
  let site: OwnSite

  /// - Parameters:
  ///   - logs: whose keys the site's trust root has.
  ///   - policy: a witness policy of the site's.
  init(_ logs: [SketchedTlog], policy: String? = nil) throws {
    assay = try Assay()
    site = try OwnSite(assay)
    var files: [(role: String, name: String, bytes: [UInt8])] = [
      ("trust", "logs/trusted_root.json", SketchedTlog.trustRoot(logs))
    ]
    if let policy { files.append(("policy", "witnesses.tlog-policy", Array(policy.utf8))) }
    let first = try site.publish(files, as: "trust.tar")
    let made = try assay.run(["init", "--tpm", "software", "--root", site.root])
    try #require(made.status == 0, "\(made.errors)")
    let taken = try assay.run(["trust", "import", first])
    try #require(taken.status == 0, "\(taken.errors)")
  }

  /// Publishes a bundle with a snapshot, as `name` and its form say.
  func bundle(_ snapshot: SketchedSnapshot, as name: String) throws -> String {
    try bundle(snapshot.tar, as: name)
  }

  func bundle(_ tar: [UInt8], as name: String) throws -> String {
    try site.publish([("logs", "x.tar", tar)], as: name)
  }

  func importing(_ bundle: String) throws -> RunResult { try assay.run(["trust", "import", bundle]) }

  /// A snapshot, taken in.
  @discardableResult
  func take(_ snapshot: SketchedSnapshot, as name: String) throws -> String {
    let result = try importing(try bundle(snapshot, as: name))
    try #require(result.status == 0, "\(name): \(result.errors)")
    return result.output
  }

  func status(_ more: [String] = []) throws -> RunResult { try assay.run(["trust", "log", "status"] + more) }

  /// What is in force, and what the logs are known to be.
  func state() throws -> String { try assay.run(["trust", "list"]).output + status().output }

  /// Refused for a reason, and nothing changed by it.
  func expectRefusal(
    of bundle: String, _ reason: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try state()
    let result = try importing(bundle)
    #expect(result.status == 3 || result.status == 4, "\(result.output)", sourceLocation: location)
    #expect(result.errors.contains(reason), "\(result.errors)", sourceLocation: location)
    #expect(try state() == before, sourceLocation: location)
    #expect(try leftovers().isEmpty, sourceLocation: location)
  }

  /// Files that only an import has.
  func leftovers(in store: String? = nil) throws -> [String] {
    let store = store ?? assay.storeFolder
    let all = try FileManager.default.subpathsOfDirectory(atPath: store)
    return all.filter { path in
      let name = path.split(separator: "/").last ?? ""
      return name.hasPrefix("incoming-") || name.hasPrefix("run-") || name.hasSuffix(".new")
    }
  }
}

extension SketchedSnapshot {
  /// As `trust log snapshot` packs one.
  var tar: [UInt8] {
    TarWriter.archive { tar in
      for (name, contents) in files.sorted(by: { $0.key < $1.key }) { tar.file(Array(name.utf8), contents) }
    }
  }

  /// All tiles, and all entries of the first 256.
  static func whole(_ log: SketchedTlog, witnesses: [SketchedWitness] = []) throws -> SketchedSnapshot {
    var snapshot = try SketchedSnapshot(of: log, witnesses: witnesses)
    snapshot.carry(tilesOf: log.size, log)
    for number in 0..<(log.size + 255) / 256 {
      snapshot.carry(bundle: number, width: Int(min(256, log.size - number * 256)), log)
    }
    return snapshot
  }
}
