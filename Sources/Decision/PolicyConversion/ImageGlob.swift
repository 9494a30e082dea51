import Octets
import Policy

/// policy-controller's globs match the whole reference, `index.docker.io/library/alpine:3.20`: `*` stands for anything
/// without a slash, `**` for anything. Ours match repository and tag each for itself, and Docker Hub is `docker.io`.
enum ImageGlob {
  enum Reading {
    /// `lost`: images that the source means and this does not.
    case names([PolicyDraft.Name], lost: String?, remark: String?)
    case nothing(why: String)
  }

  static func read(_ glob: [UInt8]) -> Reading {
    guard !glob.isEmpty, glob.allSatisfy(isAllowed) else {
      return .nothing(why: "policy-controller takes no such glob: the policy is for no image by it")
    }
    var text = String(decoding: glob, as: UTF8.self)
    // What policy-controller takes these two for.
    if text == "*" { text = "index.docker.io/library/*" }
    if text == "*/*" { text = "index.docker.io/*/*" }
    var (repository, tag) = split(text)
    guard !repository.isEmpty, tag != "" else { return .nothing(why: "a glob without a repository or an empty tag") }
    var remark: String?
    var lost: String?
    var names: [PolicyDraft.Name] = []
    let host = repository.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)[0]
    if host == "index.docker.io" || host == "docker.io" {
      repository = "docker.io" + repository.dropFirst(host.utf8.count)
    } else if !host.utf8.contains(UInt8(ascii: "*")), !isHost(host) || host.utf8.count == repository.utf8.count {
      // Matches what a manifest calls so without a host, which is Docker Hub.
      repository = (host.utf8.count == repository.utf8.count ? "docker.io/library/" : "docker.io/") + repository
      remark = "without a host, so Docker Hub is meant"
    } else if host.utf8.contains(UInt8(ascii: "*")), !host.starts(with: "**"), host != "*" {
      // Docker Hub is docker.io here.
      if host.contains("**") {
        lost = "Docker Hub is docker.io here, not index.docker.io: add its repositories if they are meant"
      } else if Glob(Array(host.utf8)).matches(Array("index.docker.io".utf8)) {
        names = self.names("docker.io" + repository.dropFirst(host.utf8.count), tag)
      }
    }
    names = self.names(repository, tag) + names
    if tag == nil, !repository.hasSuffix("*") {
      // Policy-controller completes an image's name, and not a glob.
      remark =
        (remark.map { $0 + "; " } ?? "")
        + (names.count > 1
          ? "without a tag, so `latest` is meant, and what a wildcard takes into a tag"
          : "without a tag, so only `latest` is meant")
    }
    return .names(names, lost: lost, remark: remark)
  }

  /// A glob as ours: without a tag it is matched to the end of the name with its tag, so that a wildcard in the last segment
  /// may end within the tag. Where it does, the rest is about tags.
  private static func names(_ repository: String, _ tag: String?) -> [PolicyDraft.Name] {
    guard tag == nil, !repository.hasSuffix("*") else { return [PolicyDraft.Name(repository: repository, tag: tag)] }
    var names = [PolicyDraft.Name(repository: repository, tag: "latest")]
    let bytes = Array(repository.utf8)
    let star = UInt8(ascii: "*")
    var place = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    while let start = bytes[place...].firstIndex(of: star) {
      let end = bytes[start...].firstIndex { $0 != star } ?? bytes.endIndex
      names.append(
        PolicyDraft.Name(
          repository: String(decoding: bytes[..<end], as: UTF8.self),
          tag: String(decoding: bytes[start...], as: UTF8.self)))
      place = end
    }
    return names
  }

  /// A colon behind the last slash begins the tag.
  private static func split(_ text: String) -> (String, String?) {
    let bytes = Array(text.utf8)
    let last = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let colon = bytes[last...].firstIndex(of: UInt8(ascii: ":")) else { return (text, nil) }
    return (
      String(decoding: bytes[..<colon], as: UTF8.self), String(decoding: bytes[(colon + 1)...], as: UTF8.self)
    )
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7a, 0x41...0x5a, 0x30...0x39: true
    default: "-_:/*.".utf8.contains(byte)
    }
  }

  private static func isHost(_ text: Substring) -> Bool {
    text.utf8.contains(UInt8(ascii: ".")) || text.utf8.contains(UInt8(ascii: ":")) || text == "localhost"
  }

  // MARK: Comparing

  /// Whether an image could be meant by both; surely not only where what stands before the first stars differs.
  static func mayOverlap(_ one: PolicyDraft.Name, _ other: PolicyDraft.Name) -> Bool {
    func mayOverlap(_ one: String, _ other: String) -> Bool {
      let (first, second) = (literal(one), literal(other))
      if first.isWhole, second.isWhole { return first.text.elementsEqual(second.text) }
      return first.text.starts(with: second.text) || second.text.starts(with: first.text)
    }
    guard mayOverlap(one.repository, other.repository) else { return false }
    guard let tag = one.tag, let otherTag = other.tag else { return true }
    return mayOverlap(tag, otherTag)
  }

  /// Whether every image meant by `other` is surely meant by `one`: it is the same, or `one` is a beginning and `**`.
  static func covers(_ one: PolicyDraft.Name, _ other: PolicyDraft.Name) -> Bool {
    func covers(_ one: String, _ other: String) -> Bool {
      if one.utf8.elementsEqual(other.utf8) { return true }
      guard one.hasSuffix("**") else { return false }
      let beginning = one.dropLast(2)
      return !beginning.utf8.contains(UInt8(ascii: "*")) && literal(other).text.starts(with: beginning.utf8)
    }
    guard covers(one.repository, other.repository) else { return false }
    guard let tag = one.tag else { return true }
    return other.tag.map { covers(tag, $0) } ?? false
  }

  private static func literal(_ glob: String) -> (text: ArraySlice<UInt8>, isWhole: Bool) {
    let bytes = Array(glob.utf8)
    guard let star = bytes.firstIndex(of: UInt8(ascii: "*")) else { return (bytes[...], true) }
    return (bytes[..<star], false)
  }
}
