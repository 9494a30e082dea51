/// Bytes that are no DER, or not the element that was wanted. Those who read a format say what that means in it.
package struct DERError: Error, Hashable, Sendable {
  /// Bytes from the document's beginning.
  package let offset: Int
  package let detail: String
}
