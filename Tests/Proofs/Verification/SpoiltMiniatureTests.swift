import MiniatureSigstore
import Testing

/// Every fault that the miniature knows, in every shape that can show it. All else is made to fit around the fault, so
/// that one check alone stands in the way.
struct SpoiltMiniatureTests {
  @Test(arguments: MiniatureShape.all)
  func holdsUnspoilt(_ shape: MiniatureShape) throws {
    #expect(try shape.reason() == nil)
  }

  @Test(arguments: MiniatureShape.all)
  func spoilt(_ shape: MiniatureShape) throws {
    for spoil in Spoil.allCases where spoil.applies(to: shape.request) {
      let expected = spoil.reason(in: shape)
      let found = try shape.reason(under: spoil)
      #expect(found == expected, "\(spoil)")
    }
  }
}
