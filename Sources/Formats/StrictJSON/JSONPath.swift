import Octets

/// How places in a document are written, `manifests[2].digest`: step by step from the root, whose own place is empty text.
///
/// For people, and for whoever looks a place up in the document again. Of keys that begin alike for more than 80
/// characters the places are alike too.
package enum JSONPath {
  /// `.key` where that cannot be misread, otherwise `["key"]`, shortened and made fit for a terminal.
  package static func step(_ key: [UInt8], isFirst: Bool) -> String {
    let isPlain =
      !key.isEmpty && key.count <= 80
      && key.allSatisfy { character in
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
          UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
          true
        default: false
        }
      }
    guard isPlain else { return "[\"\(printable(key, limit: 80))\"]" }
    return (isFirst ? "" : ".") + String(decoding: key, as: UTF8.self)
  }

  package static func step(_ index: Int) -> String { "[\(index)]" }
}
