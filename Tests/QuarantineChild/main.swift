// Copies a medium into a quarantine, for a test that kills it while it does: quarantine-child QUARANTINE MEDIUM.
import Files
import MediaReader
import MediumRecord
import Octets
import Quarantine

let arguments = CommandLine.arguments
let quarantine = try Quarantine(Directory(path: arguments[1]), reserving: 0)
let file = try OpenFile(path: arguments[2])
let source = MediaSource.path(arguments[2])
let incoming = try quarantine.begin(
  source, label: "stick", mark: MediumRecord.Mark(try file.status()), now: UnixTime(1_700_000_000))
_ = try IncomingFolder(incoming.id, incoming.folder, beside: incoming.contents, reserving: 0).take(file, as: source)
print(try quarantine.takeOver(incoming).record.files?.count ?? 0)
