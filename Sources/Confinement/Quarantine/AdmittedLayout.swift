package import Files
import OCIImage
import Octets
import Reasons
import StrictJSON

/// The images that were admitted, as one OCI image layout that skopeo, crane, oras and cosign read as it is.
///
/// ```
/// admitted/
///   oci-layout
///   index.json          each image under its names, and what hangs on it
///   blobs/sha256/HEX    copies of their own, hashed when they were made
/// ```
package struct AdmittedLayout: Sendable {
  static let indexName = Array("index.json".utf8)
  static let mostIndexBytes = 16 << 20

  let root: Directory
  let blobs: BlobFolder

  /// - Parameter root: the folder `admitted`; what is not in it yet is made. An index that is gone from beside contents is
  ///   not: nobody would miss what it listed.
  package init(_ root: Directory) throws(QuarantineError) {
    self.root = root
    let blobs = try BlobFolder(in: root)
    self.blobs = blobs
    try storing("admitted/oci-layout") { () throws(FileError) in
      let marker = Array("oci-layout".utf8)
      if try root.contents(of: marker, atMost: 4096) == nil {
        try root.replace(marker, with: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
      }
      if try blobs.isEmpty, try root.contents(of: Self.indexName, atMost: Self.mostIndexBytes) == nil {
        try root.replace(
          Self.indexName,
          with: Array(
            #"{"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}"#.utf8))
      }
      try root.sync()
    }
  }

  /// What the index lists. It lies on the disk, and is read as strictly as one from a medium.
  func index() throws(QuarantineError) -> (listed: [Descriptor], entries: [JSON]) {
    let bytes = try storing("admitted/index.json") { () throws(FileError) in
      try root.contents(of: Self.indexName, atMost: Self.mostIndexBytes)
    }
    return try judging { () throws(Failure) in
      guard let bytes else {
        throw Failure(
          .imageIndexMalformed, "admitted/index.json",
          "it is gone, and what it listed is there: restore it, or move the folder `admitted` away")
      }
      guard case .index(let index) = try Manifest(parsing: bytes, named: "admitted/index.json") else {
        throw Failure(.imageIndexMalformed, "admitted/index.json", "it is no index")
      }
      let node = try JSONNode(parsing: bytes, named: "admitted/index.json", malformed: .imageIndexMalformed)
      return (index.manifests, try node.required("manifests").elements().map(\.value))
    }
  }

  func keep(_ entries: [JSON]) throws(QuarantineError) {
    let index: JSON = [
      "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": .array(entries),
    ]
    let bytes = try judging { () throws(Failure) in
      let bytes = try index.canonical()
      // What cannot be read again must not take the place of what can.
      guard bytes.count <= Self.mostIndexBytes, case .index = try Manifest(parsing: bytes, named: "admitted/index.json")
      else {
        throw Failure(
          .archiveLimitExceeded, "admitted/index.json",
          "it would hold more than \(Self.mostIndexBytes) bytes or more images than are read of an index: "
            + "move the folder `admitted` away, and the next import begins a new one")
      }
      return bytes
    }
    try storing("admitted/index.json") { () throws(FileError) in
      try root.replace(Self.indexName, with: bytes)
      try root.sync()
    }
  }
}
