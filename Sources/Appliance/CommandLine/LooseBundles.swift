import Cryptography
import OCIImage
import Octets
import Readings
import Reasons
import StrictJSON

/// Sigstore bundles that lie beside the archive, `--bundle FILE`: one JSON document, or one a line (`.jsonl`).
enum LooseBundles {
  /// Sigstore bundles in one `.jsonl`.
  static let limit = 10_000

  /// Of files that the operator named.
  /// - Throws: `UsageMistake`.
  static func read(_ path: String) throws -> [Evidence] {
    do throws(InputFile.Unfit) { return try found(path) } catch { throw UsageMistake("\(path) \(error.words).") }
  }

  /// Of files that lay there.
  static func found(_ path: String) throws(InputFile.Unfit) -> [Evidence] {
    let documents = documents(try InputFile.contents(of: path, upTo: InputFile.bundleLimit))
    guard !documents.isEmpty else { throw InputFile.Unfit(words: "holds no Sigstore bundle") }
    guard documents.count <= limit else {
      throw InputFile.Unfit(words: "holds more than \(limit) Sigstore bundles")
    }
    guard documents.allSatisfy({ $0.count <= EvidenceList.mostObjectBytes }) else {
      throw InputFile.Unfit(words: "holds more than \(EvidenceList.mostObjectBytes) bytes as one Sigstore bundle")
    }
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

/// Which loose bundles were warned of: they lie beside several archives, and are said once.
final class BundleWarnings {
  private var carriers: Set<[UInt8]> = []

  /// Of a carrier's name, the first time.
  func isNew(_ carrier: String) -> Bool { carriers.insert(Array(carrier.utf8)).inserted }
}
