/// An archive's files, each made when it is asked for: who holds them holds less than they are, and there may be a million.
package struct StoredFiles: RandomAccessCollection, Sendable {
  private let file: @Sendable (Int) -> StoredFile
  package let endIndex: Int
  package var startIndex: Int { 0 }

  /// - Parameter file: gives the one at a place, always the same.
  package init(count: Int, _ file: @escaping @Sendable (Int) -> StoredFile) {
    self.file = file
    endIndex = count
  }

  package init(_ files: [StoredFile]) { self.init(count: files.count) { files[$0] } }

  package subscript(place: Int) -> StoredFile { file(place) }

  /// Those at some places.
  func at(_ places: [UInt32]) -> StoredFiles {
    let file = file
    return StoredFiles(count: places.count) { file(Int(places[$0])) }
  }

  /// These, and one more behind them.
  func and(_ last: StoredFile) -> StoredFiles {
    let (file, place) = (file, endIndex)
    return StoredFiles(count: place + 1) { $0 == place ? last : file($0) }
  }
}
