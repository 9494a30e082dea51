import OCIImage
import Testing

@Suite struct PlatformTests {
  @Test(arguments: ["linux/amd64", "linux/arm64/v8", "windows(10.0.20348.2340)/amd64", "linux(1)/arm/v7"])
  func printsWhatItReads(_ text: String) throws {
    #expect(try #require(Platform(text)).description == text)
  }

  @Test func readsEachPart() throws {
    let platform = try #require(Platform("windows(10.0.20348.2340)/arm64/v8"))
    #expect(platform.os == "windows" && platform.osVersion == "10.0.20348.2340")
    #expect(platform.architecture == "arm64" && platform.variant == "v8")
  }

  @Test(
    arguments: [
      "", "linux", "linux/", "/amd64", "linux/amd64/v1/x", "linux/amd64/", "(1)/amd64", "windows()/amd64",
      "windows(1/amd64", "windows(1)2/amd64", "windows((1))/amd64", "windows(1)(2)/amd64", "windows)/amd64",
      "linux/(1)", "linux/amd64/v)", "lin ux/amd64", "linüx/amd64", "linux/amd64\n",
    ])
  func refuses(_ text: String) {
    #expect(Platform(text) == nil)
  }

  @Test(
    arguments: [
      ("linux/amd64", "linux/amd64", true), ("linux/amd64", "linux/arm64", false),
      ("linux/amd64", "windows/amd64", false),
      ("linux/arm64/v8", "linux/arm64", true), ("linux/arm64", "linux/arm64/v8", true),
      ("linux/arm", "linux/arm/v7", true),
      ("linux/arm/v6", "linux/arm/v7", false), ("linux/arm", "linux/arm/v6", false),
      ("linux/amd64", "linux/amd64/v1", true),
      ("linux/amd64", "linux/amd64/v3", false), ("linux/riscv64", "linux/riscv64/v1", false),
      // As containerd reads them.
      ("Linux/AMD64", "linux/amd64", true), ("linux/x86_64", "linux/amd64", true),
      ("linux/x86-64/V3", "linux/amd64/v3", true), ("linux/aarch64", "linux/arm64/v8", true),
      ("linux/i386", "linux/386", true), ("macOS/arm64/8", "darwin/arm64", true), ("linux/armhf", "linux/arm", true),
      ("linux/armhf", "linux/arm/v6", false), ("linux/armel", "linux/arm/v6", true),
      ("linux/arm/6", "linux/arm/v6", true),
      ("linux/arm/56", "linux/arm/v56", false), ("linux/arm64/v8", "linux/aarch64", true),
      ("linux/arm64/9", "linux/arm64/v9", true), ("linux/arm64/v8.0", "linux/arm64", true),
      ("linux/arm64/8.0", "linux/arm64/v8", true), ("linux/arm64/v9.0", "linux/arm64/v8", false),
      ("linux/arm/v7", "linux/armel", false), ("linux/amd64/8", "linux/amd64/v8", false),
      ("windows(10.0.1)/amd64", "windows/amd64", true), ("windows(10.0.1)/amd64", "windows(10.0.1)/amd64", true),
      ("windows(10.0.1)/amd64", "windows(10.0.2)/amd64", false), ("windows/amd64", "windows(10.0.1)/amd64", false),
    ])
  func satisfies(_ image: String, _ wanted: String, _ answer: Bool) throws {
    #expect(try #require(Platform(image)).satisfies(try #require(Platform(wanted))) == answer)
  }
}
