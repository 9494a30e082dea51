import CommandLine
import Roles

// One binary: started by itself it is one role, and otherwise the command line.
if let role = StartedRole(Swift.CommandLine.arguments) { role.run() }
runCommandLine()
