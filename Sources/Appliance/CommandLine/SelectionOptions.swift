import ArgumentParser
import OCIImage
import Octets
import Policy
import Reasons

/// Which images of an archive are asked about.
struct SelectionOptions: ParsableArguments {
  @Option(help: .init("Judge only the image of this name or digest.", valueName: "REF-or-DIGEST"))
  var image: String?

  @Option(help: .init("Judge only this platform: OS[(OS.VERSION)]/ARCH[/VARIANT].", valueName: "PLATFORM"))
  var platform: String?

  var isEverything: Bool { image == nil && platform == nil }

  func selection() throws -> Selection { try Self.selection(image, platform) }

  static func selection(_ image: String?, _ platform: String?) throws -> Selection {
    var wanted: Platform?
    if let platform {
      wanted = Platform(platform)
      if wanted == nil {
        throw UsageMistake("--platform takes OS[(OS.VERSION)]/ARCH[/VARIANT], like linux/arm64/v8, not “\(platform)”.")
      }
    }
    guard let image else { return Selection(.all, platform: wanted) }
    if let digest = try? ClaimedDigest(Array(image.utf8), in: "", malformed: .imageNotFound) {
      return Selection(.digest(digest), platform: wanted)
    }
    return Selection(.named(image), platform: wanted)
  }
}
