import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON

/// Sigstore bundles that lie beside the archive, `--bundle FILE`: one JSON document, or one a line (`.jsonl`).
enum LooseBundles {
  /// Sigstore bundles in one `.jsonl`.
  private static let limit = 10_000

  static func read(_ path: String) throws -> [Evidence] {
    let bytes = try InputFile.read(path, upTo: InputFile.bundleLimit)
    let documents = documents(bytes)
    guard !documents.isEmpty else { throw UsageMistake("\(path) holds no Sigstore bundle.") }
    guard documents.count <= limit else { throw UsageMistake("\(path) holds more than \(limit) Sigstore bundles.") }
    return documents.enumerated().map { index, document in
      let name = documents.count == 1 ? path : "\(path) line \(index + 1)"
      return Evidence(.sigstoreBundle(document), by: .bundleFile(name), attachedTo: nil, digest: digest(document))
    }
  }

  /// A document may hold line breaks itself, so lines count only where the whole is not one document.
  private static func documents(_ bytes: [UInt8]) -> [[UInt8]] {
    if (try? JSONNode(parsing: bytes, named: "", malformed: .bundleMalformed)) != nil { return [bytes] }
    return bytes.split(separator: UInt8(ascii: "\n")).map(Array.init).filter { line in
      !line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\t") }
    }
  }
}
