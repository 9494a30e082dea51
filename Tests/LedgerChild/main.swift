import Glibc
import Ledger
import LedgerRig

// Commits to a rig's ledger until it is killed, by itself or by the test: ledger-child FOLDER PLACE COUNT.
// PLACE is where to die in the last of COUNT commits: sign, read, before-extend, after-extend, or never. Each leaf's index
// is printed when its receipt is there, which is when an appliance would release it.

guard CommandLine.arguments.count == 4, let count = Int(CommandLine.arguments[3]) else { exit(64) }
func die() { kill(getpid(), SIGKILL) }
func put(_ text: String, to descriptor: Int32) {
  let line = Array("\(text)\n".utf8)
  _ = write(descriptor, line, line.count)
}

do {
  let rig = try LedgerRig(CommandLine.arguments[1])
  let ledger = try rig.running()
  let first = try Int(ledger.head.size)
  for number in 0..<count {
    if number == count - 1 {
      switch CommandLine.arguments[2] {
      case "sign": rig.signer.beforeSigning = die
      case "read": rig.anchor.onRead = die
      case "before-extend": rig.anchor.beforeExtend = die
      case "after-extend": rig.anchor.afterExtend = die
      default: break
      }
    }
    for receipt in try ledger.commit([LedgerRig.leaf(first + number)], LedgerRig.state()) {
      // Unbuffered: what was printed was released.
      put("\(receipt.leafIndex)", to: 1)
    }
  }
} catch {
  put("\(error)", to: 2)
  exit(1)
}
