import ApplianceIdentity
import Base64
import Cryptography
import Octets
import Reasons
import StrictJSON
import TPM

/// `store.json`: what a store remembers of its TPM and its keys. The page docs/formats/Store.md describes it.
///
/// The file is hostile until proven: each fact that follows from another is computed again and compared, and what the
/// TPM says of its keys is compared with the Names here whenever a key is used. That it is this store's own file, and the
/// newest, only the ledger's first leaf says, which names the keys, and the anchor, which names the ledger.
struct StoreRecord: Hashable {
  static let format = "assay-store/2"
  /// Most bytes that the file may have; ours have about 4,000.
  static let limit = 64 * 1024
  /// Size of a store id in bytes.
  static let idSize = 16

  let id: [UInt8]
  let driver: TPMDriver
  let bootBinding: ApplianceIdentity.BootBinding
  /// Whether the policy authority is a site's key; otherwise it was a throw-away one.
  let hasSiteAuthority: Bool
  let keys: ProvisionedKeys

  init(
    id: [UInt8], driver: TPMDriver, bootBinding: ApplianceIdentity.BootBinding, hasSiteAuthority: Bool,
    keys: ProvisionedKeys
  ) {
    self.id = id
    self.driver = driver
    self.bootBinding = bootBinding
    self.hasSiteAuthority = hasSiteAuthority
    self.keys = keys
  }

  /// - Parameters:
  ///   - path: the file's name in failures.
  ///   - directory: the store's folder, in which a software TPM lies.
  init(parsing bytes: [UInt8], path: String, directory: String) throws(StoreError) {
    self = try StoreError.reading(path) { () throws in
      try Self(try JSONNode(parsing: bytes, named: path, malformed: .jsonMalformed), directory: directory)
    }
  }

  private init(_ root: JSONNode, directory: String) throws {
    try root.verifyFormat(Self.format)
    try root.verifyMembers(["format", "id", "tpm", "bootBinding", "siteAuthority", "keys"])
    id = try root.required("id").hexadecimal(count: Self.idSize)
    driver = try TPMDriver(parsing: try root.required("tpm").string(), stateDirectory: directory)
    bootBinding = try root.required("bootBinding").oneOf(ApplianceIdentity.BootBinding.self)
    hasSiteAuthority = try root.required("siteAuthority").bool()
    guard hasSiteAuthority || bootBinding == .none else {
      throw root.failure("a boot binding without a site's policy authority")
    }
    keys = try KeyRecord.keys(try root.required("keys"))
  }

  /// The file's bytes: pretty-printed JSON and a final line feed.
  func serialized() -> [UInt8] {
    let record: JSON = [
      "format": .text(Self.format),
      "id": .text(Hex.encode(id)),
      "tpm": .text(driver.configuration),
      "bootBinding": .text(bootBinding.rawValue),
      "siteAuthority": .bool(hasSiteAuthority),
      "keys": KeyRecord.json(keys),
    ]
    return record.serialized(pretty: true) + [0x0A]
  }
}

/// The keys' part of the record. `ProvisionedKeys` checks what each public area, Name and policy must be.
private enum KeyRecord {
  static func keys(_ node: JSONNode) throws -> ProvisionedKeys {
    try node.verifyMembers([
      "authority", "storageRoot", "attestation", "endorsement", "policyVersion", "anchor", "commit", "report", "pin",
      "storeKey",
    ])
    return try ProvisionedKeys(
      authority: PolicyAuthority(PublicKey(spki: node.required("authority").base64())),
      storageRoot: persistent(node.required("storageRoot")), attestation: persistent(node.required("attestation")),
      endorsement: persistent(node.required("endorsement")), policyVersion: index(node.required("policyVersion")),
      anchor: index(node.required("anchor")), commit: object(node.required("commit")),
      report: object(node.required("report")), pin: node.optional("pin").map { try PINSalt($0.base64()) },
      storeKey: object(node.required("storeKey")))
  }

  static func json(_ keys: ProvisionedKeys) -> JSON {
    [
      "authority": .text(Base64.encode(keys.authority.key.spki)),
      "storageRoot": json(keys.storageRoot), "attestation": json(keys.attestation),
      "endorsement": json(keys.endorsement), "policyVersion": json(keys.policyVersion), "anchor": json(keys.anchor),
      "commit": json(keys.commit.object), "report": json(keys.report.object),
      "pin": keys.pin.map { .text(Base64.encode($0.bytes)) } ?? .null,
      "storeKey": json(keys.storeKey),
    ]
  }

  private static func persistent(_ node: JSONNode) throws -> PersistentKey {
    try node.verifyMembers(["handle", "public"])
    return try PersistentKey(handle: handle(node), publicArea: node.required("public").base64())
  }

  private static func index(_ node: JSONNode) throws -> NVIndex {
    try node.verifyMembers(["handle", "name"])
    return try NVIndex(handle: handle(node), name: node.required("name").hexadecimal())
  }

  private static func object(_ node: JSONNode) throws -> CreatedObject {
    try node.verifyMembers(["public", "private", "creationData", "creationTicket"])
    return try CreatedObject(
      publicArea: bounded(node, "public"), privateBlob: bounded(node, "private"),
      creationData: bounded(node, "creationData"), creationTicket: bounded(node, "creationTicket"))
  }

  /// What a command to the TPM takes; chips need a few hundred bytes.
  private static func bounded(_ node: JSONNode, _ member: String) throws -> [UInt8] {
    let value = try node.required(member)
    let bytes = try value.base64()
    guard (1...1024).contains(bytes.count) else { throw value.failure("\(bytes.count) bytes, which is impossible") }
    return bytes
  }

  private static func handle(_ node: JSONNode) throws -> UInt32 {
    try node.required("handle").hexadecimal(count: 4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func json(_ key: PersistentKey) -> JSON {
    ["handle": json(key.handle), "public": .text(Base64.encode(key.publicArea))]
  }

  private static func json(_ index: NVIndex) -> JSON {
    ["handle": json(index.handle), "name": .text(Hex.encode(index.name))]
  }

  private static func json(_ object: CreatedObject) -> JSON {
    [
      "public": .text(Base64.encode(object.publicArea)), "private": .text(Base64.encode(object.privateBlob)),
      "creationData": .text(Base64.encode(object.creationData)),
      "creationTicket": .text(Base64.encode(object.creationTicket)),
    ]
  }

  private static func json(_ handle: UInt32) -> JSON {
    .text(Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: handle >> (24 - 8 * $0)) }))
  }
}
