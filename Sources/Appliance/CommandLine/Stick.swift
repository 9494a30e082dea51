import Files
import MediaReader
import MediumRecord
import OCIImage
import Octets
import Quarantine
import Readings

/// What lies on the medium, with its paths.
struct Stick {
  private let medium: String
  let archives: [String]
  /// Of all Sigstore bundles that lie beside the archives.
  private(set) var evidence: [Evidence] = []
  /// What is not taken in: path, and why. Before the others, what nobody looked at.
  var others: [(path: String, why: String)] { unseen + unfit }
  private var evidenceBytes = 0
  private var unseen: [(path: String, why: String)] = []
  private var unfit: [(path: String, why: String)] = []

  /// Bytes of all Sigstore bundles together, and how many.
  private static let mostBytes = InputFile.bundleLimit
  private static let mostBundles = LooseBundles.limit

  init(_ medium: String) throws {
    self.medium = medium
    let survey = try Survey(try MediaSource.path(medium).open(), as: .path(medium))
    func path(_ item: Survey.Item) -> String {
      item.path.isEmpty ? medium : medium + "/" + String(decoding: item.path, as: UTF8.self)
    }
    archives = survey.items.filter { $0.kind == .archive }.map(path)
    for item in survey.items {
      switch item.kind {
      case .archive: break
      case .sigstoreBundle: take(bundle: path(item))
      case .trustBundle: unfit.append((path(item), "a trust bundle: `assay trust import` takes it in"))
      case .other(let why): unfit.append((path(item), why))
      case .unseen(let why): unseen.append((path(item), why))
      }
    }
  }

  /// One that does not read costs itself alone: nobody named it.
  private mutating func take(bundle path: String) {
    do throws(InputFile.Unfit) {
      let found = try LooseBundles.found(path)
      let bytes = evidenceBytes + found.reduce(0) { $0 + ($1.bytes?.count ?? 0) }
      guard bytes <= Self.mostBytes, evidence.count + found.count <= Self.mostBundles else {
        throw InputFile.Unfit(words: "is more than what is taken of Sigstore bundles beside archives")
      }
      evidence += found
      evidenceBytes = bytes
    } catch { unseen.append((path, error.words)) }
  }

  /// Of the archives that are files, as they are now: before this process is confined, and opens no medium any more.
  var marks: [String: MediumRecord.Mark] {
    var marks: [String: MediumRecord.Mark] = [:]
    for path in archives {
      guard let status = try? MediaSource.path(path).open().status() else { continue }
      marks[path] = MediumRecord.Mark(status)
    }
    return marks
  }

  /// At most so many lines: a stick may be full of photographs.
  private static let mostLines = 20

  func sayLeftThere() {
    for other in others.prefix(Self.mostLines) { Voice.say("left there: \(printable(other.path)): \(other.why)") }
    if others.count > Self.mostLines { Voice.say("left there: \(others.count - Self.mostLines) further files") }
    if !unseen.isEmpty {
      Voice.warn(
        "not all of \(printable(medium)) was looked at: what lies there was not judged, and Sigstore bundles there "
          + "count for no image")
    }
  }
}
