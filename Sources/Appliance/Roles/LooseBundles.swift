import Cryptography
import Files
import OCIImage
import Octets
import Readings
import Reasons
import StrictJSON

/// Sigstore bundles in a file that lies beside archives: one JSON document, or one a line (`.jsonl`).
package enum LooseBundles {
  /// Bytes of one file, and of all that lie beside the archives of a medium.
  package static let mostBytes = 64 << 20
  /// How many of them.
  package static let most = 10_000

  /// Why a file is not what is wanted, in words that go behind its name.
  package struct Unfit: Error, Hashable, Sendable {
    package let words: String
    /// Whether it is known that no Sigstore bundle is in it.
    package var isEmpty = false
  }

  /// A reader's work: hostile bytes are looked into.
  static func documents(in file: OpenFile) throws(Unfit) -> [[UInt8]] {
    let bytes = try contents(of: file)
    let documents = try isOne(bytes) ? [bytes] : lines(bytes)
    guard !documents.isEmpty else { throw Unfit(words: "holds no Sigstore bundle", isEmpty: true) }
    guard documents.allSatisfy({ $0.count <= EvidenceList.mostObjectBytes }) else {
      throw Unfit(words: "holds more than \(EvidenceList.mostObjectBytes) bytes as one Sigstore bundle")
    }
    return documents
  }

  private static func contents(of file: OpenFile) throws(Unfit) -> [UInt8] {
    do throws(FileError) {
      if let bytes = try file.contents(atMost: mostBytes) { return bytes }
    } catch {
      throw Unfit(words: "cannot be read: \(error)")
    }
    throw Unfit(words: "is larger than \(mostBytes) bytes, so it is not what is wanted")
  }

  /// A document may hold line breaks itself, so lines count only where the whole is not one document.
  private static func isOne(_ bytes: [UInt8]) -> Bool {
    (try? JSONNode(parsing: bytes, named: "", malformed: .bundleMalformed)) != nil
  }

  /// One by one, since there may be as many as there are bytes.
  private static func lines(_ bytes: [UInt8]) throws(Unfit) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\t") }) {
        continue
      }
      guard lines.count < most else { throw Unfit(words: "holds more than \(most) Sigstore bundles") }
      lines.append(Array(line))
    }
    return lines
  }

  /// - Parameter path: of the file.
  static func evidence(_ documents: [[UInt8]], in path: String) -> [Evidence] {
    documents.enumerated().map { index, document in
      let name = documents.count == 1 ? path : "\(path) line \(index + 1)"
      return Evidence(.sigstoreBundle(document), by: .bundleFile(name), attachedTo: nil, digest: digest(document))
    }
  }
}
