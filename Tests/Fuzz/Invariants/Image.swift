import Cryptography
import OCIImage
import Octets
import Reasons

/// An archive's images and evidence are found by digests that were computed, and in whatever order the files come; and
/// what the verifier says of the evidence can be read again.
///
/// Changed bytes have another digest, so that a plain archive would fall apart with the first change. The input is a text
/// of files instead: a line `=== NAME` before each, and in names and contents `@dN` for the digest of file N's contents, and
/// `@sN` for their size, N being the digit of an earlier file; `@d=` in a name is the digest of its own contents.
enum ImageInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    let files = stored(bytes)
    let carried = Set(files.map { ClaimedDigest($0.digest) })
    let longest = files.map { Int($0.size) }.max() ?? 0
    let read: ([UInt8]) throws(Failure) -> ImageArchive = { (_) throws(Failure) in try ImageArchive(StoredFiles(files))
    }
    guard let archive = try reading([UInt8](repeating: 0, count: longest), read) else { return false }
    for image in archive.images { try check(image, carried) }
    for piece in archive.evidence {
      try hold(carried.contains(ClaimedDigest(piece.digest)), "evidence with a digest that nobody computed")
      switch piece.form {
      case .sigstoreBundle(let contents), .simpleSigning(let contents, _), .dsseEnvelope(let contents, _):
        try hold(digest(contents, piece.digest.algorithm) == piece.digest, "evidence of other bytes than its digest")
      case .unsupported: break
      }
      try BundleInvariant.checkFindings(piece)
    }
    guard let reversed = try? ImageArchive(StoredFiles(files.reversed())) else {
      throw Broken("the same files in another order are refused")
    }
    try hold(reversed.shape == archive.shape, "another shape in another order")
    try hold(
      Set(reversed.images.map(\.digest)) == Set(archive.images.map(\.digest)), "other images in another order")
    try hold(
      Set(reversed.evidence.map(\.digest)) == Set(archive.evidence.map(\.digest)), "other evidence in another order")
    try hold(reversed.failures.isEmpty == archive.failures.isEmpty, "wrong in one order and right in another")
    return archive.failures.isEmpty && !archive.images.isEmpty
  }

  private static func check(_ image: Image, _ carried: Set<ClaimedDigest>) throws {
    try hold(!image.parts.isEmpty, "an image without parts")
    let parts = image.parts.map(\.digest)
    try hold(Set(parts).count == parts.count, "a part stands twice in one image")
    for part in image.parts {
      try hold(part.ancestors.allSatisfy(parts.contains), "a part below what the image does not have")
      if case .absent = part.role { continue }
      try hold(carried.contains(part.digest), "a part that nobody hashed")
      for layer in part.layers where layer.isCarried {
        try hold(carried.contains(layer.digest), "a layer is said to be carried, and nobody hashed it")
      }
    }
  }

  // MARK: Files

  private static func stored(_ bytes: [UInt8]) -> [StoredFile] {
    let mark = Array("=== ".utf8)
    var files: [(name: [UInt8], contents: [UInt8])] = []
    for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
      if line.starts(with: mark) {
        if files.count == 10 { break }
        let done = files.map(\.contents)
        files.append((filled(line.dropFirst(mark.count), from: done), []))
      } else if !files.isEmpty {
        let done = files.dropLast().map(\.contents)
        files[files.count - 1].contents += filled(line, from: done)
      }
    }
    var names: Set<[UInt8]> = []
    let addressed = files.map { file in
      let isLong = file.name.starts(with: "blobs/sha512/".utf8)
      let own = Hex.encode(digest(file.contents, isLong ? .sha512 : .sha256).bytes)
      return (name: Array(file.name.replacing("@d=".utf8, with: own.utf8)), contents: file.contents)
    }
    return addressed.filter { names.insert($0.name).inserted }.map { file in
      let isLong = file.name.starts(with: "blobs/sha512/".utf8)
      return StoredFile(
        name: file.name, size: UInt64(file.contents.count), digest: digest(file.contents, isLong ? .sha512 : .sha256),
        contents: file.contents, isAlias: false, offset: 0)
    }
  }

  private static func filled(_ text: ArraySlice<UInt8>, from done: [[UInt8]]) -> [UInt8] {
    var output: [UInt8] = []
    var rest = text
    while let at = rest.firstIndex(of: UInt8(ascii: "@")) {
      output += rest[..<at]
      let word = rest[at...].prefix(3)
      let number = word.last.map { Int($0) - 0x30 } ?? -1
      if word.count == 3, done.indices.contains(number), word[at + 1] == UInt8(ascii: "d") {
        output += Array(Hex.encode(digest(done[number]).bytes).utf8)
        rest = rest[(at + 3)...]
      } else if word.count == 3, done.indices.contains(number), word[at + 1] == UInt8(ascii: "s") {
        output += Array(String(done[number].count).utf8)
        rest = rest[(at + 3)...]
      } else {
        output.append(rest[at])
        rest = rest[(at + 1)...]
      }
    }
    return output + rest
  }
}
