import Octets
import OpenVEX

/// VEX documents, as answers to one question: what was last said of this vulnerability in this package of this image?
///
/// A statement counts where its product is the image, named by its digest; beneath that, its subcomponents narrow it to
/// these packages. And where its product is the package itself. What is said of other products is not about this image.
struct VEXIndex {
  /// Statements of one vulnerability, package and version that differ in the package's qualifiers alone. Where there are
  /// more, nothing is cleared.
  private static let mostVariants = 16

  private struct Key: Hashable {
    let vulnerability: [UInt8]
    /// Type, namespace and name; nil for the image as a whole.
    let package: [UInt8]?
    let version: [UInt8]?
  }

  private struct Word {
    let url: PackageURL?
    let status: OpenVEX.Status
    let time: Int64

    /// The newer one counts; of two at one time, the one that clears nothing.
    func yields(to other: Word) -> Bool {
      other.time != time ? other.time > time : status.clears && !other.status.clears
    }
  }

  /// Words of all documents about one part. Where there are more, nothing is cleared.
  static let mostWords = 1_000_000

  private var words: [Key: [Word]] = [:]
  private var room = mostWords

  init() {}

  init(_ documents: [OpenVEX], about digests: [ClaimedDigest], mostWords: Int = mostWords) {
    room = mostWords
    for document in documents {
      for statement in document.statements { add(statement, digests) }
    }
  }

  var isEmpty: Bool { words.isEmpty }

  private mutating func add(_ statement: OpenVEX.Statement, _ digests: [ClaimedDigest]) {
    guard let products = statement.products else { return add(nil, statement) }
    for product in products {
      if product.component.names(digests) {
        if product.subcomponents.isEmpty { add(nil, statement) }
        for component in product.subcomponents {
          for url in component.urls { add(url, statement) }
        }
      } else {
        for url in product.component.urls { add(url, statement) }
      }
    }
  }

  private mutating func add(_ url: PackageURL?, _ statement: OpenVEX.Statement) {
    let word = Word(url: url, status: statement.status, time: statement.time.seconds)
    room -= statement.names.count
    guard room >= 0 else { return }
    for name in statement.names {
      let key = Key(vulnerability: name, package: url?.package, version: url?.version)
      Self.add(word, to: &words[key, default: []])
    }
  }

  private static func add(_ word: Word, to found: inout [Word]) {
    if let index = found.firstIndex(where: { $0.url == word.url }) {
      if found[index].yields(to: word) { found[index] = word }
    } else if found.count < mostVariants {
      found.append(word)
    } else {
      // Newer than everything, and about every variant.
      found[0] = Word(url: nil, status: .underInvestigation, time: .max)
    }
  }

  /// The newest word on a vulnerability, under any of its names; nil where there is none.
  func status(of names: [[UInt8]], in component: String?) -> OpenVEX.Status? {
    guard room >= 0 else { return .underInvestigation }
    let url = component.flatMap { PackageURL(Array($0.utf8)) }
    var newest: Word?
    for name in names {
      var keys = [Key(vulnerability: name, package: nil, version: nil)]
      if let url {
        keys.append(Key(vulnerability: name, package: url.package, version: nil))
        if let version = url.version {
          keys.append(Key(vulnerability: name, package: url.package, version: version))
        }
      }
      for key in keys {
        for word in words[key] ?? [] where word.url.map({ wanted in url.map(wanted.covers) ?? false }) ?? true {
          if newest?.yields(to: word) ?? true { newest = word }
        }
      }
    }
    return newest?.status
  }
}

extension OpenVEX.Component {
  /// Whether it is one of these: by hash, or as `pkg:oci/…@sha256:…`.
  fileprivate func names(_ digests: [ClaimedDigest]) -> Bool {
    self.digests.contains(where: digests.contains)
      || urls.contains { url in
        url.imageDigest.map { text in digests.contains { $0.description.utf8.elementsEqual(text) } } ?? false
      }
  }
}
