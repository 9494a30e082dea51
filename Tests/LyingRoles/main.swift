import CommandLine
import Roles

// The appliance, whose reader or prover lies as this executable's name says: `liar.prover-crash`. Roles are started with an
// empty environment, so that nothing but the name reaches them.
if let role = StartedRole(Swift.CommandLine.arguments) {
  if var lie = Lie.ofThisProgram, lie.role == role.name, lie.isTold { try lie.tell() }
  role.run()
}
runCommandLine()
