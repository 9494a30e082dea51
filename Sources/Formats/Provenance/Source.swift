import StrictJSON

extension Provenance {
  /// Where the source of a build came from, as one place of its provenance says.
  ///
  /// Builders spell it in many ways: `git+https://github.com/o/r@refs/tags/v1`, `https://github.com/o/r.git#refs/tags/v1`,
  /// or a repository and a ref apart. Here it is `https://github.com/o/r`, and `refs/tags/v1`.
  package struct Source: Sendable {
    /// The member that says so.
    package let place: String
    /// Without `git+` before it, and without `.git`, `/`, ref and fragment behind it; otherwise byte for byte.
    package let repository: String
    package let ref: String?
    package let commit: String?
  }
}

extension Provenance {
  /// A URI as whoever fetches it asks for it: without `.` and `..` in its path (RFC 3986 §5.2.4), written with `%2e` or not.
  /// What stands behind `?` or `#` is no path; a host is followed by one, or by a colon (`git@HOST:PATH`).
  package static func fetched(_ uri: String) -> String {
    let whole = Array(uri.utf8)
    // Only http has queries: git takes the mark for a part of the path elsewhere.
    let isHTTP = ["http://", "https://", "git+http://", "git+https://"].contains { whole.starts(with: $0.utf8) }
    let end = whole.firstIndex { $0 == UInt8(ascii: "#") || isHTTP && $0 == UInt8(ascii: "?") } ?? whole.endIndex
    let bytes = Array(whole[..<end])
    let slash = UInt8(ascii: "/")
    let path: Int
    if let scheme = bytes.indices.first(where: { bytes[$0...].starts(with: "://".utf8) }) {
      path = bytes[(scheme + 3)...].firstIndex(of: slash) ?? bytes.endIndex
    } else {
      // A colon before any slash ends a host; otherwise what stands before the first slash is one.
      let first = bytes.firstIndex { ":/".utf8.contains($0) } ?? bytes.endIndex
      path = first < bytes.endIndex && bytes[first] == UInt8(ascii: ":") ? first + 1 : first
    }
    // Of a path without a slash before it the first segment counts as any other.
    let isRooted = path < bytes.endIndex && bytes[path] == slash
    let segments = ((isRooted ? [] : [slash]) + bytes[path...]).split(
      separator: slash, omittingEmptySubsequences: false
    ).dropFirst()
    func dots(_ segment: ArraySlice<UInt8>) -> Int? {
      let text = String(decoding: segment, as: UTF8.self).lowercased().replacing("%2e", with: ".")
      return text == "." ? 1 : text == ".." ? 2 : nil
    }
    guard segments.contains(where: { dots($0) != nil }) else { return uri }
    var left: [ArraySlice<UInt8>] = []
    for segment in segments {
      switch dots(segment) {
      case 1?: continue
      case 2?: _ = left.popLast()
      default: left.append(segment)
      }
    }
    let joined = left.flatMap { [slash] + $0 }
    return String(
      decoding: bytes[..<path] + (isRooted ? joined : Array(joined.dropFirst())) + whole[end...], as: UTF8.self)
  }
}

extension Provenance.Source {
  init(_ place: String, uri: String, ref: String? = nil, commit: String?) {
    let (written, inside) = Self.split(Array(uri.utf8))
    let fetched = Provenance.fetched(String(decoding: written, as: UTF8.self))
    let repository = Self.bare(Array(fetched.utf8)[...])
    self.init(
      place: place, repository: String(decoding: repository, as: UTF8.self),
      ref: ref ?? inside.map { String(decoding: $0, as: UTF8.self) }, commit: commit)
  }

