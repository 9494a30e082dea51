import FoundationEssentials

/// The folder that `--report` names: made if absent, and never left with half a file.
enum OutputFolder {
  /// Found out before the work starts, not after it.
  static func verifyUsable(_ folder: String?) throws {
    guard let folder else { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UsageMistake("Cannot make the folder \(folder) for reports: \(error)")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw UsageMistake("Cannot write reports into \(folder).")
    }
  }

  /// Written beside and renamed, so that the name always stands for the whole.
  static func write(_ bytes: [UInt8], as name: String, into folder: String) throws {
    try Data(bytes).write(to: URL(filePath: folder + "/" + name), options: .atomic)
  }
}
