import Glibc
import TestSupport

extension Bench {
  /// Log snapshots of all hash tiles of a synthetic log: taken in, and asked for proofs.
  func measureSnapshots() throws {
    let sizes = [1_000_000, 10_000_000]
    var peaks: [[Double]] = []
    for size in sizes {
      let place = try folder.write("log-\(size)/log.policy", [])
      let base = String(place.dropLast("/log.policy".count))
      let errand = [CommandLine.arguments[0], "snapshot"]
      try runChecked(errand + ["make", String(size), base])
      let bare = errand + ["hash", String(size)]
      _ = try Cost.of(bare)
      var ours: [Cost] = []
      var beside: [Cost] = []
      for round in 0..<7 {
        let state = try folder.write("log-\(size)/state-\(round)/new", [])
        ours.append(try Cost.of(errand + ["import", base, String(state.dropLast("/new".count))]))
        beside.append(try Cost.of(bare))
        if round > 0 { try runChecked(["rm", "-r", "\(base)/state-\(round)"]) }
      }
      Table.head("a log's \(size) leaf hashes and those above them verified and kept; beside SHA-256 of each pair")
      let millions = Double(size) / 1e6
      Table.compare(
        "processor per million leaves", ours.map { $0.processor / millions }, beside.map { $0.processor / millions },
        atMost: 1.3, Table.milliseconds)
      Table.note("wall per million leaves", Table.milliseconds(ours.median(\.wall) / millions))
      Table.note("peak memory", Table.mebibytes(ours.median(\.peak)))
      peaks.append(ours.map(\.peak))

      let said = String(decoding: try runChecked(errand + ["prove", base, "\(base)/state-0"]), as: UTF8.self)
      let figures = said.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      guard figures.count == 2 else { throw BenchFailure("no figures of proofs") }
      Table.bound("one proof by index, verified", figures[0], atMost: 1e-3, Table.microseconds)
      Table.bound("an entry and its proof by leaf hash", figures[1], atMost: 1e-3, Table.microseconds)
      try runChecked(["rm", "-r", base])
    }
    Table.head("taking in 10,000,000 leaves; beside 1,000,000")
    Table.compare("peak memory", peaks[1], peaks[0], atMost: 1.1, Table.mebibytes)
  }
}