  /// pip's and SPDX's `git+URL@REF`, and BuildKit's `URL#REF:FOLDER`. In neither does the other's mark name a ref: a plain
  /// URL may have an `@` in its path. An `@` before the path belongs to the host.
  private static func split(_ uri: [UInt8]) -> (repository: ArraySlice<UInt8>, ref: ArraySlice<UInt8>?) {
    let isTagged = uri.starts(with: "git+".utf8)
    let bytes = uri[(isTagged ? 4 : 0)...]
    let slash = UInt8(ascii: "/")
    let host = bytes.indices.first { bytes[$0...].starts(with: "://".utf8) }.map { $0 + 3 } ?? bytes.startIndex
    let path = bytes[host...].firstIndex(of: slash) ?? bytes.endIndex
    let fragment = bytes[path...].firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
    let at = isTagged ? bytes[path..<fragment].firstIndex(of: UInt8(ascii: "@")) : nil
    let repository = bare(bytes[..<(at ?? fragment)])
    let ref =
      isTagged
      ? bytes[(at ?? fragment)..<fragment].dropFirst()
      : bytes[fragment...].dropFirst().prefix { $0 != UInt8(ascii: ":") }
    return (repository, ref.isEmpty ? nil : ref)
  }

  /// Without `/` and `.git` behind it.
  private static func bare(_ uri: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var repository = uri
    while repository.last == UInt8(ascii: "/") { repository.removeLast() }
    if repository.count > 4, repository.suffix(4).elementsEqual(".git".utf8) { repository.removeLast(4) }
    return repository
  }

  static func isGit(_ uri: String) -> Bool { uri.utf8.starts(with: "git+".utf8) }

  /// The places where builders of v1 state it: GitHub's workflows, slsa-github-generator and GitLab, BuildKit, and the
  /// specification's own example. Members of other shapes belong to a build type that is not known here.
  static func stated(in parameters: JSONObject) -> [Provenance.Source] {
    var sources: [Provenance.Source] = []
    func add(_ place: String, _ uri: JSON?, ref: JSON? = nil, digest: JSON? = nil) {
      guard let uri = text(uri) else { return }
      let place = "externalParameters.\(place)"
      sources.append(Provenance.Source(place, uri: uri, ref: text(ref), commit: commit(digest)))
      // Two refs are two sources: nobody knows which one was built.
      let inside = Provenance.Source(place, uri: uri, commit: commit(digest))
      guard let ref = text(ref), let other = inside.ref, !ref.utf8.elementsEqual(other.utf8) else { return }
      sources.append(inside)
    }
    let (workflow, source, config) = (parameters["workflow"], parameters["source"], parameters["configSource"])
    add("workflow", workflow?["repository"], ref: workflow?["ref"])
    add("source", source)
    add("source", source?["uri"], digest: source?["digest"])
    add("configSource", config?["uri"], digest: config?["digest"])
    add("repository", parameters["repository"], ref: parameters["ref"])
    return sources
  }

  /// Where nothing else says it: the only artifact under `git+`.
  static func onlyOne(of materials: [Provenance.Material], _ list: String) -> [Provenance.Source] {
    var found: [(index: Int, uri: String, commit: String?)] = []
    for (index, material) in materials.enumerated() {
      guard let uri = material.uri, isGit(uri) else { continue }
      found.append((index, uri, material.commit))
      if found.count > 1 { return [] }
    }
    return found.map { Provenance.Source("\(list)[\($0.index)]", uri: $0.uri, commit: $0.commit) }
  }

  static func completed(
    _ sources: [Provenance.Source], from materials: [Provenance.Material]
  ) -> [Provenance.Source] {
    sources.map { $0.completed(from: materials) }
  }

  /// With the commit that the materials state of the same repository and ref, where the place itself has none. Several
  /// that differ are none.
  private func completed(from materials: [Provenance.Material]) -> Provenance.Source {
    guard commit == nil else { return self }
    var found: String?
    for material in materials {
      guard let uri = material.uri, let commit = material.commit else { continue }
      let other = Provenance.Source("", uri: uri, commit: nil)
      guard other.repository.utf8.elementsEqual(repository.utf8) else { continue }
      if let ref, let otherRef = other.ref, !ref.utf8.elementsEqual(otherRef.utf8) { continue }
      if let found, !found.utf8.elementsEqual(commit.utf8) { return self }
      found = commit
    }
    return Provenance.Source(place: place, repository: repository, ref: ref, commit: found)
  }

  static func commit(_ digest: JSON?) -> String? { text(digest?["gitCommit"]) ?? text(digest?["sha1"]) }

  private static func text(_ value: JSON?) -> String? {
    guard case .string(let bytes)? = value, !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
