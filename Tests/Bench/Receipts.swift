import Glibc
import MiniatureSigstore
import TestSupport

extension Bench {
  /// What a receipt spares: the same question answered in full, by receipt over the same archive, and by digest alone.
  func measureReceipts() throws {
    let key = SampleKey(.p256)
    let keyFile = try folder.write("key.pub", Array(key.publicPEM.utf8))
    let state = folder.path("receipts")
    try runChecked([assay, "init", "--tpm", "software", "--state", state])
    let file = folder.path("receipts.tar")
    try LargeImage.write(to: file, bytes: 1 << 30, layers: 5, by: key)
    defer { unlink(file) }
    let verify = [assay, "verify", "--state", state, "--key", keyFile]
    let digest = try admitted(verify + [file])
    let costs = try Cost.inTurns(
      [verify + ["--by-digest", digest], verify + [file], verify + ["--fresh", file]], rounds: 7)
    Table.head("verdict on the 1 GiB image of 5 layers by receipt; beside a full verification with its report")
    Table.compare("by digest: wall", costs[0].map(\.wall), costs[2].map(\.wall), atMost: 0.10, Table.seconds)
    Table.compare("processor", costs[0].map(\.processor), costs[2].map(\.processor), atMost: 0.10, Table.seconds)
    Table.note("the archive again, layers hashed: wall", Table.seconds(costs[1].median(\.wall)))

    let (what, image) = try smallImage()
    let small = [assay, "verify", "--state", state]
    try runChecked(small + image)
    let smallCosts = try Cost.inTurns([small + image, small + ["--fresh"] + image], rounds: 31)
    Table.head("\(what), by receipt; beside a full verification with its report, software TPM")
    Table.note("by receipt: wall", Table.milliseconds(smallCosts[0].median(\.wall)))
    Table.note("in full: wall", Table.milliseconds(smallCosts[1].median(\.wall)))
  }

  /// Verifies once, and says which image was admitted.
  private func admitted(_ verify: [String]) throws -> String {
    let output = String(decoding: try runChecked(verify), as: UTF8.self)
    guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("admit") }),
      let digest = line.split(separator: " ").first(where: { $0.hasPrefix("sha256:") })
    else { throw BenchFailure("nothing was admitted") }
    return String(digest)
  }
}
