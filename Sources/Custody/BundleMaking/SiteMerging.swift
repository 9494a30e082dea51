import Files
package import TUFMetadata

/// What became of a signature that another copy of the site has.
package struct Merged: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// It is here from now on.
    case taken
    /// It does not verify, or its key has no place there.
    case left
  }

  package let role: SiteRole
  package let version: Int64
  package let key: KeyID
  package let kind: Kind
}

extension Site {
  /// Takes over the signatures of another copy of this folder, whose people signed the same drafts. The other folder is
  /// read, and never written to.
  /// - Throws: `.drafts` where a draft of the one is not, byte for byte what is signed, one of the other: then nothing is
  ///   taken over.
  package mutating func merge(_ other: String) throws(MakingError) -> [Merged] {
    guard DurableFile.isTaken(other + "/draft") else { throw .refused(.folder, "\(other) is no site’s folder.") }
    guard !drafts.isEmpty else { throw .refused(.nothing, "Nothing waits for signatures in \(folder).") }
    try SiteTree.verify(other)
    let theirs = try Self.readDrafts(of: other)
    for role in SiteRole.allCases where try theirs[role]?.message() != drafts[role]?.message() {
      throw .refused(
        .drafts,
        "\(role): \(Self.difference(drafts[role], theirs[role], in: other)). Nothing was taken over: these are no copies of"
          + " the same drafts. Sign again in one of them.")
    }
    var merged: [Merged] = []
    for role in SiteRole.allCases {
      guard var draft = drafts[role], let their = theirs[role] else { continue }
      let message = try draft.message()
      let places = signers(of: role).flatMap { $0.1.keys }
      for (id, signature) in their.signatures.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        let place = places.first { $0.id == id }
        if let place, let own = draft.signatures[id], place.isSignature(own, over: message) { continue }
        let isGood = place?.isSignature(signature, over: message) ?? false
        if isGood { draft.signatures[id] = signature }
        merged.append(Merged(role: role, version: draft.page.version, key: id, kind: isGood ? .taken : .left))
      }
      drafts[role] = draft
    }
    guard !merged.isEmpty else { throw .refused(.nothing, "\(other) has no signature that is not here already.") }
    try save()
    return merged
  }

  private static func difference(_ own: Sheet?, _ other: Sheet?, in folder: String) -> String {
    switch (own?.page, other?.page) {
    case (let own?, let other?) where own.version != other.version:
      "version \(own.version) waits here, and \(other.version) in \(folder)"
    case (_?, _?): "its draft here and the one in \(folder) say different things"
    case (nil, _): "a draft waits in \(folder), and none here"
    case (_, nil): "a draft waits here, and none in \(folder)"
    }
  }
}
