import Base64
import Octets
import StrictJSON
import TestSupport

/// Documents of the corpus with one thing changed.
enum Spoiling {
  static func document(_ path: String) throws -> JSON {
    try JSON(parsing: Corpus.bytes(path), named: path)
  }

  static func bundle(_ name: String) throws -> JSON {
    try document("sigstore-conformance/\(name)/bundle.sigstore.json")
  }

  static func trustRoot(_ name: String? = nil) throws -> JSON {
    try document(
      name.map { "sigstore-conformance/\($0)/trusted_root.json" } ?? "trust/sigstore-public-good.trusted_root.json")
  }
}

extension JSON {
  /// The value at `path`, `a.0.b`; null where there is none.
  subscript(at path: String) -> JSON {
    var value = self
    for step in path.split(separator: ".") {
      switch value {
      case .object(let object): value = object[String(step)] ?? .null
      case .array(let elements):
        value = Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil } ?? .null
      default: return .null
      }
    }
    return value
  }

  /// What a string holds in Base64.
  var decoded: [UInt8]? {
    guard case .string(let text) = self else { return nil }
    return Base64.decode(text)
  }

  /// With `change` applied at `path`; members that were not there are added, and nil takes one out.
  func changing(_ path: String, _ change: (JSON) -> JSON?) -> JSON {
    self.change(path.split(separator: ".").map(String.init)[...], change) ?? .null
  }

  func setting(_ path: String, _ value: JSON?) -> JSON { changing(path) { _ in value } }

  /// With the bytes changed that the string at `path` holds in Base64.
  func changingBytes(_ path: String, _ change: ([UInt8]) -> [UInt8]) -> JSON {
    changing(path) { value in
      guard let bytes = value.decoded else { return .null }
      return .text(Base64.encode(change(bytes)))
    }
  }

  /// With one bit turned over of the Base64 at `path`, in its last byte or in that given.
  func flipping(_ path: String, byte: Int? = nil) -> JSON {
    changingBytes(path) { bytes in
      var bytes = bytes
      bytes[byte ?? bytes.count - 1] ^= 1
      return bytes
    }
  }

  private func change(_ path: ArraySlice<String>, _ change: (JSON) -> JSON?) -> JSON? {
    guard let step = path.first else { return change(self) }
    switch self {
    case .array(var elements):
      guard let index = Int(step), elements.indices.contains(index) else { return self }
      if let changed = elements[index].change(path.dropFirst(), change) {
        elements[index] = changed
      } else {
        elements.remove(at: index)
      }
      return .array(elements)
    case .object(var object):
      let key = Array(step.utf8)
      let old = object[step] ?? (path.count > 1 ? .object([:]) : .null)
      let new = old.change(path.dropFirst(), change)
      object.members.removeAll { $0.key == key }
      if let new { object.append(step, new) }
      return .object(object)
    default: return self
    }
  }
}
