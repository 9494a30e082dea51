import Base64
import Octets
import StrictJSON

// What the connected side writes; each is what its reader takes.

extension LogDescription {
  package func serialized() -> [UInt8] {
    var object: JSONObject = [
      "format": .text(Self.format), "origin": .string(origin), "kind": .text(kind.rawValue),
    ]
    if let minimumIndex { object.append("minimumIndex", .integer(Int64(minimumIndex))) }
    if let treeID { object.append("treeID", .string(treeID)) }
    if !keys.isEmpty { object.append("keys", .array(keys.map { .string($0) })) }
    return JSON.object(object).serialized(pretty: true) + [0x0a]
  }
}

extension CarriedEntry {
  package init(body: [UInt8], promise: Promise?) {
    self.body = body
    self.promise = promise
  }

  package func serialized() -> [UInt8] {
    var object: JSONObject = ["body": .text(Base64.encode(body))]
    if let promise {
      object.append("integratedTime", .integer(promise.integratedTime.seconds))
      object.append("logID", .text(Hex.encode(promise.logID)))
      object.append("logIndex", .integer(Int64(promise.logIndex)))
      object.append("signedEntryTimestamp", .text(Base64.encode(promise.signature)))
    }
    return JSON.object(object).serialized() + [0x0a]
  }
}

extension ConsistencyFile {
  package static func serialized(_ path: [[UInt8]]) -> [UInt8] {
    path.flatMap { Array("\(Base64.encode($0))\n".utf8) }
  }
}

extension SnapshotPath {
  /// The name of a log's folder: its origin, with `-` for what such a name may not hold, cut to 100 bytes.
  package static func folder(of origin: [UInt8]) -> String {
    var name = ""
    for byte in origin.prefix(longestFolder) {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "_"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      // Rekor v1's origins are NAME - TREE.
      default: if !name.hasSuffix("-") { name += "-" }
      }
    }
    return name.hasPrefix(".") ? "log" + name : name
  }

  /// With the longest path below it, that is still a name in a header of ustar.
  private static let longestFolder = 100
}
