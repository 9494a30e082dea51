import MiniatureSigstore
import Reasons
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

  /// Of a bare envelope cosign has the whole timestamped. A timestamp over its signature alone is about something else,
  /// as is one over the whole where the envelope's signature stands for itself.
  @Test func timestampsCoverWhatTheCarrierSays() throws {
    let shapes = MiniatureShape.all.filter { !$0.request.timestamps.isEmpty }
    for shape in shapes {
      var issued = MiniatureShape.world.issue(shape.request)
      guard issued.envelope != nil else { continue }
      swap(&issued.timestamps, &issued.envelopeTimestamps)
      #expect(try shape.reason(of: issued) == .timestampMismatch, "\(shape.name)")
    }
  }
}
