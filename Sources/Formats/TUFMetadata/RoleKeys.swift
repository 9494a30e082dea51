import Octets
import Reasons
import StrictJSON

/// Whose signatures a role's metadata needs, and how many (§4.3, ROLE).
package struct RoleKeys: Hashable, Sendable {
  /// In the document's order, each once. Some may name no key of the document.
  package let keyIDs: [KeyID]
  /// At least one; it may exceed the number of keys, and then nothing is ever signed.
  package let threshold: Int

  init(parsing node: JSONNode) throws(Failure) {
    let list = try node.required("keyids")
    var ids: [KeyID] = []
    var seen: Set<KeyID> = []
    for element in try list.elements(atMost: TUFLimits.keysOfRole) {
      let id = KeyID(try element.name())
      guard seen.insert(id).inserted else { throw element.failure("one key twice in a role") }
      ids.append(id)
    }
    keyIDs = ids
    let count = try node.required("threshold")
    guard let threshold = Int(exactly: try count.integer()), threshold >= 1 else {
      throw count.failure("a threshold is 1 or more")
    }
    self.threshold = threshold
  }
}

extension JSONNode {
  /// A name, key ID, path or pattern: not empty, and not longer than anybody needs.
  func name() throws(Failure) -> [UInt8] {
    let bytes = try bytes()
    try verifyName(bytes)
    return bytes
  }

  func verifyName(_ bytes: [UInt8]) throws(Failure) {
    guard !bytes.isEmpty else { throw failure("an empty name") }
    guard bytes.count <= TUFLimits.nameBytes else {
      throw failure("\(bytes.count) bytes; at most \(TUFLimits.nameBytes) are read", .tufLimitExceeded)
    }
  }

  /// An object of keys under their IDs.
  func keys() throws(Failure) -> [KeyID: TUFKey] {
    let members = try members()
    guard members.count <= TUFLimits.keys else {
      throw failure("\(members.count) keys; at most \(TUFLimits.keys) are read", .tufLimitExceeded)
    }
    var keys: [KeyID: TUFKey] = [:]
    for (name, node) in members {
      try node.verifyName(name)
      let id = KeyID(name)
      keys[id] = try TUFKey(parsing: node, id: id)
    }
    return keys
  }

  /// An integer greater than 0 (§4.3, VERSION).
  func version() throws(Failure) -> Int64 {
    let version = try integer()
    guard version >= 1 else { throw failure("a version is 1 or more") }
    return version
  }
}
