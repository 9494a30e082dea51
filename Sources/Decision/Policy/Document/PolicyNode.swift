import Octets
import Reasons
import StrictJSON

// What the readers of a policy ask of a value beside its type.

extension JSONNode {
  /// A name that other parts of the policy use: `[A-Za-z0-9][A-Za-z0-9._-]*`, at most 64 bytes.
  func policyName() throws(Failure) -> String {
    let bytes = try bytes()
    func isPlain(_ byte: UInt8) -> Bool {
      (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
    }
    guard (1...64).contains(bytes.count), isPlain(bytes[0]),
      bytes.allSatisfy({ isPlain($0) || "._-".utf8.contains($0) })
    else { throw failure("a name is 1 to 64 of A-Z, a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A list that is not empty, or one value in place of it.
  func oneOrMore(atMost limit: Int) throws(Failure) -> [JSONNode] {
    guard case .array = value else { return [self] }
    let elements = try elements(atMost: limit)
    guard !elements.isEmpty else { throw failure("the list is empty") }
    return elements
  }
}
