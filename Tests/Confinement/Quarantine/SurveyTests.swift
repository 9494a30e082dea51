import Files
import MediaReader
import MiniatureSigstore
import Quarantine
import Reasons
import TestSupport
import Testing

/// What lies on a stick is named, whatever it is, and nothing leads out of it.
struct SurveyTests {
  private func survey(_ path: String) throws -> [String: Survey.Kind] {
    let survey = try Survey(try OpenFile(path: path), as: .path(path))
    return Dictionary(uniqueKeysWithValues: survey.items.map { (String(decoding: $0.path, as: UTF8.self), $0.kind) })
  }

  @Test func everythingIsNamed() throws {
    let folder = try TemporaryFolder()
    let entries = MediumForm.orasBackup.entries(SampleMediaTests.carried(.orasBackup))
    for (packing, name) in [
      (Packing.tar, "app.bin"), (.tarGzip, "app.tgz"), (.tarZstd, "deep/er/app"), (.folder, "layout"),
    ] {
      try folder.write("stick/deep/er/x", [])
      try packing.write(entries, to: folder.path("stick/" + name), style: .plain)
    }
    try Packing.tar.write([MediumEntry("metadata/1.root.json", [1])], to: folder.path("stick/trust.tar"), style: .plain)
    try folder.write("stick/trust/metadata/1.root.json", [])
    try folder.write("stick/app.sigstore.json", Array("{}".utf8))
    try folder.write("stick/app.jsonl", Array("{}".utf8))
    try folder.write("stick/readme.txt", Array("hello".utf8))
    try folder.write("stick/a\\b.tar", [])
    try runChecked(["ln", "-s", "/etc/passwd", folder.path("stick/link.tar")])
    try runChecked(["ln", "-s", "/", folder.path("stick/root")])
    try runChecked(["mkfifo", folder.path("stick/pipe.tar")])
    let found = try survey(folder.path("stick"))
    let archives = ["app.bin", "app.tgz", "deep/er/app", "layout"]
    for name in archives { #expect(found[name] == .archive, "\(name)") }
    for name in ["app.sigstore.json", "app.jsonl"] { #expect(found[name] == .sigstoreBundle, "\(name)") }
    for name in ["trust.tar", "trust"] { #expect(found[name] == .trustBundle, "\(name)") }
    for name in ["readme.txt", "deep/er/x", "link.tar", "root", "pipe.tar", "a\\b.tar"] {
      guard case .other? = found[name] else {
        Issue.record("\(name): \(String(describing: found[name]))")
        continue
      }
    }
    #expect(found.count == archives.count + 10)
  }

  @Test func aFileOrALayoutIsOneArchive() throws {
    let folder = try TemporaryFolder()
    let entries = MediumForm.orasBackup.entries(SampleMediaTests.carried(.orasBackup))
    for packing in [Packing.tar, .folder] {
      let path = folder.path(packing.rawValue)
      try packing.write(entries, to: path, style: .plain)
      #expect(try survey(path) == ["": .archive])
    }
  }

  @Test func itIsBounded() throws {
    let folder = try TemporaryFolder()
    let deep = (0...Survey.depth).map { _ in "d" }.joined(separator: "/")
    try folder.write("stick/\(deep)/app.tar", [])
    guard case .other? = try survey(folder.path("stick"))[deep] else {
      Issue.record("deeper than the bound")
      return
    }
    for index in 0...Survey.mostFiles { try DurableFile.create(folder.path("stick/d/\(index)"), [], syncing: false) }
    #expect {
      try survey(folder.path("stick"))
    } throws: { ($0 as? Failure)?.reason == .archiveLimitExceeded }
  }
}
