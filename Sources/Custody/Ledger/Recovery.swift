/// What to do with a history that was found, by what the anchor says: the table of docs/formats/CommitProtocol.md,
/// Starting. Forward by one step that the commit key signed, or not at all.
enum Recovery: Hashable {
  /// The anchor is that of the last record.
  case run
  /// The last record is one step ahead: a crash came between the disk and the anchor. Nobody saw what it holds.
  case anchorLast
  /// The disk lost the commit that the anchor has; a side file holds it.
  case restoreFromSide
  case refuse(Finding)

  /// - Parameter sides: the records of the side files; asked for where database and anchor disagree.
  static func decide(_ commits: CommitChain, anchor: AnchorReading, sides: () -> [CommitRecord]) -> Recovery {
    guard let last = commits.last?.record else { return .refuse(.fileAltered("it holds no commit")) }
    switch anchor {
    case .missing: return .refuse(.anchorMissing)
    // Fatal also where the last record is the first one: an index that is defined anew must lead nowhere.
    case .unwritten: return .refuse(.anchorUnwritten)
    case .value(last.anchor): return .run
    case .value(last.previousAnchor): return .anchorLast
    case .value(let value):
      if let side = sides().first(where: { $0.anchor == value }) {
        if commits.follows(side) { return .restoreFromSide }
        if side.storeID == last.storeID, side.number > last.number {
          return .refuse(.older(stored: last.number, confirmed: side.number))
        }
      }
      if let confirmed = commits.number(ofAnchor: value) {
        return .refuse(.unconfirmed(stored: last.number, confirmed: confirmed))
      }
      return .refuse(.unknown(stored: last.number))
    }
  }
}
