import Glibc
import TestSupport

/// All measurements, in one run.
struct Bench {
  let assay: String
  let folder: TemporaryFolder

  init(_ assay: String) throws {
    self.assay = assay
    folder = try TemporaryFolder()
    // No run may find a store but those that are made here.
    setenv("XDG_STATE_HOME", folder.path("no-store"), 1)
  }

  enum Part: String, CaseIterable {
    case archives, bundle, image, bundles

    init(_ name: String) throws {
      guard let part = Part(rawValue: name) else { throw BenchFailure("no such part: \(name)") }
      self = part
    }
  }

  /// - Parameter parts: those wanted; none means all.
  func run(_ parts: [Part]) throws {
    print("assay \(try words([assay, "--version"])), \(try words(["openssl", "version"]))")
    print("\(processor), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, load \(load)")
    for part in parts.isEmpty ? Part.allCases : parts {
      switch part {
      case .archives: try measureArchives()
      case .bundle: try measureColdBundle()
      case .image: try measureColdImage()
      case .bundles: try measureManyBundles()
      }
    }
    print("\nload at the end \(load)")
  }

  private func words(_ program: [String]) throws -> String {
    String(decoding: try runChecked(program), as: UTF8.self).filter { $0 != "\n" }
  }

  private var processor: String {
    let lines = ((try? readFile("/proc/cpuinfo")).map { String(decoding: $0, as: UTF8.self) } ?? "").split(separator: "\n")
    let name = lines.first { $0.hasPrefix("model name") }?.drop { $0 != ":" }.dropFirst(2)
    return name.map(String.init) ?? "unknown processor"
  }

  /// Of the last minute: what others do on this machine.
  private var load: String {
    var load = 0.0
    getloadavg(&load, 1)
    return "\((load * 10).rounded() / 10)"
  }
}

/// Why there is no figure.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
