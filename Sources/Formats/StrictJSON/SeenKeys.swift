/// The keys of one object so far. Few keys are compared one by one; more go through a hash table, whose seed is
/// random in each process, so that no document can be written to be slow.
package struct SeenKeys {
  private static let few = 8
  private var table: Set<[UInt8]> = []

  package init() {}

  /// - Parameter members: all that were new so far.
  package mutating func isNew(_ key: [UInt8], beside members: [JSONObject.Member]) -> Bool {
    guard members.count >= Self.few else { return !members.contains { $0.key == key } }
    if table.isEmpty { table = Set(members.map(\.key)) }
    return table.insert(key).inserted
  }
}
