package import DER
package import Reasons

/// Walks the DER of a hostile document: a `DERWalker` that says in whose document what was wrong.
package struct DERReader: Sendable {
  private var walker: DERWalker
  private let subject: String
  private let reason: Reason

  /// - Parameter reason: what bytes that are no DER mean in the format that is being read.
  package init(_ bytes: [UInt8], of subject: String, failing reason: Reason) {
    walker = DERWalker(bytes)
    self.subject = subject
    self.reason = reason
  }

  private init(_ outer: DERReader, inside element: DERElement) {
    walker = outer.walker.inside(element)
    subject = outer.subject
    reason = outer.reason
  }

  package var bytes: [UInt8] { walker.bytes }
  package var isAtEnd: Bool { walker.isAtEnd }
  /// The tag of the element that comes next; nil at the end.
  package var nextTag: UInt8? { walker.nextTag }

  /// As `DERWalker.inside`.
  package func inside(_ element: DERElement) -> DERReader { DERReader(self, inside: element) }

  package mutating func element() throws(Failure) -> DERElement {
    do { return try walker.element() } catch { throw failure(error) }
  }

  /// - Parameter name: the field, for the error.
  package mutating func element(_ tag: UInt8, _ name: StaticString) throws(Failure) -> DERElement {
    do { return try walker.element(tag, name) } catch { throw failure(error) }
  }

  /// The next element if it has this tag, else nil and nothing is read.
  package mutating func optional(_ tag: UInt8) throws(Failure) -> DERElement? {
    do { return try walker.optional(tag) } catch { throw failure(error) }
  }

  package mutating func sequence(_ name: StaticString) throws(Failure) -> DERReader {
    inside(try element(DERTag.sequence, name))
  }

  /// Contents, of which `OID.isWellFormed` holds.
  package mutating func objectIdentifier(_ name: StaticString) throws(Failure) -> ArraySlice<UInt8> {
    do { return try walker.objectIdentifier(name) } catch { throw failure(error) }
  }

  package mutating func octetString(_ name: StaticString) throws(Failure) -> ArraySlice<UInt8> {
    do { return try walker.octetString(name) } catch { throw failure(error) }
  }

  /// As `DERWalker.integer`.
  package mutating func integer(
    _ name: StaticString, tag: UInt8 = DERTag.integer
  ) throws(Failure) -> ArraySlice<UInt8> {
    do { return try walker.integer(name, tag: tag) } catch { throw failure(error) }
  }

  /// As `DERWalker.smallInteger`.
  package mutating func smallInteger(
    _ name: StaticString, tag: UInt8 = DERTag.integer
  ) throws(Failure) -> Int {
    do { return try walker.smallInteger(name, tag: tag) } catch { throw failure(error) }
  }

  package mutating func boolean(_ name: StaticString) throws(Failure) -> Bool {
    do { return try walker.boolean(name) } catch { throw failure(error) }
  }

  /// - Throws: where anything is left. Every container ends with this, so that nothing is carried along unread.
  package func finish(_ name: StaticString) throws(Failure) {
    do { try walker.finish(name) } catch { throw failure(error) }
  }

  package func failure(_ detail: String) -> Failure { failure(walker.failure(detail)) }

  private func failure(_ error: DERError) -> Failure {
    Failure(reason, subject, at: UInt64(error.offset), error.detail)
  }
}
