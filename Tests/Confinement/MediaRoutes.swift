import Files
import Reasons
import TestSupport

@testable import MediaReader

/// The ways on which one archive can come. Whatever is said of it must be the same on each.
enum Route: String, CaseIterable {
  case file, stream, gzip, zstd

  func read(_ archive: [UInt8], limits: MediaLimits = .usual) throws -> Medium {
    let folder = try TemporaryFolder()
    let path = try folder.write("archive", archive)
    let reader = MediaReader(limits: limits)
    switch self {
    case .file: return try reader.read(.path(path))
    case .stream: return try reader.readStream(try OpenFile(path: path), from: .standardInput)
    case .gzip, .zstd:
      return try reader.read(.path(try folder.write("packed", try runChecked([rawValue, "-c", "-q", path]))))
    }
  }

  /// What is said of it: thrown or noted.
  func complaints(_ archive: [UInt8], limits: MediaLimits = .usual) throws -> [Failure] {
    do { return try read(archive, limits: limits).failures } catch let failure as Failure { return [failure] }
  }
}

extension Medium {
  func entry(_ name: String) -> Entry? { entries.first { $0.name.elementsEqual(name.utf8) } }
  var names: [String] { entries.map { String(decoding: $0.name, as: UTF8.self) } }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
