import Glibc
import MiniatureSigstore
import TestSupport

extension Bench {
  /// A large image under a key, against OpenSSL hashing the same file.
  func measureArchives() throws {
    let key = SampleKey(.p256)
    let keyFile = try folder.write("key.pub", Array(key.publicPEM.utf8))
    for (layers, goal) in [(5, 0.60), (8, 0.55)] {
      let file = folder.path("large.tar")
      try LargeImage.write(to: file, bytes: 1 << 30, layers: layers, by: key)
      defer { unlink(file) }
      let costs = try Cost.inTurns(
        [[assay, "verify", "--key", keyFile, file], ["openssl", "dgst", "-sha256", file]], rounds: 7)
      Table.head("1 GiB image of \(layers) equal gzip layers, key-signed; beside openssl dgst -sha256")
      Table.compare("wall", costs[0].map(\.wall), costs[1].map(\.wall), atMost: goal, Table.seconds)
      Table.compare("processor", costs[0].map(\.processor), costs[1].map(\.processor), atMost: 1.10, Table.seconds)
      Table.bound("peak memory", costs[0].median(\.peak), atMost: 48 * 1_048_576, Table.mebibytes)
    }
  }
}

/// A signed image as large as wanted, as `cosign save` lays it out.
enum LargeImage {
  static func write(to path: String, bytes: Int, layers: Int, by key: SampleKey) throws {
    let layers = (1...layers).map { SampleLayer(seed: UInt64($0), size: bytes / layers) }
    let image = SampleImage(SamplePlatformImage(.linuxAMD64, layers: layers))
    let world = MiniatureSigstore()
    let issued = world.issue(SigningRequest(.message(image.simpleSigningPayload()), as: .key(key)))
    guard let file = fopen(path, "w") else { throw BenchFailure("cannot write \(path)") }
    defer { fclose(file) }
    let end = TarText.archive([]).count
    for entry in MediumForm.cosignSave.entries(CarriedImage(image, [.signature(issued)])) {
      // One entry at a time: the whole archive need not be in memory a second time.
      let piece = TarText.archive([entry])
      guard fwrite(piece, 1, piece.count - end, file) == piece.count - end else {
        throw BenchFailure("cannot write \(path)")
      }
    }
    fwrite(TarText.archive([]), 1, end, file)
  }
}
