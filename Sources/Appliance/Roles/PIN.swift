package import Cryptography

/// The report key's PIN as typed, for as long as one command runs; wiped when it goes.
package final class PIN: Sendable {
  let typed: SecretBytes?

  package init(_ typed: consuming SecretBytes) { self.typed = consume typed }
  init() { typed = nil }
}
