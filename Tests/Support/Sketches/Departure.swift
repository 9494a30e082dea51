/// One thing drawn otherwise than in a sound sketch; a row of a table of tests.
package struct Departure<Sketch>: Sendable, CustomStringConvertible {
  package let description: String
  package let apply: @Sendable (inout Sketch) -> Void

  package init(_ description: String, _ apply: @escaping @Sendable (inout Sketch) -> Void) {
    self.description = description
    self.apply = apply
  }
}
