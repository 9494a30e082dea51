/// Which loose bundles were warned of: they lie beside several archives, and are said once.
final class BundleWarnings {
  private var carriers: Set<[UInt8]> = []

  /// Of a carrier's name, the first time.
  func isNew(_ carrier: String) -> Bool { carriers.insert(Array(carrier.utf8)).inserted }
}
