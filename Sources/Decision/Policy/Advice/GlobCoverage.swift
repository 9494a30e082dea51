// What two patterns have to do with each other, said only where it is certain.

extension Glob {
  private var allSteps: [Step] { prefix.map(Step.byte) + steps }

  /// Whether everything that `other` matches is matched by this pattern too. Sometimes it is, and this says no: what a star
  /// of `other` stands for must be a star's here as well.
  func covers(_ other: Glob) -> Bool { reached(by: other.allSteps).last == true }

  /// Whether it matches something that begins so.
  func canBegin(with text: [UInt8]) -> Bool { reached(by: text.map(Step.byte)).contains(true) }

  /// Whether it matches something of several path segments.
  var canCrossSegments: Bool { text.contains(UInt8(ascii: "/")) || steps.contains(.acrossSegments) }

  /// What every match has before its first slash; nil where that is not the same for all, or there is no slash.
  var firstSegment: [UInt8]? {
    guard let slash = prefix.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    return Array(prefix[..<slash])
  }

  /// How far this pattern's steps may have come behind `text`: n-th is whether it is one of the first n steps'.
  private func reached(by text: [Step]) -> [Bool] {
    let steps = allSteps
    var reached = [Bool](repeating: false, count: steps.count + 1)
    reached[0] = true
    func skipStars() {
      for (position, step) in steps.enumerated() where reached[position] {
        if case .byte = step { continue }
        reached[position + 1] = true
      }
    }
    skipStars()
    for part in text {
      var next = [Bool](repeating: false, count: steps.count + 1)
      for (position, step) in steps.enumerated() where reached[position] {
        switch (step, part) {
        case (.byte, .byte): if step == part { next[position + 1] = true }
        case (.withinSegment, .byte(let byte)): if byte != UInt8(ascii: "/") { next[position] = true }
        case (.withinSegment, .withinSegment), (.acrossSegments, _): next[position] = true
        case (.byte, _), (.withinSegment, .acrossSegments): break
        }
      }
      reached = next
      guard reached.contains(true) else { return reached }
      skipStars()
    }
    return reached
  }
}
