import Glibc

// demo-stick DIR: writes what somebody might carry over on a stick: images that are signed, attested, tampered with
// and unsigned, the trust root, and a public key. The signing keys lived in this process alone.

func complain(_ text: String) {
  let line = Array((text + "\n").utf8)
  _ = write(STDERR_FILENO, line, line.count)
}

guard CommandLine.arguments.count == 2 else {
  complain("usage: demo-stick DIR")
  exit(64)
}

do {
  let stick = DemoStick(seed: 2026)
  let table = try stick.write(to: CommandLine.arguments[1])
  print(table, terminator: "")
} catch {
  complain("demo-stick: \(error)")
  exit(1)
}
