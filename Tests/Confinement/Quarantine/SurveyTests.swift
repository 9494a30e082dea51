import Files
import Glibc
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

  /// Whoever waits for it hears of each name.
  @Test func everyNameIsAStep() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b/c", "b/d/e"] { try folder.write("stick/" + name, []) }
    var steps: [Int] = []
    let path = folder.path("stick")
    _ = try Survey(try OpenFile(path: path), as: .path(path)) { steps.append($0) }
    #expect(steps == Array(1...5))
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
    let found = try survey(folder.path("stick"))
    #expect(found.count == 1 && isUnseen(found[deep]))
  }

  private func isUnseen(_ kind: Survey.Kind?) -> Bool { if case .unseen? = kind { true } else { false } }

  /// A folder that would be too much is left as a whole, and takes nothing from those behind it.
  @Test func aFolderOfTooManyFilesCostsItselfAlone() throws {
    let folder = try TemporaryFolder()
    try tar(folder.path("stick/zz"), "app.tar")
    for index in 0..<Survey.mostFiles { try DurableFile.create(folder.path("stick/\(index)"), [], syncing: false) }
    try runChecked(["sh", "-c", "mkdir dcim && mv [0-9]* dcim"], in: folder.path("stick"))
    let found = try survey(folder.path("stick"))
    #expect(found.count == 2 && found["zz/app.tar"] == .archive && isUnseen(found["dcim"]))
  }

  /// Of the folder that was named the first names count, whatever order the file system has them in.
  @Test func ofAFlatStickTheFirstNamesCount() throws {
    let folder = try TemporaryFolder()
    try tar(folder.path("stick"), "app.tar")
    try tar(folder.path("stick"), "~.tar")
    for index in 0..<Survey.mostFiles - 1 {
      try DurableFile.create(folder.path("stick/x\(index)"), [], syncing: false)
    }
    let found = try survey(folder.path("stick"))
    #expect(found.count == Survey.mostFiles + 1 && isUnseen(found[""]))
    #expect(found["app.tar"] == .archive && found["~.tar"] == nil)
  }

  /// Whatever cannot be opened is named, and the rest goes on.
  @Test func whatCannotBeReadCostsItselfAlone() throws {
    let folder = try TemporaryFolder()
    try tar(folder.path("stick"), "app.tar")
    try tar(folder.path("stick/lost+found"), "x.tar")
    try tar(folder.path("stick"), "secret.tar")
    try runChecked(["chmod", "000", "lost+found", "secret.tar"], in: folder.path("stick"))
    let path = folder.path("stick")
    let file = try OpenFile(path: path)
    // To root every file is open: for these lines this thread has the rights of nobody.
    let become = unsafeBitCast(
      try #require(dlsym(nil, "setfsuid")), to: (@convention(c) (uid_t) -> Int32).self)
    let user = become(65_534)
    let result = Result { try Survey(file, as: .path(path)) }
    _ = become(uid_t(user))
    try runChecked(["chmod", "700", "lost+found"], in: folder.path("stick"))
    let found = try result.get().items
    #expect(found.map { String(decoding: $0.path, as: UTF8.self) } == ["app.tar", "lost+found", "secret.tar"])
    #expect(found[0].kind == .archive && found.dropFirst().allSatisfy { isUnseen($0.kind) })
  }

  private func tar(_ path: String, _ name: String) throws {
    try runChecked(["mkdir", "-p", path])
    try Packing.tar.write([MediumEntry("a", [1])], to: path + "/" + name, style: .plain)
  }

  /// Stray files with a layout's names hide nothing.
  @Test(arguments: [
    ["manifest.json": "{}"], ["index.json": "{}"], ["oci-layout": "{}"], ["manifest.json": "[]"],
    ["oci-layout": "{}", "index.json": "{}"], ["index.json": "{}", "blobs/x": ""],
    ["manifest.json": "{}", "version": ""], ["manifest.json": "[", "\(hex).tar": ""], ["metadata/photo.json": ""],
    ["manifest.json": "{}", "\(hex)": ""],
  ]) func aStrayMarkHidesNothing(_ files: [String: String]) throws {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write("stick/" + name, Array(text.utf8)) }
    // Without an archive it may have been meant as a layout, and its reader says what is missing.
    if files["metadata/photo.json"] == nil { #expect(try survey(folder.path("stick"))[""] == .archive) }
    try tar(folder.path("stick"), "app.tar")
    let found = try survey(folder.path("stick"))
    #expect(found["app.tar"] == .archive && found[""] == nil, "\(found)")
    let mark = files.keys.filter { $0 != "version" && !$0.contains("/") && !$0.contains(Self.hex) }.min()
    if let mark, case .other(let why)? = found[mark] {
      #expect(why.contains("layout"))
    } else {
      #expect(mark == nil, "\(found)")
    }
  }

  private static let hex = String(repeating: "0123456789abcdef", count: 4)

  /// A layout that has what it needs is one archive; what lies in it beside its own files is named.
  @Test(arguments: [
    ["oci-layout", "index.json", "blobs/sha256/x"], ["manifest.json", "version", hex],
    ["manifest.json", "\(hex).json", "\(hex).tar"], ["manifest.json", "sha256:\(hex)", "\(hex).tar.gz"],
  ]) func aWholeLayoutHidesNothing(_ files: [String]) throws {
    let folder = try TemporaryFolder()
    let manifest = files.contains("version") ? " \n{" : "["
    for name in files {
      try folder.write("stick/" + name, Array((name == "manifest.json" ? manifest : "\u{1f}\u{8b}\u{8}").utf8))
    }
    #expect(try survey(folder.path("stick")) == ["": .archive])
    try tar(folder.path("stick/more"), "app.tar")
    try folder.write("stick/more/readme", [])
    try folder.write("stick/x.sigstore.json", [])
    let found = try survey(folder.path("stick"))
    #expect(found.count == 3 && found[""] == .archive && found["x.sigstore.json"] == .sigstoreBundle)
    guard case .other(let why)? = found["more/app.tar"] else {
      Issue.record("\(found)")
      return
    }
    #expect(why.contains("in a layout"))
  }

  /// What is left to another verb hides no archives either.
  @Test func aTrustBundleHidesNothing() throws {
    let folder = try TemporaryFolder()
    try folder.write("stick/metadata/1.root.json", [])
    try folder.write("stick/targets/x.tar", [])
    try tar(folder.path("stick"), "app.tar")
    #expect(try survey(folder.path("stick")) == ["": .trustBundle, "app.tar": .archive])
  }
}
