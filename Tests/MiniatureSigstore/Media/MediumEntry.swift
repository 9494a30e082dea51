/// One entry of an archive or a folder. A list of these is a medium that a test may still change.
package struct MediumEntry: Sendable {
  package enum Kind: Sendable {
    case file([UInt8])
    case folder
    case symbolicLink(to: String)
    case hardLink(to: String)
    /// Any type flag, without contents.
    case special(flag: UInt8)
  }

  package var path: String
  package var kind: Kind

  package init(_ path: String, _ contents: [UInt8]) {
    self.path = path
    self.kind = .file(contents)
  }

  package init(_ path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  package init(_ path: String, _ json: JSONText) { self.init(path, json.bytes) }

  /// A file's contents; empty for all else.
  package var contents: [UInt8] {
    get { if case .file(let bytes) = kind { bytes } else { [] } }
    set { kind = .file(newValue) }
  }
}
