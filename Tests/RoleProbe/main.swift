import Files
import Glibc
import RoleActs
import Roles
import Sandbox

// role-probe ROLE ACT PATH: confines itself as a role does, tries one act, and says how it ended. Descriptors 3 and 4 are
// opened here, as whoever starts a role would.
let arguments = CommandLine.arguments
guard arguments.count == 5 else {
  print("role-probe ROLE ACT PATH FOLDER")
  exit(64)
}
let (role, act, path, folder) = (arguments[1], arguments[2], arguments[3], arguments[4])

/// At the place where a role finds it.
func place(_ path: String, at wanted: Int32) {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { exit(65) }
  if descriptor != wanted {
    dup2(descriptor, wanted)
    close(descriptor)
  }
}

let capabilities: Capabilities
switch role {
case "reader-of-file":
  place("/dev/null", at: 3)
  place(folder + "/inside", at: 4)
  capabilities = RoleTable.reader(try OpenFile(borrowing: 4).status(), writesQuarantine: false)
case "reader-of-folder":
  place("/dev/null", at: 3)
  place(folder, at: 4)
  capabilities = RoleTable.reader(try OpenFile(borrowing: 4).status(), writesQuarantine: false)
case "prover":
  place("/dev/null", at: 3)
  capabilities = RoleTable.prover
case "keeper":
  capabilities = RoleTable.keeper(writing: [folder], reading: [], isTPMBehindSocket: false)
case "starter":
  place("/dev/null", at: 3)
  capabilities = RoleTable.starter(writesQuarantine: false)
default: exit(64)
}
let protections = try Sandbox.confine(capabilities)
guard protections.isConfined else { exit(66) }
// 0: done. Otherwise the errno; 200 for an act that is none.
let error = role_act(act, path)
exit(error == -1 ? 200 : error)
