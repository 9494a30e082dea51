import Channel
import Files
import MediaReader
import Octets
import Reasons
import RoleMessages

/// The reader's side of a trust bundle: its files, and on demand those once more that are too large to be kept.
struct BundleRole {
  private let channel: Channel
  private let file: OpenFile
  private let source: MediaSource

  init(_ channel: Channel, _ file: OpenFile, _ source: MediaSource) {
    self.channel = channel
    self.file = file
    self.source = source
  }

  func run() throws(ChannelError) {
    do {
      let medium = try MediaReader(limits: .trustBundle, progress: channel.progress).read(file, as: source)
      if let failure = medium.failures.first { throw failure }
      for entry in medium.entries {
        let passing = MediaLimits.trustBundle.passingBy
        try channel.send(.entry, BundleEntry(entry, passingBy: passing).bytes)
      }
      try channel.send(.listed)
      try copy()
    } catch let error as ChannelError {
      // Nobody wants copies: that is the end of it.
      throw error
    } catch {
      let failure = error as? Failure ?? Failure(.archiveUnreadable, source.description, "\(error)")
      try channel.send(.failed, FailureMessage.serialized(failure))
    }
  }

  private func copy() throws {
    var numbers: [[UInt8]: Int] = [:]
    while true {
      let (message, content) = try channel.receive()
      guard message == .name else { break }
      numbers[content] = numbers.count
    }
    try EntryCopy(file, as: source, limits: .trustBundle).copy(Set(numbers.keys)) { name, piece in
      guard let number = numbers[name] else { return }
      var rest = piece
      while !rest.isEmpty {
        try channel.send(.piece, BundlePiece.bytes(number, rest.prefix(BundlePiece.mostBytes)))
        rest = rest.dropFirst(BundlePiece.mostBytes)
      }
    }
    try channel.send(.copied)
  }
}

extension BundleEntry {
  /// - Parameter passingBy: of the limits under which it was read.
  init(_ entry: Medium.Entry, passingBy: [UInt8]?) {
    let isPassed = passingBy.map { entry.name.starts(with: $0) } ?? false
    let kind: Kind = entry.alias != nil ? .strange : isPassed ? .passed : entry.contents == nil ? .strange : .kept
    self.init(
      name: entry.name, kind: kind, size: entry.size, digest: ClaimedDigest(entry.digest),
      contents: kind == .kept ? entry.contents ?? [] : [])
  }
}
