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
    case archives, bundle, image, bundles, ledger, receipts, snapshots, policies

    init(_ name: String) throws {
      guard let part = Part(rawValue: name) else { throw BenchFailure("no such part: \(name)") }
      self = part
    }
  }

  /// - Parameter parts: those wanted; none means all.
  func run(_ parts: [Part]) throws {
    print("assay \(try words([assay, "--version"])), \(try words(["openssl", "version"]))")
    print("\(processor), \(cores) cores")
    sayLoad()
    for part in parts.isEmpty ? Part.allCases : parts {
      switch part {
      case .archives: try measureArchives()
      case .bundle: try measureColdBundle()
      case .image: try measureColdImage()
      case .bundles: try measureManyBundles()
      case .ledger: try measureLedger()
      case .receipts: try measureReceipts()
      case .snapshots: try measureSnapshots()
      case .policies: try measurePolicies()
      }
    }
    print("")
    sayLoad()
  }

  func words(_ program: [String]) throws -> String {
    String(decoding: try runChecked(program), as: UTF8.self).filter { $0 != "\n" }
  }

  private var processor: String {
    let text = String(decoding: (try? readFile("/proc/cpuinfo")) ?? [], as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line.map { String($0.drop { $0 != ":" }.dropFirst(2)) } ?? "unknown processor"
  }

  private var cores: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// How many threads wanted to run during the last minute, ours among them; what others do spoils the wall clock.
  private func sayLoad() {
    var load = 0.0
    getloadavg(&load, 1)
    let isBusy = load > Double(cores)
    print("load \((load * 10).rounded() / 10)\(isBusy ? ": others are at work, so trust no wall-clock figure" : "")")
  }
}

/// Why there is no figure.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
