import MediaReader
import OCIImage
import Octets
import Reasons
import RoleMessages
import Roles

/// What lies on the medium, with its paths.
struct Stick {
  private let medium: String
  let archives: [String]
  /// Of all Sigstore bundles that lie beside the archives; or why nobody knows what lies there, in which case the medium
  /// is the one archive, which has this to be refused for.
  let evidence: Result<[Evidence], Failure>
  /// What is not taken in: path, and why. Before the others, what nobody looked at.
  var others: [(path: String, why: String)] { unseen + unfit }
  private var unseen: [(path: String, why: String)] = []
  private var unfit: [(path: String, why: String)] = []

  /// - Throws: where no reader runs.
  init(_ medium: String, by crew: Crew) throws {
    self.medium = medium
    let survey: MediumSurvey
    do { survey = try crew.survey(medium) } catch let failure as Failure {
      (archives, evidence) = ([medium], .failure(failure))
      return
    }
    evidence = .success(survey.evidence)
    var archives: [String] = []
    for item in survey.items {
      let path = Crew.path(of: item, on: medium)
      switch item.kind {
      case .archive: archives.append(path)
      case .sigstoreBundles: break
      case .trustBundle: unfit.append((path, "a trust bundle: `assay trust import` takes it in"))
      case .other(let why): unfit.append((path, why))
      case .unseen(let why): unseen.append((path, why))
      }
    }
    self.archives = archives
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
