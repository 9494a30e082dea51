import Attestation
import Cryptography
import TPM
import Testing

/// Reading keys that lay on disk: a public area is the expected one, save what only the TPM could choose.
@Suite struct PublicAreaTests {
  /// Two TPM2B_ECC_PARAMETERs of 32 bytes, at the end.
  private static let point = 68

  private func flipped(_ bit: Int, of bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << (bit % 8)
    return bytes
  }

  @Test func nameAndKeyFollowFromIt() throws {
    let keys = try Appliance().keys
    for key in [keys.commit, keys.report] {
      let area = key.object.publicArea
      #expect(key.name == [0, 11] + digest(area).bytes)
      #expect(key.spki == P256Area.spki(area.suffix(66).prefix(32) + area.suffix(32)))
      #expect(key.fingerprint == digest(key.spki))
    }
  }

  /// A key that may leave the TPM, is restricted, has another scheme, curve or policy, is none of ours.
  @Test(arguments: [nil, "482913"]) func everyBitOfASigningKeyIsFixed(_ pin: String?) throws {
    let keys = try Appliance(pin: pin).keys
    let (commit, report) = (keys.commit.object, keys.report.object)
    for bit in 0..<(report.publicArea.count - Self.point) * 8 {
      let altered = flipped(bit, of: report.publicArea)
      #expect(refusal { _ = try keys.with(report: report.with(altered)) }?.kind == .keyMalformed, "report, bit \(bit)")
      let other = flipped(bit, of: commit.publicArea)
      #expect(refusal { _ = try keys.with(commit: commit.with(other)) }?.kind == .keyMalformed, "commit, bit \(bit)")
    }
  }

  /// Whoever has no TPM takes any policy, and a key with or without dictionary-attack protection; nothing else.
  @Test func everyBitButThePolicyHasItsMeaning() throws {
    let area = try Appliance().keys.report.object.publicArea
    let shape = try #require(KeyShapes.signingKey(area))
    let (policy, noDA) = (10 * 8..<42 * 8, 6 * 8 + 2)
    for bit in 0..<(area.count - Self.point) * 8 {
      let other = KeyShapes.signingKey(flipped(bit, of: area))
      if policy.contains(bit) {
        #expect(other?.policy == flipped(bit - policy.lowerBound, of: shape.policy))
      } else if bit == noDA {
        #expect(other?.isGuarded == true)
      } else {
        #expect(other == nil, "bit \(bit)")
      }
    }
  }

  @Test func everyBitOfTheOthersIsFixed() throws {
    let keys = try Appliance().keys
    let (root, sealed) = (keys.storageRoot, keys.storeKey)
    for bit in 0..<(root.publicArea.count - Self.point) * 8 {
      let altered = try PersistentKey(handle: root.handle, publicArea: flipped(bit, of: root.publicArea))
      #expect(refusal { _ = try keys.with(storageRoot: altered) }?.kind == .keyMalformed, "storage root, bit \(bit)")
    }
    // TPM2B_DIGEST at the end.
    for bit in 0..<(sealed.publicArea.count - 32) * 8 {
      let altered = sealed.with(flipped(bit, of: sealed.publicArea))
      #expect(refusal { _ = try keys.with(storeKey: altered) }?.kind == .keyMalformed, "store key, bit \(bit)")
    }
    for area in [sealed.publicArea.dropLast(), sealed.publicArea + [0]] {
      #expect(refusal { _ = try keys.with(storeKey: sealed.with(Array(area))) }?.kind == .keyMalformed)
    }
  }

  // MARK: Names

  private static let name: [UInt8] = [0, 11] + digest([7]).bytes

  @Test(arguments: [name + [0], name.dropLast(), [0, 12] + name.dropFirst(2), []])
  func whatIsNoNamePinsNothing(_ other: [UInt8]) throws {
    _ = try NVIndex(handle: 0x0180_0101, name: Self.name)
    #expect(refusal { _ = try NVIndex(handle: 0x0180_0101, name: other) }?.kind == .keyMalformed)
    func policy(_ counter: [UInt8]) throws -> RuntimePolicy {
      try RuntimePolicy(pcrs: .none, pcrDigest: [], version: 1, counterName: counter)
    }
    _ = try policy(Self.name)
    #expect(refusal { _ = try policy(other) }?.kind == .policyMalformed)
  }
}
