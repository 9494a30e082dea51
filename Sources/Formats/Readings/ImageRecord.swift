package import OCIImage
package import Reasons
package import StrictJSON

/// An image's structure as it was read, as readings, dossiers and saved facts hold it.
package enum ImageRecord {
  package static func json(_ image: Image) -> JSON {
    [
      "names": .array(image.names.map(JSON.text)), "tags": .array(image.tags.map(JSON.text)),
      "parts": .array(image.parts.map(PartRecord.json)),
    ]
  }

  package static func image(_ node: JSONNode) throws(Failure) -> Image {
    var parts: [Part] = []
    for part in try node.required("parts").elements() { parts.append(try PartRecord.part(part)) }
    guard !parts.isEmpty else { throw node.failure("no parts") }
    return Image(parts: parts, names: try texts(node.required("names")), tags: try texts(node.required("tags")))
  }

  private static func texts(_ node: JSONNode) throws(Failure) -> [String] {
    var texts: [String] = []
    for text in try node.elements() { texts.append(try text.string()) }
    return texts
  }
}
