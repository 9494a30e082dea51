// Copies a medium into a quarantine, for a test that kills it while it does: quarantine-child QUARANTINE MEDIUM.
import Files
import MediaReader
import MediumRecord
import Octets
import Quarantine

let arguments = CommandLine.arguments
let quarantine = try Quarantine(Directory(path: arguments[1]), reserving: 0)
let taken = try quarantine.take(
  OpenFile(path: arguments[2]), as: .path(arguments[2]), label: "stick", now: UnixTime(1_700_000_000))
print(taken.record.files?.count ?? 0)
