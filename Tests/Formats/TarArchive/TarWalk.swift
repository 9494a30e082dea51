import Reasons
import TarArchive

/// Reads a whole archive from memory, as a caller of TarReader does.
func walk(_ bytes: [UInt8]) throws(Failure) -> [TarEntry] {
  var reader = TarReader()
  var entries: [TarEntry] = []
  var position = 0
  while position < bytes.count {
    let block = bytes[position..<min(position + TarBlock.size, bytes.count)]
    let next = try reader.take(block: block, at: UInt64(position))
    position += TarBlock.size
    switch next {
    case .block: break
    case .record(let size):
      try reader.take(record: Array(bytes[position..<position + size]))
      position += size + Int(TarBlock.padding(after: UInt64(size)))
    case .entry(let entry):
      entries.append(entry)
      position += Int(clamping: entry.paddedSize)
    case .end: return entries
    }
  }
  try reader.finish(at: UInt64(position))
  return entries
}
