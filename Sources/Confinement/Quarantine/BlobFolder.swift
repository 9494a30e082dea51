import Cryptography
import Files
import Glibc
import Octets
import Reasons
import Synchronization

/// `blobs/<algorithm>/<hex>` below an open folder: the blobs of an OCI image layout (image-spec 1.1 image-layout.md).
struct BlobFolder: Sendable {
  private let folders: [HashAlgorithm: Directory]

  static let folderName = "blobs"
  /// Of what is on its way to its name.
  static let newEnding = Array(".new".utf8)
  static let algorithms: [HashAlgorithm] = [.sha256, .sha512]

  /// Makes the folders that are not there yet.
  init(in root: Directory) throws(QuarantineError) {
    var folders: [HashAlgorithm: Directory] = [:]
    for algorithm in Self.algorithms {
      folders[algorithm] = try storing(Self.folderName) { () throws(FileError) in
        let blobs = try root.makeDirectory(Array(Self.folderName.utf8))
        let folder = try blobs.makeDirectory(Array(algorithm.rawValue.utf8))
        try blobs.sync()
        return folder
      }
    }
    self.folders = folders
  }

  /// - Parameter blobs: the open folder `blobs`; nothing is made in it.
  init(reading blobs: Directory) throws(FileError) {
    var folders: [HashAlgorithm: Directory] = [:]
    for algorithm in Self.algorithms { folders[algorithm] = try blobs.directory(Array(algorithm.rawValue.utf8)) }
    self.folders = folders
  }

  static func name(_ digest: ClaimedDigest) -> [UInt8] { Array(digest.hex.utf8) }

  /// - Precondition: a digest's algorithm is one of `algorithms`, as `ClaimedDigest` reads no other.
  func folder(_ algorithm: HashAlgorithm) -> Directory { folders[algorithm]! }

  func folder(of digest: ClaimedDigest) -> Directory { folder(digest.algorithm) }

  func open(_ digest: ClaimedDigest) throws(FileError) -> OpenFile {
    try folder(of: digest).file(Self.name(digest))
  }

  /// What is there under a digest's name, where it is a file; nothing is said of its bytes.
  func status(_ digest: ClaimedDigest) -> FileStatus? {
    guard let status = try? folder(of: digest).status(of: Self.name(digest)), status.kind == .regular else {
      return nil
    }
    return status
  }

  /// Whether no content is there; what is on its way is none.
  var isEmpty: Bool {
    get throws(FileError) {
      var isEmpty = true
      for algorithm in Self.algorithms where isEmpty {
        try folder(algorithm).forEachName { name in
          isEmpty = Self.isOnItsWay(name)
          return isEmpty
        }
      }
      return isEmpty
    }
  }

  static func isOnItsWay(_ name: [UInt8]) -> Bool { name.suffix(newEnding.count).elementsEqual(newEnding) }

  func sync() throws(FileError) {
    for algorithm in Self.algorithms { try folder(algorithm).sync() }
  }

  // MARK: Hashing again

  /// A content that was just hashed.
  struct Hashed: Sendable {
    let digest: ComputedDigest
    let status: FileStatus
  }

  /// - Throws: `blob.missing` for what is no file; `blob.digest-mismatch` for other bytes; both name the digest.
  func hash(_ digest: ClaimedDigest, progress: (Int) -> Void = { _ in }) throws(Failure) -> Hashed {
    let (computed, status) = try read(digest, progress)
    guard digest == computed else { throw Self.altered(digest, computed) }
    return Hashed(digest: computed, status: status)
  }

  private func read(
    _ digest: ClaimedDigest, _ progress: (Int) -> Void
  ) throws(Failure) -> (ComputedDigest, FileStatus) {
    do throws(FileError) {
      let file = try open(digest)
      let status = try file.status()
      guard status.kind == .regular else { throw FileError("open", code: EINVAL) }
      var digester = Digester(digest.algorithm)
      var buffer = [UInt8](repeating: 0, count: min(256 << 10, max(1, Int(clamping: status.size))))
      var offset: UInt64 = 0
      while true {
        let count = try file.read(into: &buffer, 0..<buffer.count, at: offset)
        digester.update(buffer[..<count])
        offset += UInt64(count)
        progress(count)
        guard count == buffer.count else { break }
      }
      return (digester.finish(), status)
    } catch {
      throw Failure(.blobMissing, "\(digest)", "it is not there as a file: \(error)")
    }
  }

  /// Writes a content under its name into another folder, hashing it on the way: what gets the name is what was hashed.
  /// Whatever ends it leaves nothing there, but for the end of the process.
  /// - Parameter place: what errors call it there.
  /// - Throws: `blob.digest-mismatch`; an error of the disk.
  func copy(_ digest: ClaimedDigest, to other: BlobFolder, named place: String) throws(QuarantineError) {
    let to = other.folder(of: digest)
    let name = Self.name(digest)
    let beside = name + Self.newEnding
    // Not there any more when it has its name.
    defer { try? to.remove(beside) }
    let computed = try storing(place) { () throws(FileError) in
      try to.remove(beside)
      let (from, file) = (try open(digest), try to.create(beside))
      var digester = Digester(digest.algorithm)
      var buffer = [UInt8](repeating: 0, count: 256 << 10)
      var offset: UInt64 = 0
      while true {
        let count = try from.read(into: &buffer, 0..<buffer.count, at: offset)
        guard count > 0 else { break }
        digester.update(buffer[..<count])
        try file.append(buffer[..<count])
        offset += UInt64(count)
      }
      try file.sync()
      return digester.finish()
    }
    guard digest == computed else { throw .input(Self.altered(digest, computed)) }
    try storing(place) { () throws(FileError) in try to.rename(beside, to: to, as: name) }
  }

  static func altered(_ digest: ClaimedDigest, _ computed: ComputedDigest) -> Failure {
    Failure(
      .blobDigestMismatch, "\(digest)",
      "it was altered since it was taken in; its bytes hash to \(ClaimedDigest(computed))")
  }

  /// Hashes many on all cores; each result stands at its digest's place.
  func hash(
    _ digests: [ClaimedDigest], progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> [Result<Hashed, Failure>] {
    let work = Work(digests)
    onThreads(min(readingThreads, digests.count)) {
      while let (index, digest) = work.take() {
        let result: Result<Hashed, Failure>
        do throws(Failure) { result = .success(try hash(digest, progress: progress)) } catch {
          result = .failure(error)
        }
        work.put(result, at: index)
      }
    }
    return work.results
  }

  /// What the threads share.
  private final class Work: Sendable {
    private let digests: [ClaimedDigest]
    private let state: Mutex<(next: Int, results: [Result<Hashed, Failure>?])>

    init(_ digests: [ClaimedDigest]) {
      self.digests = digests
      state = Mutex((0, Array(repeating: nil, count: digests.count)))
    }

    func take() -> (Int, ClaimedDigest)? {
      state.withLock { state in
        guard state.next < digests.count else { return nil }
        state.next += 1
        return (state.next - 1, digests[state.next - 1])
      }
    }

    func put(_ result: Result<Hashed, Failure>, at index: Int) { state.withLock { $0.results[index] = result } }

    /// Of all, when the threads have ended.
    var results: [Result<Hashed, Failure>] { state.withLock { $0.results.compactMap(\.self) } }
  }
}
