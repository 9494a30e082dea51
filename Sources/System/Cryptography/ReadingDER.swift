import DER

/// Reading DER where every error means `.malformed`: each is the `DERWalker` operation of the like name.
extension DERWalker {
  mutating func next() throws(CryptographyError) -> DERElement {
    do { return try element() } catch { throw CryptographyError(error) }
  }

  mutating func next(_ tag: UInt8, _ name: StaticString) throws(CryptographyError) -> DERElement {
    do { return try element(tag, name) } catch { throw CryptographyError(error) }
  }

  mutating func nextIf(_ tag: UInt8) throws(CryptographyError) -> DERElement? {
    do { return try optional(tag) } catch { throw CryptographyError(error) }
  }

  mutating func nextIdentifier(_ name: StaticString) throws(CryptographyError) -> OID {
    do { return OID(contents: try objectIdentifier(name)) } catch { throw CryptographyError(error) }
  }

  func end(_ name: StaticString) throws(CryptographyError) {
    do { try finish(name) } catch { throw CryptographyError(error) }
  }

  /// A walker in the one SEQUENCE that fills all bytes, and that `checkWellFormed` accepts.
  static func wellFormedSequence(_ der: [UInt8], _ name: StaticString) throws(CryptographyError) -> DERWalker {
    do throws(DERError) {
      let whole = try checkWellFormed(der, name)
      guard whole.tag == DERTag.sequence else { throw DERWalker(der).failure("\(name): no SEQUENCE") }
      return DERWalker(der).inside(whole)
    } catch {
      throw CryptographyError(error)
    }
  }

  func bytes(of range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
}

extension CryptographyError {
  init(_ error: DERError) { self = .malformed("DER at byte \(error.offset): \(error.detail)") }
}
