import CQRCode

/// A text as a QR code (ISO/IEC 18004) of correction level M: a camera reads it where up to about 15 % is unreadable.
package struct QRCode: Sendable {
  /// Bytes that the largest code of this level holds. It has 177 modules a side, more than most screens show: what is
  /// meant for a screen stays below some 300 bytes.
  package static let mostBytes = 2_331
  /// Light modules around the code, without which readers do not find it (§5.3.8).
  package static let quietZone = 4

  /// Modules a side: 21 to 177.
  package let side: Int
  /// Row by row; true is dark.
  private let modules: [Bool]

  /// - Parameter text: ASCII: how readers take other bytes is up to each of them.
  package init(_ text: String) throws(QRCodeError) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
    guard bytes.count <= Self.mostBytes else { throw .tooLong(bytes.count) }
    // Version 0 asks for the smallest that holds the bytes.
    guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { throw .failed }
    defer { QRcode_free(code) }
    side = Int(code.pointee.width)
    // The lowest bit is the module's colour; the others tell what it is there for.
    modules = UnsafeBufferPointer(start: code.pointee.data, count: side * side).map { $0 & 1 == 1 }
  }

  /// Whether the module is dark. All modules outside the code are light.
  package func isDark(row: Int, column: Int) -> Bool {
    (0..<side).contains(row) && (0..<side).contains(column) && modules[row * side + column]
  }
}

/// Why a text became no QR code.
package enum QRCodeError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case notASCII
  /// Bytes of the text.
  case tooLong(Int)
  case failed

  package var description: String {
    switch self {
    case .empty: "There is no text to make a QR code of."
    case .notASCII: "A QR code takes ASCII text, and this is none."
    case .tooLong(let count):
      "A QR code holds at most \(QRCode.mostBytes) bytes, and the text has \(count). Write it to a file instead."
    case .failed: "The QR code could not be made: no memory."
    }
  }
}
