/// The body of each target: libFuzzer's input goes through the format's invariant, and a broken one ends the process,
/// which libFuzzer takes for a crash and keeps the input.
package func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int, _ format: Format) -> CInt {
  do { _ = try format.check(Array(UnsafeBufferPointer(start: start, count: count))) } catch {
    fatalError("\(format.rawValue): \(error)")
  }
  return 0
}
