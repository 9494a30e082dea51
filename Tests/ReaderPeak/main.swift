// Reads a medium as the reader's role does, and prints how many kibibytes it held at the most: reader-peak MEDIUM. A process
// of its own, so that nothing else counts; the kernel begins anew with each program.
import Files
import MediaReader
import Readings
import Roles

let (document, _) = try Reader.read(.path(CommandLine.arguments[1])).serialized()
precondition(!document.isEmpty)
let file = try OpenFile(path: "/proc/self/status")
var status = [UInt8](repeating: 0, count: 8192)
let count = try file.readOn(into: &status, 0..<status.count)
let lines = String(decoding: status[..<count], as: UTF8.self).split(separator: "\n")
let peak = lines.first { $0.hasPrefix("VmHWM:") }!.filter(\.isNumber)
print(peak)
