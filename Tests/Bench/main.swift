// `bench ASSAY` measures that program and prints all figures; the other forms are its own errands, each in a process
// of its own, so that one measurement's memory and warm caches are not another's.

import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch arguments.first {
  case "measure": try Errand.measure(Array(arguments.dropFirst()))
  case "sign" where arguments.count == 2: try Errand.sign(stateDirectory: arguments[1])
  case "snapshot": try SnapshotErrand.run(Array(arguments.dropFirst()))
  case let program?: try Bench(program).run(arguments.dropFirst().map { try Bench.Part($0) })
  default:
    print("usage: bench PATH-OF-ASSAY [\(Bench.Part.allCases.map(\.rawValue).joined(separator: "|"))]…")
    exit(64)
  }
} catch {
  print("bench: \(error)")
  exit(1)
}
