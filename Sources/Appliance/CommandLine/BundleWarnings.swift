/// Which evidence was warned of that counts for no image. What lies beside several archives is said once.
final class BundleWarnings {
  /// A file may hold thousands.
  static let most = 20

  private var carriers: Set<[UInt8]> = []

  /// Says it of a carrier's name, the first time, and at last that there are more.
  func warn(of carrier: String, _ words: @autoclosure () -> String) {
    guard carriers.insert(Array(carrier.utf8)).inserted, carriers.count <= Self.most + 1 else { return }
    Voice.warn(
      carriers.count <= Self.most ? words() : "further pieces of evidence count for no image, too")
  }
}
