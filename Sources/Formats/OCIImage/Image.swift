package import Octets
package import Reasons

/// One image that the archive offers: what a tag or an entry of the top index stands for.
package struct Image: Sendable {
  /// The root first, then everything below it, each digest once.
  package let parts: [Part]
  /// As the archive names it; unsigned text.
  package let names: [String]
  /// What stands beside a full name for other tools, mostly a bare tag: the same for every image that `docker save` tagged
  /// alike.
  package let tags: [String]

  package var digest: ClaimedDigest { parts[0].digest }

  /// - Parameter parts: not empty.
  package init(parts: [Part], names: [String], tags: [String] = []) {
    self.parts = parts
    self.names = names
    self.tags = tags
  }
}

/// An index or manifest of an image, with everything that is wrong or absent in it.
package struct Part: Sendable {
  package enum Role: Sendable, Hashable {
    /// Lists other parts.
    case index
    /// What a machine runs.
    case platform(Platform?)
    /// BuildKit's unsigned statements about a sibling; no machine runs it.
    case attestationManifest
    /// Listed, and not carried.
    case absent(Platform?)
  }

  package let digest: ClaimedDigest
  package let role: Role
  /// What its configuration says it runs on, where the index above says otherwise: whoever made that index chose its words.
  package let configuredPlatform: Platform?
  /// Indexes above, nearest last: a signature on any of them covers this part.
  package let ancestors: [ClaimedDigest]
  package let config: Configuration?
  package let layers: [Layer]
  /// Failures of this part's own blobs.
  package let problems: [Failure]

  package struct Configuration: Sendable, Hashable {
    package enum State: String, Sendable, CaseIterable {
      /// What it says it runs on counts: it is a document of the image (`ImageDocument`).
      case read
      /// It was not carried, or cannot be read. A problem of the part says so.
      case unread
      /// Of an artifact: no tool asks it what it runs on.
      case opaque
    }

    package let digest: ClaimedDigest
    package let state: State

    package init(_ digest: ClaimedDigest, _ state: State) { (self.digest, self.state) = (digest, state) }
  }

  package struct Layer: Sendable, Hashable {
    package let digest: ClaimedDigest
    package let size: UInt64
    package let mediaType: String
    package let isCarried: Bool
    var isForeign: Bool { MediaType.isForeign(mediaType) }

    package init(digest: ClaimedDigest, size: UInt64, mediaType: String, isCarried: Bool) {
      self.digest = digest
      self.size = size
      self.mediaType = mediaType
      self.isCarried = isCarried
    }
  }

  package init(
    digest: ClaimedDigest, role: Role, ancestors: [ClaimedDigest], config: Configuration?, layers: [Layer],
    problems: [Failure], configuredPlatform: Platform? = nil
  ) {
    self.digest = digest
    self.role = role
    self.configuredPlatform = configuredPlatform
    self.ancestors = ancestors
    self.config = config
    self.layers = layers
    self.problems = problems
  }

  package var platform: Platform? {
    switch role {
    case .platform(let platform), .absent(let platform): platform
    case .index, .attestationManifest: nil
    }
  }

  /// Whether any machine may take it for its own: it runs, and says nothing of a platform. An artifact runs on none.
  package var isForAnyMachine: Bool {
    guard case .platform(nil) = role else { return false }
    return config?.state == .read
  }

  /// The digests on which evidence for this part may stand.
  package var coveringDigests: [ClaimedDigest] { [digest] + ancestors.reversed() }
}

extension Array where Element == String {
  /// Each once, compared by bytes.
  var unique: [String] {
    var seen: Set<[UInt8]> = []
    return filter { seen.insert([UInt8]($0.utf8)).inserted }
  }
}
