import Glibc

/// Prints figures beside their goals.
enum Table {
  static func head(_ title: String) {
    print("\n\(title)")
    row("", "assay", "beside", "ratio", "goal", "")
  }

  /// A figure against another one, measured in the same run.
  static func compare(
    _ what: String, _ one: [Double], _ other: [Double], atMost goal: Double, _ show: (Double) -> String
  ) {
    // Of neighbouring runs: a machine that slows down slows both.
    let ratio = median(zip(one, other).map { $0 / $1 })
    row(what, show(median(one)), show(median(other)), two(ratio), "≤ \(two(goal))", ratio <= goal ? "" : "missed")
  }

  /// A figure against a fixed bound.
  static func bound(_ what: String, _ value: Double, atMost goal: Double, _ show: (Double) -> String) {
    row(what, show(value), "", "", "≤ \(show(goal))", value <= goal ? "" : "missed")
  }

  /// How many items a second, all in all, against the rate of something else in the same run.
  /// - Parameters:
  ///   - one: seconds of each round, `items` a round.
  ///   - goals: items a second, and the part of the other's rate; nil where there are none.
  static func rate(
    _ what: String, _ one: [Double], _ other: [Double], items: Int, atLeast goals: (rate: Double, ratio: Double)?
  ) {
    func rate(_ seconds: [Double]) -> Double { Double(items * seconds.count) / seconds.reduce(0, +) }
    let (ours, theirs) = (rate(one), rate(other))
    let goal = goals.map { "≥ \(two($0.ratio))" } ?? ""
    let isMissed = goals.map { ours / theirs < $0.ratio } ?? false
    row(what, perSecond(ours), perSecond(theirs), two(ours / theirs), goal, isMissed ? "missed" : "")
    guard let goals else { return }
    row("", "", "", "", "≥ \(perSecond(goals.rate))", ours >= goals.rate ? "" : "missed")
  }

  /// A figure that has no goal.
  static func note(_ what: String, _ value: String) { row(what, value, "", "", "", "") }

  static func seconds(_ value: Double) -> String { two(value) + " s" }
  static func milliseconds(_ value: Double) -> String { one(value * 1e3) + " ms" }
  static func microseconds(_ value: Double) -> String { "\(Int((value * 1e6).rounded())) µs" }
  static func perSecond(_ value: Double) -> String { "\(Int(value.rounded()))/s" }
  static func mebibytes(_ value: Double) -> String { one(value / 1_048_576) + " MiB" }

  private static func one(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func two(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func row(_ cells: String...) {
    let widths = [44, 11, 11, 8, 11, 0]
    var line = ""
    for (column, cell) in cells.enumerated() {
      let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
      line += column == 0 ? "  " + cell + space : space + cell
      if column == cells.count - 2 { line += "  " }
    }
    while line.last == " " { line.removeLast() }
    print(line)
    fflush(nil)
  }
}
