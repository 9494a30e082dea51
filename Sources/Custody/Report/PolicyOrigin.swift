import Octets
import StrictJSON

/// Where the policy of a verdict came from.
package enum PolicyOrigin: Hashable, Sendable {
  /// Options of the command made it.
  case commandLine
  /// A file that the operator named.
  case file(String)
  /// A trust bundle brought it, under this name.
  case installed(String)

  /// Names the policy in reports (SLSA's `policy.uri`); which policy it was, its digest says.
  package var uri: String { "urn:x-assay:policy:\(word)" }

  /// Whether a person wrote it as a document.
  package var isDocument: Bool { self != .commandLine }

  private var word: String {
    switch self {
    case .commandLine: "command-line"
    case .file: "file"
    case .installed: "installed"
    }
  }

  var json: JSON {
    switch self {
    case .commandLine: ["from": .text(word)]
    case .file(let name), .installed(let name): ["from": .text(word), "name": .text(printable(name))]
    }
  }
}
