import Files
import Glibc
import RoleActs
import Roles
import Sandbox

// role-probe ROLE KERNEL ACT PATH OTHER FOLDER: confines itself as a role does, tries one act, and says by its exit status
// how it ended: 68 where it could not confine itself, and said why. FOLDER is what the role has: the folder that is read,
// the store, the folder of a copy; beside it lie `medium` and `contents`.
// Descriptors from 3 on are opened here, as whoever starts a role would.
// role-probe under KERNEL PROGRAM ARGUMENT…: executes a program on such a kernel.
let arguments = CommandLine.arguments
if arguments.count > 3, arguments[1] == "under" {
  guard role_kernel(arguments[2]) == 0 else { exit(67) }
  var words = arguments.dropFirst(3).map { strdup($0) } + [nil]
  execv(arguments[3], &words)
  exit(65)
}
guard arguments.count == 7 else {
  print("role-probe ROLE KERNEL ACT PATH OTHER FOLDER")
  exit(64)
}
role_learn_parent()
let (role, kernel, act) = (arguments[1], arguments[2], arguments[3])
let (path, other, folder) = (arguments[4], arguments[5], arguments[6])

/// At the place where a role finds it.
func place(_ descriptor: Int32, at wanted: Int32) {
  guard descriptor >= 0 else { exit(65) }
  if descriptor != wanted {
    dup2(descriptor, wanted)
    close(descriptor)
  }
}

func place(_ path: String, at wanted: Int32, _ flags: Int32 = O_RDONLY) { place(open(path, flags), at: wanted) }

/// A reader's row, when what it has lies at its place.
func reader(of medium: String, copyingInto copy: String? = nil) throws -> Capabilities {
  place(medium, at: 4)
  if let copy { placeFolders(copy) }
  let room = copy == nil ? nil : try Directory(OpenFile(borrowing: 5)).freeBytes()
  return RoleTable.reader(try OpenFile(borrowing: 4).status(), copyingInto: room)
}

/// The folder that is written, and the quarantine's contents beside it.
func placeFolders(_ copy: String) {
  place(copy, at: 5)
  place(copy + "/../contents", at: 6)
}

// A channel whose other end is standard input, which stays open.
var ends: [Int32] = [0, 0]
guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { exit(65) }
place(ends[1], at: 0)
place(ends[0], at: 3)
/// Of no actor: what stands on the top level of a program is the main thread's.
nonisolated func waiting(_: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? { while true { pause() } }

let capabilities: Capabilities
switch role {
case "reader-of-file": capabilities = try reader(of: folder + "/inside")
case "reader-of-folder": capabilities = try reader(of: folder)
case "reader-of-stream":
  guard pipe(&ends) == 0, write(ends[1], "x", 1) == 1 else { exit(65) }
  place(ends[0], at: 4)
  capabilities = RoleTable.reader(try OpenFile(borrowing: 4).status())
case "copier-of-file": capabilities = try reader(of: folder + "/../medium/inside", copyingInto: folder)
case "copier-of-folder": capabilities = try reader(of: folder + "/../medium", copyingInto: folder)
case "prover": capabilities = RoleTable.prover
case "keeper", "keeper-with-socket":
  capabilities = RoleTable.keeper(writing: [folder], reading: [], isTPMBehindSocket: role == "keeper-with-socket")
case "caretaker": capabilities = RoleTable.caretaker(of: [folder])
case "starter": capabilities = RoleTable.starter(isCopying: false)
case "starter-of-copiers":
  place("/dev/null", at: 4)
  placeFolders(folder)
  capabilities = RoleTable.starter(isCopying: true)
default: exit(64)
}
place("/dev/null", at: 9)
if act == "write-on" || act == "write-beyond" { place(folder + "/inside", at: 2, O_WRONLY) }
guard role_kernel(kernel) == 0 else { exit(67) }
if act == "confine-beside-thread" {
  var other = pthread_t()
  guard pthread_create(&other, nil, waiting, nil) == 0 else { exit(65) }
}
let protections: Protections
do { protections = try Sandbox.confine(capabilities) } catch {
  print(error)
  exit(68)
}
guard protections.isConfined else { exit(66) }
// Its standard output may be no more written than any other file.
if act == "say-landlock" { exit(100 + Int32(protections.landlock)) }
// 0: done. Otherwise the errno; 200 for an act that is none.
let error = role_act(act, path, other)
exit(error == -1 ? 200 : error)
