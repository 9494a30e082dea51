import Cryptography
import OCIImage
import TestSupport

/// The evidence of one of the corpus's real images, found as the appliance finds it, without its media reader.
enum RealImage {
  static func evidence(_ name: String) throws -> [Evidence] {
    try ImageArchive(StoredFiles(files(of: try Corpus.bytes("oci/real/\(name).tar")))).evidence
  }

  /// Regular files of a plain tar with short names (ustar), which these are.
  private static func files(of tar: [UInt8]) -> [StoredFile] {
    var files: [StoredFile] = []
    var offset = 0
    while offset + 512 <= tar.count, tar[offset] != 0 {
      let header = tar[offset..<offset + 512]
      func field(_ start: Int, _ length: Int) -> ArraySlice<UInt8> {
        header[offset + start..<offset + start + length].prefix { $0 != 0 && $0 != 0x20 }
      }
      let size = field(124, 12).reduce(0) { $0 * 8 + Int($1) - 0x30 }
      let contents = Array(tar[offset + 512..<offset + 512 + size])
      var name = Array(field(0, 100))
      if name.starts(with: "./".utf8) { name.removeFirst(2) }
      if header[offset + 156] == 0x30 || header[offset + 156] == 0 {
        files.append(
          StoredFile(
            name: name, size: UInt64(size), digest: digest(contents), contents: contents, isAlias: false,
            offset: UInt64(offset)))
      }
      offset += 512 + (size + 511) / 512 * 512
    }
    return files
  }
}
