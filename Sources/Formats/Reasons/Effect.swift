/// What a reason does to the requirement or archive that it concerns.
package enum Effect: String, Sendable, CaseIterable {
  /// Something is wrong: the bytes, a proof, or a name. Leads to the verdict `refuse`.
  case refuse
  /// Nothing is wrong, but what would decide was not carried, is stale, or is beyond this program. Leads to `incomplete`.
  case incomplete
  /// Stated for the record; changes no verdict.
  case note
}
