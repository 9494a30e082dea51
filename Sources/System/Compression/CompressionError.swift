/// What is wrong with a compressed stream.
package enum CompressionError: Error, Hashable, Sendable {
  /// The stream is damaged; what the library says.
  case malformed(String)
  /// It is sound, and wants more memory than `Decompressor.windowBytes`.
  case windowTooLarge
  /// Behind the last member stands something that is neither a member nor zeros, this many bytes into the input given;
  /// negative where it began in input that was given before.
  case trailingData(at: Int)
}
