import Compression
import Files
import TarArchive

/// Writes a bundle: a tar, packed or not, or a folder. Its name stands for the whole, or for nothing.
final class BundleWriter {
  private let out: String
  private let form: BundleForm
  private let file: GrowingFile?
  private let compressor: Compressor?
  private var isFinished = false
  private var beside: String { out + ".new" }

  /// - Throws: `.taken` where something is there, or beside it under the name that it has meanwhile.
  init(_ name: String) throws(MakingError) {
    var out = name
    while out.count > 1, out.hasSuffix("/") { out.removeLast() }
    guard !DurableFile.isTaken(out) else { throw .refused(.taken, "\(out) is there already; name a new one.") }
    guard !DurableFile.isTaken(out + ".new") else {
      throw .refused(
        .taken, "\(out).new is there already. If an interrupted run left it, delete it; else name another bundle.")
    }
    self.out = out
    form = BundleForm(name: out)
    let beside = out + ".new"
    file =
      form == .folder
      ? nil : try BundleMaking.file(beside) { () throws(FileError) in try GrowingFile(beside) }
    do throws(CompressionError) {
      switch form {
      case .gzip: compressor = try Compressor(.gzip)
      case .zstd: compressor = try Compressor(.zstd)
      case .folder, .tar: compressor = nil
      }
    } catch {
      throw .failed("The compression does not begin: \(error)")
    }
    if form == .folder {
      try BundleMaking.file(beside) { () throws(FileError) in
        try DurableFile.makeFolder(beside)
      }
    }
  }

  deinit { if form == .folder, !isFinished { try? DurableFile.removeTree(beside) } }

  func write(_ path: String, _ bytes: [UInt8]) throws(MakingError) {
    try begin(path, size: Int64(bytes.count))
    try append(bytes[...])
    try end(size: Int64(bytes.count))
  }

  // MARK: Piece by piece

  private var open: GrowingFile?
  private var place = ""

  /// - Precondition: exactly `size` bytes are appended before `end`.
  func begin(_ path: String, size: Int64) throws(MakingError) {
    guard form == .folder else { return try put(TarOutput.file(path, size: size)[...]) }
    place = "\(beside)/\(path)"
    let place = place
    open = try BundleMaking.file(place) { () throws(FileError) in
      try DurableFile.makeParents(of: path, below: beside)
      return try GrowingFile(place + ".new")
    }
  }

  func append(_ bytes: ArraySlice<UInt8>) throws(MakingError) {
    guard let open else { return try put(bytes) }
    try BundleMaking.file(place) { () throws(FileError) in try open.append(bytes) }
  }

  func end(size: Int64) throws(MakingError) {
    guard let open else { return try put(TarOutput.padding(size)[...]) }
    try BundleMaking.file(place) { () throws(FileError) in try open.finish(as: place) }
    self.open = nil
  }

  /// Makes all of it last, under the name that it has meanwhile.
  func complete() throws(MakingError) {
    guard let file else { return }
    try put(TarOutput.end[...], isLast: true)
    try BundleMaking.file(beside) { () throws(FileError) in try file.sync() }
  }

  func finish() throws(MakingError) {
    try BundleMaking.file(out) { () throws(FileError) in
      if let file { return try file.finish(as: out) }
      try DurableFile.rename(beside, to: out)
      try DurableFile.sync(folder: DurableFile.parent(of: out))
    }
    isFinished = true
  }

  private func put(_ bytes: ArraySlice<UInt8>, isLast: Bool = false) throws(MakingError) {
    guard let file else { return }
    var packed = bytes
    if let compressor {
      do throws(CompressionError) {
        packed = try compressor.step(bytes, isLast: isLast)[...]
      } catch {
        throw .failed("The compression failed: \(error)")
      }
    }
    try BundleMaking.file(out) { () throws(FileError) in try file.append(packed) }
  }
}
