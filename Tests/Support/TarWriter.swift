/// Writes archives as a hostile sender would: every field can be set, nothing is checked.
package struct TarWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Where the next header will stand.
  package var offset: UInt64 { UInt64(bytes.count) }

  /// One header block.
  /// - Parameters:
  ///   - size: the size field's bytes; octal with a NUL unless given.
  ///   - edit: changes the block before its checksum is made.
  package mutating func header(
    _ name: [UInt8], type: Character = "0", size: Int = 0, sizeField: [UInt8]? = nil, link: String = "",
    magic: String = "ustar\u{0}00", prefix: String = "", edit: (inout [UInt8]) -> Void = { _ in }
  ) {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ bytes: some Collection<UInt8>, _ at: Int, _ limit: Int) {
      for (index, byte) in bytes.prefix(limit).enumerated() { block[at + index] = byte }
    }
    put(name, 0, 100)
    put("0000644\u{0}".utf8, 100, 8)
    put(sizeField ?? Self.octal(size, 11), 124, 12)
    put(Self.octal(0, 11), 136, 12)
    block[156] = type.asciiValue!
    put(link.utf8, 157, 100)
    put(magic.utf8, 257, 8)
    put(prefix.utf8, 345, 155)
    edit(&block)
    seal(&block)
    bytes += block
  }

  package mutating func header(_ name: String, type: Character = "0", size: Int = 0, link: String = "") {
    header(Array(name.utf8), type: type, size: size, link: link)
  }

  /// Contents and their padding.
  package mutating func contents(_ contents: [UInt8]) {
    bytes += contents
    bytes += [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
  }

  package mutating func file(_ name: [UInt8], _ contents: [UInt8] = []) {
    header(name, size: contents.count)
    self.contents(contents)
  }

  package mutating func file(_ name: String, _ contents: String = "") {
    file(Array(name.utf8), Array(contents.utf8))
  }

  /// An extension: PAX `x` or `g`, GNU `L` or `K`.
  package mutating func extend(_ type: Character, _ body: [UInt8]) {
    header(Array("extension".utf8), type: type, size: body.count)
    contents(body)
  }

  package mutating func pax(_ records: [(String, String)], type: Character = "x") {
    extend(type, records.flatMap { Self.record($0.0, Array($0.1.utf8)) })
  }

  package mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

  package mutating func append(_ more: [UInt8]) { bytes += more }

  /// An archive with an end mark.
  package static func archive(_ write: (inout TarWriter) -> Void) -> [UInt8] {
    var writer = TarWriter()
    write(&writer)
    writer.end()
    return writer.bytes
  }

  /// `LENGTH KEY=VALUE\n`, where the length counts itself.
  package static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
    let rest = Array(" \(key)=".utf8) + value + [0x0a]
    var length = rest.count
    while "\(length)".utf8.count + rest.count != length { length = "\(length)".utf8.count + rest.count }
    return Array("\(length)".utf8) + rest
  }

  package static func octal(_ value: Int, _ digits: Int) -> [UInt8] {
    let text = String(value, radix: 8)
    return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8) + [0]
  }

  /// Writes the checksum of a block of `signed` or unsigned bytes.
  package static func seal(_ block: inout [UInt8], signed: Bool = false) {
    block.replaceSubrange(148..<156, with: repeatElement(0x20, count: 8))
    let sum = block.reduce(0) { $0 + (signed ? Int(Int8(bitPattern: $1)) : Int($1)) }
    block.replaceSubrange(148..<156, with: octal(sum, 6) + [0x20])
  }

  private func seal(_ block: inout [UInt8]) { Self.seal(&block) }
}
