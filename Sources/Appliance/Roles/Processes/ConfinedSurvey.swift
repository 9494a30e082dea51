import Channel
package import Files
import MediaReader
import MediumRecord
package import OCIImage
import Octets
import Quarantine
import Reasons
package import RoleMessages

/// What lies on a medium, as a reader said: it says where to look, and hands on evidence, which proves or does not.
package struct MediumSurvey: Sendable {
  package let items: [SurveyedItem]
  /// Of all Sigstore bundles that lie beside the archives.
  package let evidence: [Evidence]
}

extension Crew {
  /// Looks over a medium in a process of its own, unless it is a file, which is one archive. What is read below it
  /// afterwards is reached from it and through no link.
  /// - Throws: `Failure`: what keeps it from being looked at, and `reader.…`, `reading.malformed` for what a reader in
  ///   foreign hands may do; `RoleTrouble`.
  package func survey(_ medium: String) throws -> MediumSurvey {
    let seen = try look(.reader(.path(medium)), about: medium)
    guard seen == .folder else {
      self.surveyed = SurveyedMedium(folder: medium, marks: seen.mark.map { [Array(medium.utf8): $0] } ?? [:])
      return MediumSurvey(items: [SurveyedItem(path: [], kind: .archive)], evidence: [])
    }
    let survey = try survey(.survey, .path(medium), by: ask(.survey, of: .path(medium)))
    var surveyed = SurveyedMedium(folder: medium, marks: [:])
    for item in survey.items where item.kind == .archive {
      // Not by its reader: by a mark that one made up another copy would go on.
      let path = Self.path(of: item, on: medium)
      surveyed.marks[Array(path.utf8)] = (try? look(surveyed.order(of: .path(path)), about: path))?.mark
    }
    self.surveyed = surveyed
    return survey
  }

  /// Where an item of a medium lies.
  package static func path(of item: SurveyedItem, on medium: String) -> String {
    item.path.isEmpty ? medium : medium + "/" + String(decoding: item.path, as: UTF8.self)
  }

  /// The Sigstore bundles in a file that the operator named, read in a process of its own.
  /// - Throws: `LooseBundles.Unfit` for a file that is none; what `survey` throws.
  package func readBundles(_ file: OpenFile, named path: String) throws -> [Evidence] {
    let source = MediaSource.path(path)
    let survey = try survey(.readLoose, source, by: ask(.readLoose, of: source, in: file))
    switch survey.items.first?.kind {
    case .sigstoreBundles where survey.items.count == 1: return survey.evidence
    case .unseen(let why) where survey.items.count == 1: throw LooseBundles.Unfit(words: why)
    default: throw Failure(.readingMalformed, path, "no answer about a file of Sigstore bundles")
    }
  }

  private func survey(
    _ question: Message, _ source: MediaSource, by reader: RoleProcess
  ) throws -> MediumSurvey {
    defer { reader.end() }
    var items: [SurveyedItem] = []
    /// Each of them is judged once.
    var archives: Set<[UInt8]> = []
    var evidence: [Evidence] = []
    var objects: [[UInt8]] = []
    /// How many are still to come of those that the last item has.
    var awaited = 0
    var bytes = 0
    while true {
      let (message, content) = try reader.receive()
      note(reader)
      switch message {
      case .progress: break
      case .item where awaited == 0:
        let item = try SurveyedItem(content)
        guard item.kind != .archive || archives.insert(item.path).inserted else {
          throw reader.failure(.forbidden("“\(printable(item.path))” a second time"))
        }
        items.append(item)
        guard case .sigstoreBundles(let count) = item.kind else { continue }
        guard count > 0, count <= LooseBundles.most - evidence.count else {
          throw reader.failure(.forbidden("\(count) more Sigstore bundles"))
        }
        awaited = count
      case .object where awaited > 0:
        bytes += content.count
        guard bytes <= LooseBundles.mostBytes else { throw reader.failure(.forbidden("more bytes than are taken")) }
        objects.append(content)
        awaited -= 1
        guard awaited == 0, let item = items.last else { continue }
        let path = question == .survey ? Self.path(of: item, on: source.description) : source.description
        evidence += LooseBundles.evidence(objects, in: path)
        objects = []
      case .surveyed where awaited == 0: return MediumSurvey(items: items, evidence: evidence)
      case .failed: throw try FailureMessage.failure(content, malformed: .readingMalformed)
      default: throw reader.failure(.forbidden("“\(message)” where what lies on a medium is wanted"))
      }
    }
  }
}

/// A medium that was looked over.
struct SurveyedMedium {
  let folder: String
  /// Of the archives that are files, by path.
  var marks: [[UInt8]: MediumRecord.Mark]

  /// What it named is reached from its folder, wherever links on it would lead.
  func order(of source: MediaSource, copy: String? = nil) -> StartOrder {
    .reader(source, below: source.isBelow(folder) ? folder : nil, copy: copy)
  }
}
