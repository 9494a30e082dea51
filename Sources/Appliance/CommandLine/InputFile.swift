import ApplianceIdentity
import Cryptography
import Files
import MediaReader
import Octets
import Reasons
import Roles
import Verification

/// Small files that the operator names: keys, trust roots, Sigstore bundles, reports.
enum InputFile {
  /// Bytes of a PEM key; RSA-4096 needs one thousand.
  static let keyLimit = 64 << 10
  /// Bytes of a Sigstore bundle, or of a `.jsonl` with several.
  static let bundleLimit = LooseBundles.mostBytes

  /// Without its folder.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The folder that holds it.
  static func folder(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
  }

  /// - Throws: `UsageMistake` where there is no such file, or it is none of the expected size.
  static func read(_ path: String, upTo limit: Int) throws -> [UInt8] {
    do throws(FileError) {
      if let bytes = try OpenFile(path: path).contents(atMost: limit) { return bytes }
    } catch {
      throw UsageMistake("\(path) cannot be read: \(error).")
    }
    throw UsageMistake("\(path) is larger than \(limit) bytes, so it is not what is wanted.")
  }

  /// An appliance's identity: the operator's own file, so that what is wrong with it is a mistake in the command.
  static func identity(_ path: String) throws -> ApplianceIdentity {
    let bytes = try read(path, upTo: ApplianceIdentity.limit)
    do throws(Failure) {
      return try ApplianceIdentity(parsing: bytes, named: path)
    } catch {
      throw UsageMistake("--appliance: \(Voice.sentence(error))")
    }
  }

  /// A mistyped archive is a mistake in the command, not a verdict on an image.
  static func verifyPresent(_ source: MediaSource) throws {
    guard case .path(let path) = source else { return }
    let kind: FileStatus.Kind
    do throws(FileError) {
      kind = try OpenFile(path: path).status().kind
    } catch {
      throw UsageMistake("Cannot open \(path): \(error)")
    }
    if kind == .other { throw UsageMistake("\(path) is a pipe or device; name “-” to read standard input.") }
  }

  /// What a Sigstore bundle is about: `sha256:…` or `sha512:…`, otherwise a file, which is hashed.
  static func artifact(_ argument: String) throws -> Artifact {
    if let digest = try? ClaimedDigest(Array(argument.utf8), in: "", malformed: .bundleMalformed) {
      return Artifact(digest: digest)
    }
    do throws(FileError) {
      let file = try OpenFile(path: argument)
      var short = Digester(.sha256)
      var middle = Digester(.sha384)
      var long = Digester(.sha512)
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      var count = try file.readOn(into: &buffer, 0..<buffer.count)
      // Pure Ed25519 signs the bytes themselves, so a file of one buffer is handed on whole.
      if count < buffer.count { return Artifact(bytes: Array(buffer[..<count])) }
      while count > 0 {
        short.update(buffer[..<count])
        middle.update(buffer[..<count])
        long.update(buffer[..<count])
        count = try file.readOn(into: &buffer, 0..<buffer.count)
      }
      return Artifact([short.finish(), middle.finish(), long.finish()])
    } catch {
      throw UsageMistake("Cannot read \(argument): \(error)")
    }
  }
}
