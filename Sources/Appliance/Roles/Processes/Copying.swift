import Files
package import MediaReader
import MediumRecord
package import Octets
package import Quarantine
import Reasons
import RoleMessages

/// Where media are copied to, what is on its way there, and what has come.
package final class Copying {
  /// Something about a copy, for people.
  package enum Notice: Hashable, Sendable {
    /// A reader's word.
    case reader(IncomingFolder.Notice)
    /// The same was taken in before, and gets no second record.
    case known(id: String, taken: UnixTime)
  }

  let quarantine: Quarantine
  /// What people call the stick.
  private let label: String
  private let now: UnixTime
  private let notice: (Notice) -> Void
  /// By the bytes of the medium's name, as what has come.
  private var onTheirWay: [[UInt8]: Incoming] = [:]
  private var taken: [[UInt8]: Quarantine.TakenOver] = [:]

  package init(
    into quarantine: Quarantine, label: String, now: UnixTime, notice: @escaping (Notice) -> Void
  ) {
    self.quarantine = quarantine
    self.label = label
    self.now = now
    self.notice = notice
  }

  /// - Parameter mark: of an archive that is a file.
  /// - Throws: `CopyTrouble`.
  func begin(_ source: MediaSource, mark: MediumRecord.Mark?) throws -> Incoming {
    do throws(QuarantineError) {
      let copy = try quarantine.begin(source, label: label, mark: mark, now: now)
      onTheirWay[source.name] = copy
      return copy
    } catch { throw CopyTrouble(error) }
  }

  func isOnItsWay(_ source: MediaSource) -> Bool { onTheirWay[source.name] != nil }

  /// Takes over what a reader left that has ended.
  /// - Precondition: it is on its way.
  /// - Throws: `Failure` for what a reader in foreign hands may have left; `CopyTrouble`.
  func takeOver(_ source: MediaSource) throws {
    do throws(QuarantineError) {
      let copy = try quarantine.takeOver(onTheirWay[source.name]!)
      if copy.isKnown { notice(.known(id: copy.record.id, taken: copy.record.taken)) }
      taken[source.name] = copy
      onTheirWay[source.name] = nil
    } catch {
      if case .input(let failure) = error { throw failure }
      throw CopyTrouble(error)
    }
  }

  /// Lets go of a copy that was not taken over, and drops it where it does not go on with the next import: nothing is gone
  /// on with that was left by a reader which did what no honest one does.
  /// - Parameter hasBegun: whether its reader ever said something.
  func leave(_ source: MediaSource, hasBegun: Bool, after error: any Error) {
    guard let copy = onTheirWay.removeValue(forKey: source.name) else { return }
    let mayGoOn =
      !hasBegun
      // The disk takes no more.
      || error is CopyTrouble
      // The medium went away, or is a slow one.
      || (error as? Failure).map { [.archiveUnreadable, .readerTimeout].contains($0.reason) } ?? false
    if !mayGoOn { quarantine.drop(copy) }
  }

  func note(_ content: [UInt8]) { if let word = CopyNotice.notice(content) { notice(.reader(word)) } }

  /// The medium in the quarantine that was read under this name; nil where it was not copied.
  package func copy(of source: MediaSource) -> String? { taken[source.name]?.record.id }

  /// Nothing more is wanted of such a medium: it may be removed from the quarantine.
  package func letGo(of source: MediaSource) { taken[source.name] = nil }
}

extension MediaSource {
  /// Names that look alike need not be one.
  fileprivate var name: [UInt8] { Array(description.utf8) }
}
