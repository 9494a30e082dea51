import Files
import TestSupport
import Testing

@Suite struct GrowingFileTests {
  @Test func isThereWhenItIsWhole() throws {
    let home = try TemporaryFolder()
    try home.write("place", [9])
    let file = try GrowingFile(home.path("beside"))
    try file.append([1, 2][...])
    try file.append([0, 3, 4][1...])
    #expect(try home.read("place") == [9])
    try file.finish(as: home.path("place"))
    #expect(try home.read("place") == [1, 2, 3, 4])
    #expect(try home.names() == ["place"])
  }

  @Test func leavesNothing() throws {
    let home = try TemporaryFolder()
    do {
      let file = try GrowingFile(home.path("beside"))
      try file.append([1][...])
      #expect(try home.names() == ["beside"])
    }
    #expect(try home.names().isEmpty)
  }

  /// A link that waits there is replaced, not followed.
  @Test func followsNoLink() throws {
    let home = try TemporaryFolder()
    try home.write("other", [9])
    try runChecked(["ln", "-s", home.path("other"), home.path("beside")])
    try GrowingFile(home.path("beside")).finish(as: home.path("place"))
    #expect(try home.read("other") == [9])
    #expect(try home.read("place") == [])
  }
}
