import Base64
package import Cryptography
import Files
import Octets
import TUFMetadata

/// What became of a draft when a key came by.
package struct SigningOutcome: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case signed
    /// This key had signed it before.
    case signedBefore
    /// The key has no place there.
    case noPlace
  }

  package let role: SiteRole
  package let version: Int64
  package let kind: Kind
}

/// A draft to be signed elsewhere.
package struct DetachedDraft: Hashable, Sendable {
  package let role: SiteRole
  package let version: Int64
  /// `trust-3.tosign`
  package let name: String
  /// Exactly what is signed.
  package let bytes: [UInt8]
}

extension Site {
  /// The key's place in a draft; nil where it has none.
  private func place(of key: PublicKey, in role: SiteRole) -> SiteKey? {
    signers(of: role).lazy.flatMap { $0.1.keys }.first { $0.key == key }
  }

  /// Signs every draft in which the key has a place.
  package mutating func sign(with key: PrivateKey) throws(MakingError) -> [SigningOutcome] {
    try verifySomethingWaits()
    return try sign(as: key.publicKey) { _, message throws(MakingError) in
      do throws(CryptographyError) { return try key.sign(message) } catch {
        throw .failed("The key did not sign: \(error)")
      }
    }
  }

  private mutating func sign(
    as key: PublicKey, by signature: (SiteRole, [UInt8]) throws(MakingError) -> [UInt8]
  ) throws(MakingError) -> [SigningOutcome] {
    var outcomes: [SigningOutcome] = []
    for role in SiteRole.allCases {
      guard var draft = drafts[role] else { continue }
      let kind: SigningOutcome.Kind
      if let place = place(of: key, in: role) {
        let message = try draft.message()
        if let old = draft.signatures[place.id], place.isSignature(old, over: message) {
          kind = .signedBefore
        } else {
          draft.signatures[place.id] = try signature(role, message)
          drafts[role] = draft
          kind = .signed
        }
      } else {
        kind = .noPlace
      }
      outcomes.append(SigningOutcome(role: role, version: draft.page.version, kind: kind))
    }
    guard outcomes.contains(where: { $0.kind != .noPlace }) else {
      throw .refused(.keyUnknown, "Key \(try SiteKey(key).id) has no place in any draft: nothing was signed.")
    }
    try save()
    return outcomes
  }

  /// Signs with a key that never leaves its device, in every draft in which it has a place. Which of the site's keys it is,
  /// its first signature shows: nothing else that the device says is asked for or believed.
  /// - Parameter device: gives its signature over a message, in any spelling that `attach` takes.
  package mutating func sign(
    by device: (_ message: [UInt8]) throws(MakingError) -> [UInt8]
  ) throws(MakingError) -> (key: SiteKey, outcomes: [SigningOutcome]) {
    try verifySomethingWaits()
    guard let first = SiteRole.allCases.first(where: { drafts[$0] != nil }), let draft = drafts[first] else {
      throw .refused(.nothing, "Nothing waits for signatures.")
    }
    let message = try draft.message()
    let given = Self.spellings(try device(message))
    var found: (key: SiteKey, signature: [UInt8])?
    for key in drafts.keys.flatMap({ signers(of: $0).flatMap(\.1.keys) }) where found == nil {
      found = given.first { key.isSignature($0, over: message) }.map { (key, $0) }
    }
    guard let found else {
      throw .refused(
        .keyUnknown, "What the device signed verifies under no key that has a place in any draft: nothing was kept.")
    }
    let outcomes = try sign(as: found.key.key) { role, message throws(MakingError) in
      if role == first { return found.signature }
      let given = Self.spellings(try device(message))
      guard let verified = given.first(where: { found.key.isSignature($0, over: message) }) else {
        throw .refused(.signature, "What the device signed for \(role) does not verify under key \(found.key.id).")
      }
      return verified
    }
    return (found.key, outcomes)
  }

