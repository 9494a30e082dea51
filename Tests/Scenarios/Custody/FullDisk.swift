import TestSupport

/// A small file system of a name space of its own, with an appliance's store on it, that is filled up.
enum FullDisk {
  static let isPossible = (try? runChecked(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])) != nil
  static let absence = "this machine allows no mounts in a user's name space"

  /// Imports a bundle with so little room left, each time in vain and with the old trust in force; then with room.
  /// - Parameters:
  ///   - size: of the file system, in MiB.
  ///   - rooms: in KiB, one after the other.
  ///   - afterwards: a line of shell, with `$tool` and `$disk`.
  static func importing(
    _ bundle: String, into store: String, home: String, size: Int, leaving rooms: [Int], afterwards: String = "true"
  ) throws -> RunResult {
    let disk = home + "/disk"
    try runChecked(["mkdir", disk])
    return try run(
      [
        "unshare", "-rm", "sh", "-c",
        """
        mount -t tmpfs -o size=\(size)m tmpfs "$disk" && cp -a "$store/." "$disk/" || exit 90
        "$tool" trust list --state "$disk" > "$home/before" || exit 91
        for room in \(rooms.map(String.init).joined(separator: " ")); do
          cat /dev/zero > "$disk/filler" 2> /dev/null
          truncate -s "-${room}K" "$disk/filler"
          "$tool" trust import "$bundle" --state "$disk" && exit 94
          rm "$disk/filler"
          "$tool" status --state "$disk" > /dev/null || exit 92
          "$tool" trust list --state "$disk" | cmp - "$home/before" || exit 93
          ls "$disk" | grep incoming && exit 95
        done
        "$tool" trust import "$bundle" --state "$disk" || exit 96
        \(afterwards)
        """,
      ],
      environment: [
        "disk": disk, "store": store, "home": home, "tool": Products.path("assay"), "bundle": bundle, "HOME": home,
      ])
  }
}
