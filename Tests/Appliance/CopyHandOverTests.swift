import Channel
import Files
import MediaReader
import MiniatureSigstore
import Octets
import Processes
import Quarantine
import Readings
import Reasons
import TestSupport
import Testing

@testable import Roles

/// What a reader leaves is taken over when it is known to have ended, and not while it may write there.
@Suite struct CopyHandOverTests {
  private struct Ending: Endable {
    let ending: ChildProcess.End?
    func end() -> ChildProcess.End? { ending }
  }

  @Test(arguments: [nil, ChildProcess.End.exited(0)]) func theReaderIsGone(_ ending: ChildProcess.End?) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("image.tar")
    let entries = MediumForm.cosignSave.entries(CarriedImage(SampleImage.make(seed: 7, layerSize: 5000)))
    try Packing.tar.write(entries, to: path, style: .plain)
    let quarantine = try Quarantine(try Directory(path: try folder.makeFolder("quarantine")), reserving: 0)
    let source = MediaSource.path(path)
    let crew = Crew()
    let copying = Copying(into: quarantine, label: "stick", now: UnixTime(1_700_000_000)) { _ in }
    crew.copy(into: copying)
    let copy = try copying.begin(source, mark: nil)
    _ = try IncomingFolder(copy.id, copy.folder, beside: copy.contents, reserving: 0)
      .take(try OpenFile(path: path), as: source)

    let (near, far) = try Socket.pair()
    let speaker = Channel(far, own: .reader, other: .keeper)
    let (document, objects) = try Reader.read(OpenFile(path: path), as: source).serialized()
    try speaker.send(.ready, [1, 7])
    for object in objects { try speaker.send(.object, object) }
    try speaker.send(.quarantined)
    try speaker.send(.reading, document)
    let reader = RoleProcess(
      .reader, Channel(near, own: .keeper, other: .reader, patience: 30), Ending(ending: ending), about: path)
    if ending == nil {
      #expect {
        _ = try crew.reading(of: source, by: reader)
      } throws: { "\($0)".contains("has ended") && $0 is RoleTrouble }
    } else {
      _ = try crew.reading(of: source, by: reader)
    }
    #expect(try quarantine.list().map(\.progress) == (ending == nil ? [.copying] : [.taken]))
  }

  /// Of a medium that is gone before its reader starts nothing is held.
  @Test func whatCannotBeOpenedIsLetGo() throws {
    let folder = try TemporaryFolder()
    let quarantine = try Quarantine(try Directory(path: try folder.makeFolder("quarantine")), reserving: 0)
    let crew = Crew()
    crew.copy(into: Copying(into: quarantine, label: "stick", now: UnixTime(1_700_000_000)) { _ in })
    #expect(throws: Failure.self) { _ = try crew.read(.path(folder.path("gone.tar"))) }
    #expect(try quarantine.list().map(\.progress) == [.interrupted])
    _ = try quarantine.begin(.path(folder.path("gone.tar")), label: "stick", mark: nil, now: UnixTime(1_700_000_001))
  }
}
