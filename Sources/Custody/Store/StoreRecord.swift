import Base64
import Octets
import Reasons
import StrictJSON
import TPM

/// `store.json`: what a store remembers of its TPM and its key. The page docs/formats/Store.md describes it.
///
/// The file is hostile until proven: each fact that follows from another is computed again and compared, and what the
/// TPM says of its keys is compared with the Names here whenever a key is loaded.
struct StoreRecord: Hashable {
  static let format = "assay-store/1"
  /// Most bytes that the file may have; ours have about 1,000.
  static let limit = 16 * 1024
  /// Size of a store id in bytes.
  static let idSize = 16

  let id: [UInt8]
  let driver: TPMDriver
  let reportKey: ReportKeyBlob

  init(id: [UInt8], driver: TPMDriver, reportKey: ReportKeyBlob) {
    self.id = id
    self.driver = driver
    self.reportKey = reportKey
  }

  /// - Parameters:
  ///   - path: the file's name in failures.
  ///   - directory: the store's folder, in which a software TPM lies.
  init(parsing bytes: [UInt8], path: String, directory: String) throws(StoreError) {
    do {
      try self.init(try JSONNode(parsing: bytes, named: path, malformed: .jsonMalformed), directory: directory)
    } catch {
      switch error {
      case let failure as Failure: throw .malformed(path: path, "\(printable(failure.subject)): \(failure.detail)")
      case let error as TPMError: throw .malformed(path: path, error.message)
      default: throw .malformed(path: path, "\(error)")
      }
    }
  }

  private init(_ root: JSONNode, directory: String) throws {
    guard try root.required("format").bytes() == Array(Self.format.utf8) else {
      throw root.failure("the format is not \(Self.format), which this version reads")
    }
    try Self.only(["format", "id", "tpm", "storageRootKey", "reportKey"], in: root)
    id = try Self.hex("id", in: root)
    guard id.count == Self.idSize else { throw root.failure("the id has \(id.count) bytes, not \(Self.idSize)") }
    driver = try TPMDriver(parsing: try root.required("tpm").string(), stateDirectory: directory)

    let parent = try root.required("storageRootKey")
    try Self.only(["name"], in: parent)
    let key = try root.required("reportKey")
    try Self.only(["name", "spki", "public", "private"], in: key)
    reportKey = try ReportKeyBlob(
      publicArea: try key.required("public").base64(), privateBlob: try key.required("private").base64(),
      parentName: try Self.hex("name", in: parent))
    guard try Self.hex("name", in: key) == reportKey.name else {
      throw key.failure("the Name is not that of the public area")
    }
    guard try key.required("spki").base64() == reportKey.spki else {
      throw key.failure("the SubjectPublicKeyInfo is not that of the public area")
    }
  }

  /// The file's bytes: pretty-printed JSON and a final line feed.
  func serialized() -> [UInt8] {
    let record: JSON = [
      "format": .text(Self.format),
      "id": .text(Hex.encode(id)),
      "tpm": .text(driver.configuration),
      "storageRootKey": ["name": .text(Hex.encode(reportKey.parentName))],
      "reportKey": [
        "name": .text(Hex.encode(reportKey.name)),
        "spki": .text(Base64.encode(reportKey.spki)),
        "public": .text(Base64.encode(reportKey.publicArea)),
        "private": .text(Base64.encode(reportKey.privateBlob)),
      ],
    ]
    return record.serialized(pretty: true) + [0x0A]
  }

  private static func hex(_ key: String, in node: JSONNode) throws(Failure) -> [UInt8] {
    let value = try node.required(key)
    guard let bytes = Hex.decode(try value.bytes()) else { throw value.failure("not lower-case hexadecimal") }
    return bytes
  }

  /// A member that this version does not know would be believed by another one: refused.
  private static func only(_ known: [String], in node: JSONNode) throws(Failure) {
    for (key, _) in try node.members() where !known.contains(where: { $0.utf8.elementsEqual(key) }) {
      throw node.failure("the member \"\(printable(key))\" is unknown")
    }
  }
}
