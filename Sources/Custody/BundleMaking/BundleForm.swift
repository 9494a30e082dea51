/// The shapes in which a bundle travels; a name's ending says which.
package enum BundleForm: Hashable, Sendable {
  case folder, tar, gzip, zstd

  package init(name: String) {
    if name.hasSuffix(".tar") {
      self = .tar
    } else if name.hasSuffix(".tar.gz") {
      self = .gzip
    } else if name.hasSuffix(".tar.zst") {
      self = .zstd
    } else {
      self = .folder
    }
  }
}
