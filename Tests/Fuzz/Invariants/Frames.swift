import Channel
import Files
import Processes

/// What a process that was taken over may say to another: frames are told apart as they stand, in the order, number and
/// size of the request table, and the first that is not allowed is the last that is heard. The first byte says who speaks.
enum FramesInvariant {
  private static let speakers: [(from: Role, to: Role)] = [
    (.reader, .keeper), (.prover, .keeper), (.starter, .keeper), (.keeper, .reader), (.keeper, .prover),
    (.keeper, .starter),
  ]
  /// What a socket holds while nobody reads.
  private static let most = 64 << 10

  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let first = bytes.first, bytes.count <= most else { return false }
    let (from, to) = speakers[Int(first) % speakers.count]
    let said = Array(bytes.dropFirst())
    let channel = try listening(to: said, from: from, by: to)
    var heard: [(message: Message, content: [UInt8])] = []
    var end: ChannelError?
    while end == nil {
      do throws(ChannelError) { heard.append(try channel.receive()) } catch { end = error }
    }
    // Frame for frame what was said.
    let frames = heard.map { [$0.message.rawValue] + BigEndian.bytes(UInt64($0.content.count), count: 4) + $0.content }
    let again = frames.flatMap { $0 }
    try hold(said.starts(with: again), "other frames were heard than were said")
    switch end {
    case .ended: try hold(said.count >= again.count, "it ended before its end")
    case .forbidden: try hold(said.count >= again.count + 5, "a frame was refused that was not there")
    default: throw Broken("it ended in \(String(describing: end))")
    }
    try checkTable(heard, from, to)
    return !heard.isEmpty && said.count == again.count
  }

  private static func listening(to said: [UInt8], from: Role, by: Role) throws -> Channel {
    let (near, far) = try Socket.pair()
    // The far end is closed when this returns.
    try far.write(said, within: 1)
    return Channel(near, own: by, other: from, patience: 1)
  }

  private static func checkTable(_ heard: [(message: Message, content: [UInt8])], _ from: Role, _ to: Role) throws {
    var step = 0
    for (place, frame) in heard.enumerated() {
      let rows = RequestTable.rows.filter {
        $0.message == frame.message && $0.sender == from && $0.receiver == to
      }
      guard let row = rows.first, rows.count == 1 else { throw Broken("\(frame.message) is not the \(from)'s to say") }
      let same = heard[...place].filter { $0.message == frame.message }
      try hold(row.step >= step && same.count <= row.most, "\(frame.message) out of order, or too often")
      try hold(frame.content.count <= row.bytes, "\(frame.message) of \(frame.content.count) bytes")
      try hold(same.reduce(0) { $0 + $1.content.count } <= row.together, "\(frame.message) of too many bytes together")
      step = row.step
    }
  }
}
