/// skopeo's `dir:` transport: the image's manifest as `manifest.json`, blobs under bare hexadecimal names.
enum SkopeoFolder {
  static func entries(_ carried: CarriedImage) -> [MediumEntry] {
    let image = carried.image.platforms[0]
    var entries = [
      MediumEntry("version", Array("Directory Transport Version: 1.1\n".utf8)),
      MediumEntry("manifest.json", image.manifest.bytes),
    ]
    for blob in image.blobs.dropFirst() { entries.append(MediumEntry(blob.hex, blob.bytes)) }
    var number = 0
    for attachment in carried.attachments {
      guard case .signature(let issued) = attachment else { continue }
      number += 1
      entries.append(MediumEntry("signature-\(number)", signature(issued)))
    }
    return entries
  }

  /// NUL, `sigstore-json`, newline, then the layer as JSON.
  private static func signature(_ issued: Issued) -> [UInt8] {
    let document: JSONText = [
      "mimeType": .string(SampleMediaType.simpleSigning), "payload": .base64(issued.cosignLayer),
      "annotations": .object(issued.cosignAnnotations.map { ($0.0, .string($0.1)) }),
    ]
    return [0] + Array("sigstore-json\n".utf8) + document.bytes
  }
}
