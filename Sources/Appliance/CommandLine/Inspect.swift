import ArgumentParser
import Cryptography
import MediaReader
import OCIImage
import Octets
import Policy
import Readings
import Reasons
import Report
import Roles
import StrictJSON

/// `assay inspect`: what is in an archive, without judging it.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what an archive holds and which evidence it carries, without judging it.",
    discussion: "Every byte is hashed all the same: wrong bytes are shown, and the exit status is then 3.")

  @Argument(help: .init("The archive; `-` is standard input.", valueName: "ARCHIVE"))
  var archive: String

  @OptionGroup(title: "Confinement") var confinement: ConfinementOptions

  @Flag(help: "Machine-readable result (docs/formats/VerifyOutput.md).")
  var json = false

  func run() throws {
    let source = MediaSource(argument: archive)
    try InputFile.verifyPresent(source)
    let progress = Progress.onScreen(archive)
    defer { progress?.end() }
    let crew = confinement.crew()
    try crew.confineKeeper(of: nil, reportingTo: nil)
    let reading: Reading
    do {
      reading = try crew.read(source) { done, total in progress?.update(done, total) }
    } catch let failure as Failure where json {
      try Render.json(document(nil, failures: [failure]))
      return try Verdict([failure]).exit()
    }
    progress?.end()
    if json {
      try Render.json(document(reading, failures: reading.failures))
    } else {
      try Render.write(lines(reading).joined(separator: "\n"))
    }
    if !reading.failures.isEmpty { throw ExitCode(ExitStatus.of(.refuse)) }
  }

  /// - Parameter reading: nil where there is none.
  private func document(_ reading: Reading?, failures: [Failure]) -> JSON {
    [
      "format": "assay-inspect/1", "archive": .text(printable(archive)),
      "shape": reading.map { .text($0.shape) } ?? .null, "files": .integer(Int64(reading?.entries ?? 0)),
      "bytes": .integer(Int64(clamping: reading?.size ?? 0)), "failures": .array(failures.map(\.json)),
      "notes": .array((reading?.archive.notes ?? []).map(\.json)),
      "images": .array(
        (reading?.archive.images ?? []).map { image in
          [
            "digest": "\(image.digest)", "names": .array(image.names.map { .text(printable($0)) }),
            "parts": .array(image.parts.map(part)),
          ]
        }),
      "evidence": .array(
        (reading?.archive.evidence ?? []).map { piece in
          [
            "digest": "\(ClaimedDigest(piece.digest))", "form": .text(piece.form.name),
            "carrier": .text(printable(piece.carrier.description)),
            "attachedTo": piece.attachedTo.map { "\($0)" } ?? .null,
          ]
        }),
    ]
  }

  private func part(_ part: Part) -> JSON {
    [
      "digest": "\(part.digest)", "role": .text(part.roleName), "platform": part.platform.map { "\($0)" } ?? .null,
      "layers": .array(
        part.layers.map { layer in
          [
            "digest": "\(layer.digest)", "bytes": .integer(Int64(clamping: layer.size)),
            "mediaType": .text(printable(layer.mediaType)), "carried": .bool(layer.isCarried),
          ]
        }),
      "problems": .array(part.problems.map(\.json)),
    ]
  }

  private func lines(_ reading: Reading) -> [String] {
    var lines = [
      "\(printable(archive))  (\(reading.shape), \(Quantity.count(reading.entries, "file")), "
        + "\(Quantity.bytes(reading.size)), every byte hashed)"
    ]
    for failure in reading.failures { lines += Render.reason(failure) }
    let evidence = Dictionary(grouping: reading.archive.evidence, by: \.attachedTo)
    for image in reading.archive.images {
      let names = image.names.isEmpty ? "no name" : image.names.map { printable($0) }.joined(separator: ", ")
      lines += ["", "image     \(image.digest)  \(names)"]
      for part in image.parts {
        let label = part.platform.map { "\($0)" } ?? part.roleName
        let size = part.layers.reduce(0) { $0 &+ $1.size }
        let layers =
          part.layers.isEmpty ? "" : "  \(Quantity.count(part.layers.count, "layer")), \(Quantity.bytes(size))"
        lines.append("  \(label)  \(part.digest)\(layers)")
        for problem in part.problems { lines.append("    \(Voice.sentence(problem))") }
      }
      for piece in image.parts.flatMap({ evidence[$0.digest] ?? [] }) {
        lines.append("  evidence  \(piece.form.name), \(printable(piece.carrier.description))")
      }
    }
    let carried = Set(reading.archive.images.flatMap(\.parts).map(\.digest))
    let loose = reading.archive.evidence.filter { !($0.attachedTo.map(carried.contains) ?? false) }
    if !loose.isEmpty { lines += ["", "evidence that the archive hangs on no image in it"] }
    for piece in loose {
      let target = piece.attachedTo.map { ", for \($0)" } ?? ""
      lines.append("  \(piece.form.name), \(printable(piece.carrier.description))\(target)")
    }
    for note in reading.archive.notes { lines.append("note      \(Voice.sentence(note))") }
    lines += ["", "Nothing was judged. To judge: assay verify \(printable(archive)) --key … (assay verify --help)"]
    return lines
  }
}

extension Evidence.Form {
  fileprivate var name: String {
    switch self {
    case .sigstoreBundle: "Sigstore bundle"
    case .simpleSigning: "cosign simple signing"
    case .dsseEnvelope: "cosign attestation (DSSE)"
    case .unsupported(let mediaType): "\(printable(mediaType)) (Assay does not verify it)"
    }
  }
}
