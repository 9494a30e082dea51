import Cryptography
import Octets
import Reasons
import StrictJSON
import TUFMetadata
import Testing

/// Documents of which each differs from a good one in one thing.
@Suite struct TUFMetadataTests {
  static let key = #""k1":{"keytype":"ed25519","scheme":"ed25519","keyval":{"public":"\#(ed25519)"}}"#
  static let ed25519 = "72378e5bc588793e58f81c8533da64a2e8f1565c1fcc7f253496394ffc52542c"
  static let sha256 = String(repeating: "0a", count: 32)
  static let role = #"{"keyids":["k1"],"threshold":1}"#

  static let root = signed(
    #""_type":"root","consistent_snapshot":true,"keys":{\#(key)},"#
      + #""roles":{"root":\#(role),"timestamp":\#(role),"snapshot":\#(role),"targets":\#(role)}"#)
  static let timestamp = signed(
    #""_type":"timestamp","meta":{"snapshot.json":{"version":3,"length":9,"hashes":{"sha256":"\#(sha256)"}}}"#)
  static let snapshot = signed(
    #""_type":"snapshot","meta":{"targets.json":{"version":2},"a b.json":{"version":7,"hashes":{"md5":"x"}}}"#)
  static let targets = signed(
    #""_type":"targets","targets":{"d/f":{"length":0,"hashes":{"sha256":"\#(sha256)"},"custom":{"x":1}}},"#
      + #""delegations":{"keys":{\#(key)},"roles":[{"name":"one","keyids":["k1"],"threshold":1,"terminating":true,"#
      + #""paths":["d/*"]},{"name":"two","keyids":[],"threshold":2,"terminating":false,"#
      + #""path_hash_prefixes":["0a","f"]}]}"#)

  static func signed(_ body: String) -> String {
    #"{"signed":{"spec_version":"1.0.34","version":5,"expires":"2030-01-01T00:00:00Z",\#(body),"x":"kept"},"#
      + #""signatures":[{"keyid":"k1","sig":"00ff"},{"keyid":"k2","sig":""}]}"#
  }

  static func read<Body: MetadataBody>(_ text: String, _: Body.Type) throws -> SignedMetadata<Body> {
    try SignedMetadata<Body>(parsing: Array(text.utf8), named: "it")
  }

  // MARK: What is read

  @Test func goodRoot() throws {
    let root = try Self.read(Self.root, RootMetadata.self)
    #expect(root.body.version == 5 && root.body.expires.description == "2030-01-01T00:00:00Z")
    #expect(root.body.isConsistent && root.body.timestamp.threshold == 1)
    #expect(root.body.keys[KeyID(Array("k1".utf8))]?.usable?.key.kind == .ed25519)
    #expect(root.signatures == [KeyID(Array("k1".utf8)): [0x00, 0xff]])
    // What is unknown is signed all the same.
    #expect(String(decoding: root.signed, as: UTF8.self).hasSuffix(#""version":5,"x":"kept"}"#))
    #expect(
      try !Self.read(Self.root.replacing(#""consistent_snapshot":true,"#, with: ""), RootMetadata.self).body
        .isConsistent)
  }

  @Test func goodLists() throws {
    let timestamp = try Self.read(Self.timestamp, TimestampMetadata.self).body.snapshot
    #expect(timestamp.version == 3 && timestamp.file.length == 9 && timestamp.file.digests.count == 1)
    let roles = try Self.read(Self.snapshot, SnapshotMetadata.self).body.roles
    #expect(roles.count == 2 && roles[RoleName("targets")]?.version == 2)
    #expect(
      roles[RoleName("a b")]?.file.isUnverifiable == true && roles[RoleName("targets")]?.file.isUnverifiable == false)
  }

  @Test func goodTargets() throws {
    let targets = try Self.read(Self.targets, TargetsMetadata.self).body
    #expect(targets.targets[Array("d/f".utf8)]?.length == 0)
    #expect(targets.targets[Array("d/f".utf8)]?.custom == ["x": 1])
    #expect(targets.delegations.map(\.name) == [RoleName("one"), RoleName("two")])
    #expect(targets.delegations.map(\.isTerminating) == [true, false])
    #expect(targets.delegations[0].covers(TargetPath("d/x")) && !targets.delegations[0].covers(TargetPath("x")))
    // SHA-256 of `hello` begins with 2cf24d, of `p6` with f.
    let two = targets.delegations[1]
    #expect(!two.covers(TargetPath("hello")))
    let covered = (0..<64).map { "p\($0)" }.filter { two.covers(TargetPath($0)) }
    #expect(covered.allSatisfy { Hex.encode(digest(Array($0.utf8)).bytes).hasPrefix("f") || $0 == "p" })
    #expect(!covered.isEmpty)
    #expect(
      try Self.read(Self.signed(#""_type":"targets","targets":{}"#), TargetsMetadata.self).body.delegations.isEmpty)
  }

  // MARK: What is refused

  @Test(arguments: [
    (#""_type":"root""#, #""_type":"targets""#, Reason.tufMalformed),
    (#""spec_version":"1.0.34","#, "", .tufMalformed), (#""1.0.34""#, #""1""#, .tufMalformed),
    (#""1.0.34""#, #""1.0.0.0""#, .tufMalformed), (#""1.0.34""#, #""1.x""#, .tufMalformed),
    (#""1.0.34""#, #""2.0.0""#, .tufSpecVersionUnsupported), (#""1.0.34""#, #""11.0""#, .tufSpecVersionUnsupported),
    (#""version":5"#, #""version":0"#, .tufMalformed), (#""version":5"#, #""version":"5""#, .tufMalformed),
    (#""version":5"#, #""version":9223372036854775808"#, .tufMalformed),
    (#""version":5,"#, "", .tufMalformed), (#""version":5"#, #""version":5,"version":6"#, .jsonDuplicateKey),
    ("2030-01-01T00:00:00Z", "2030-01-01 00:00:00", .tufMalformed), ("2030-01-01", "2030-02-30", .tufMalformed),
    (#""x":"kept""#, #""x":1.5"#, .tufMalformed),
    (#""signatures":["#, #""signed2":["#, .tufMalformed), (#"{"keyid":"k2""#, #"{"keyid":"k1""#, .tufMalformed),
    (#","sig":"00ff""#, "", .tufMalformed), (#""sig":"00ff""#, #""sig":1"#, .tufMalformed),
    (#""signed":{"#, #""sinned":{"#, .tufMalformed),
    (#""threshold":1}}"#, #""threshold":0}}"#, .tufMalformed), (#"["k1"]"#, #"["k1","k1"]"#, .tufMalformed),
    (#"["k1"]"#, #"[""]"#, .tufMalformed), (#""snapshot":{"#, #""snapshop":{"#, .tufMalformed),
    (#""root":{"#, #""roots":{"#, .tufMalformed), (#""targets":{"#, #""target":{"#, .tufMalformed),
    (#""timestamp":{"#, #""timestamps":{"#, .tufMalformed), (#""keys":{"#, #""kexs":{"#, .tufMalformed),
    (#""keytype":"ed25519","#, "", .tufMalformed), (#""scheme":"ed25519","#, "", .tufMalformed),
    (#""keyval":{"public""#, #""keyval":{"pub""#, .tufMalformed),
    (#""consistent_snapshot":true"#, #""consistent_snapshot":1"#, .tufMalformed),
  ])
  func badRoot(_ found: String, _ put: String, _ reason: Reason) throws {
    try Self.expect(Self.root, found, put, reason, RootMetadata.self)
  }

  @Test(arguments: [
    (#""snapshot.json":{"#, #""targets.json":{"version":1},"snapshot.json":{"#), (#""snapshot.json""#, #""snap.json""#),
    (#""version":3"#, #""version":0"#), (#""version":3,"#, ""), (#""length":9"#, #""length":0"#),
    (#""hashes":{"sha256":"\#(sha256)"}"#, #""hashes":{}"#), ("0a0a\"", "0A0A\""), ("0a0a\"", "0a\""),
    (#""hashes":{"#, #""hashes":{"md5":1,"#),
  ])
  func badTimestamp(_ found: String, _ put: String) throws {
    try Self.expect(Self.timestamp, found, put, .tufMalformed, TimestampMetadata.self)
  }

  @Test(arguments: [
    (#""targets.json""#, #""target.json""#), (#""a b.json""#, #""a b.jsn""#), (#""a b.json""#, #"".json""#),
    (#""version":7"#, #""version":-7"#),
  ])
  func badSnapshot(_ found: String, _ put: String) throws {
    try Self.expect(Self.snapshot, found, put, .tufMalformed, SnapshotMetadata.self)
  }

  @Test(arguments: [
    (#""targets":{"d/f""#, #""target":{"d/f""#), (#""d/f""#, #""""#), (#""length":0,"#, ""),
    (#""length":0"#, #""length":-1"#),
    (#""hashes":{"sha256":"\#(sha256)"}"#, #""hashes":null"#), (#","hashes":{"sha256":"\#(sha256)"}"#, ""),
    (#""name":"two""#, #""name":"one""#), (#""name":"two""#, #""name":"snapshot""#), (#""name":"two""#, #""name":"""#),
    (#","terminating":true"#, ""), (#","paths":["d/*"]"#, ""),
    (#""paths":["d/*"]"#, #""paths":["d/*"],"path_hash_prefixes":["0a"]"#),
    (#"["0a","f"]"#, #"["0A"]"#), (#"["0a","f"]"#, #"[""]"#),
    (#""delegations":{"#, #""delegations":{"succinct_roles":{},"#),
    (#""roles":["#, #""role":["#),
  ])
  func badTargets(_ found: String, _ put: String) throws {
    try Self.expect(Self.targets, found, put, .tufMalformed, TargetsMetadata.self)
  }

  static func expect<Body: MetadataBody>(
    _ good: String, _ found: String, _ put: String, _ reason: Reason, _ body: Body.Type
  ) throws {
    _ = try read(good, body)
    let range = try #require(good.firstRange(of: found), "\(found)")
    let bad = good.replacingCharacters(in: range, with: put)
    let failure = #expect(throws: Failure.self) { _ = try read(bad, body) }
    #expect(failure?.reason == reason, "\(failure?.description ?? "")")
  }

  // MARK: Bounds

  @Test func bounds() throws {
    func expect<Body: MetadataBody>(_ text: String, _ reason: Reason, _ body: Body.Type) {
      let failure = #expect(throws: Failure.self) { _ = try Self.read(text, body) }
      #expect(failure?.reason == reason, "\(failure?.description ?? "")")
    }
    let space = String(repeating: " ", count: TUFLimits.timestampBytes)
    expect(Self.timestamp + space, .jsonLimitExceeded, TimestampMetadata.self)
    let long = String(repeating: "n", count: TUFLimits.nameBytes + 1)
    expect(Self.targets.replacing("\"one\"", with: "\"\(long)\""), .tufLimitExceeded, TargetsMetadata.self)
    expect(Self.targets.replacing("\"d/f\"", with: "\"\(long)\""), .tufLimitExceeded, TargetsMetadata.self)
    let signatures = (0...TUFLimits.keysOfRole).map { #"{"keyid":"s\#($0)","sig":""}"# }.joined(separator: ",")
    expect(
      Self.root.replacing(#"[{"keyid":"k1","sig":"00ff"},{"keyid":"k2","sig":""}]"#, with: "[\(signatures)]"),
      .jsonLimitExceeded, RootMetadata.self)
    let ids = (0...TUFLimits.keysOfRole).map { "\"\($0)\"" }.joined(separator: ",")
    expect(Self.root.replacing(#"["k1"]"#, with: "[\(ids)]"), .jsonLimitExceeded, RootMetadata.self)
    let keys = (0...TUFLimits.keys).map { #""q\#($0)":{"keytype":"","scheme":"","keyval":{}}"# }.joined(separator: ",")
    expect(Self.root.replacing(Self.key, with: keys), .tufLimitExceeded, RootMetadata.self)
    let roles = (0...TUFLimits.delegations).map { _ in "0" }.joined(separator: ",")
    expect(
      Self.targets.replacing(#""roles":["#, with: #""roles":[\#(roles),"#), .jsonLimitExceeded, TargetsMetadata.self)
    let patterns = (0...TUFLimits.patterns).map { "\"\($0)\"" }.joined(separator: ",")
    expect(Self.targets.replacing(#"["d/*"]"#, with: "[\(patterns)]"), .jsonLimitExceeded, TargetsMetadata.self)
    expect(Self.targets.replacing(#"["0a","f"]"#, with: "[\(patterns)]"), .jsonLimitExceeded, TargetsMetadata.self)
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + self[range.upperBound...]
  }
}