  /// - Throws: `.nothing`
  package func verifySomethingWaits() throws(MakingError) {
    guard !drafts.isEmpty else {
      throw .refused(.nothing, "Nothing waits for signatures in \(folder): add, remove, rotate or renew first.")
    }
  }

  // MARK: Elsewhere

  /// What a card, an HSM, a cloud service or another PC is to sign.
  package func detached() throws(MakingError) -> [DetachedDraft] {
    try verifySomethingWaits()
    var list: [DetachedDraft] = []
    for role in SiteRole.allCases {
      guard let draft = drafts[role] else { continue }
      let version = draft.page.version
      list.append(
        DetachedDraft(role: role, version: version, name: "\(role)-\(version).tosign", bytes: try draft.message()))
    }
    return list
  }

  /// Writes them into a folder that is not there yet, with a listing.
  package func writeDetached(to out: String) throws(MakingError) -> [DetachedDraft] {
    let list = try detached()
    guard !DurableFile.isTaken(out) else { throw .refused(.taken, "\(out) is there already; name a new folder.") }
    var listing = "# file  SHA-256  role  version  keys that may still sign\n"
    for state in try states() {
      guard let draft = list.first(where: { $0.role == state.role }) else { continue }
      let open = Set(state.demands.flatMap(\.open)).map { String(decoding: $0.id.utf8, as: UTF8.self) }.sorted()
      let hex = Hex.encode(digest(draft.bytes).bytes)
      listing += "\(draft.name)  \(hex)  \(draft.role)  \(draft.version)  \(open.joined(separator: ","))\n"
    }
    let text = Array(listing.utf8)
    try file(out) { () throws(FileError) in
      try DurableFile.makeFolder(out)
      for draft in list { try DurableFile.create("\(out)/\(draft.name)", draft.bytes) }
      try DurableFile.create("\(out)/LISTING", text)
      try DurableFile.sync(folder: out)
    }
    return list
  }

  /// Takes a signature that was made elsewhere, once it has been verified. It may be as a device gives it: bytes,
  /// hexadecimal or Base64; for P-256 DER or the two numbers behind each other, as PKCS #11 has them.
  package mutating func attach(_ signature: [UInt8], of key: PublicKey, to role: SiteRole) throws(MakingError) {
    guard var draft = drafts[role] else { throw .refused(.nothing, "No draft of \(role) waits for signatures.") }
    guard let place = place(of: key, in: role) else {
      throw .refused(.keyUnknown, "Key \(try SiteKey(key).id) has no place in \(role) \(draft.page.version).")
    }
    let message = try draft.message()
    guard let verified = Self.spellings(signature).first(where: { place.isSignature($0, over: message) }) else {
      throw .refused(
        .signature,
        "The signature is not key \(place.id)’s over \(role) \(draft.page.version). Was the draft changed since? Write it out"
          + " again: assay trust sign \(folder) --detached NEW-FOLDER")
    }
    draft.signatures[place.id] = verified
    drafts[role] = draft
    try save()
  }

  private static func spellings(_ given: [UInt8]) -> [[UInt8]] {
    let text = Array(String(decoding: given, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined().utf8)
    let plain = [given, Hex.decode(text), Base64.decode(text)].compactMap { $0 }
    return plain + plain.filter { $0.count == 64 }.map { der($0.prefix(32), $0.suffix(32)) }
  }

  /// Ecdsa-Sig-Value (RFC 3279 §2.2.3) of two numbers of 32 bytes.
  private static func der(_ r: ArraySlice<UInt8>, _ s: ArraySlice<UInt8>) -> [UInt8] {
    let body = [r, s].flatMap { number -> [UInt8] in
      var digits = Array(number.drop { $0 == 0 })
      if digits.first.map({ $0 & 0x80 != 0 }) ?? true { digits.insert(0, at: 0) }
      return [0x02, UInt8(digits.count)] + digits
    }
    return [0x30, UInt8(body.count)] + body
  }
}
