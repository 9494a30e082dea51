extension QRCode {
  /// What colours a terminal has.
  package enum Screen: Hashable, Sendable, CaseIterable {
    /// Light letters on a dark ground.
    case dark
    /// Dark letters on a light ground.
    case light
  }

  /// The code with its quiet zone, each character two modules high and one wide, as most terminals' cells are. The lines
  /// are of one length, with no colours of their own: on the other kind of screen most readers see nothing.
  package func lines(for screen: Screen) -> [String] {
    let zone = -Self.quietZone..<side + Self.quietZone
    // What is drawn in the colour of letters.
    func isDrawn(_ row: Int, _ column: Int) -> Bool {
      zone.contains(row) && isDark(row: row, column: column) == (screen == .light)
    }
    return stride(from: zone.lowerBound, to: zone.upperBound, by: 2).map { row in
      var line = ""
      for column in zone {
        switch (isDrawn(row, column), isDrawn(row + 1, column)) {
        case (true, true): line += "█"
        case (true, false): line += "▀"
        case (false, true): line += "▄"
        case (false, false): line += " "
        }
      }
      return line
    }
  }
}
