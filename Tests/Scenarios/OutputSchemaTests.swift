import TestSupport
import Testing

/// What `--json` prints is what docs/formats/verify-output.schema.json says, by somebody else's validator.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct OutputSchemaTests {
  static let archives = [
    "exports/both/cosign-save", "exports/multi-new-idx/oras-backup", "exports/new-wrongkey/cosign-save",
    "exports/notation-jws/oras-backup", "exports/both/crane-tarball", "tampered/flip-layer-old",
    "tampered/truncated-half-old", "tampered/two-images-newref",
  ]

  /// Exits with 1 and says where, if the document on standard input does not follow the schema.
  static let validator = """
    import json, sys, jsonschema
    jsonschema.validate(json.load(sys.stdin), json.load(open(sys.argv[1])))
    """

  @Test(arguments: archives) func followsItsSchema(_ archive: String) throws {
    let corpus = try ToolMadeArchives.root()
    let output = try Assay().run(["verify", "--json", "\(corpus)/\(archive).tar", "--key", "\(corpus)/keys/ec.pub"])
    let checked = try run(
      ["/usr/bin/python3", "-c", Self.validator, Products.package + "/docs/formats/verify-output.schema.json"],
      input: output.stdout)
    #expect(checked.status == 0, "\(checked.errors.suffix(600))")
  }

  @Test func validatorHasTeeth() throws {
    let checked = try run(
      ["/usr/bin/python3", "-c", Self.validator, Products.package + "/docs/formats/verify-output.schema.json"],
      input: Array(#"{"format":"assay-verify/1","verdict":"maybe","archives":[]}"#.utf8))
    #expect(checked.status != 0)
  }
}
