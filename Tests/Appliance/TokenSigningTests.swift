import FoundationEssentials
import TestSupport
import Testing

/// Keys on tokens: SoftHSM plays one, reached as a card or an HSM is.
@Suite(
  .enabled(
    if: isInstalled("softhsm2-util") && isInstalled("pkcs11-tool") && isInstalled("gcc"),
    "needs softhsm2, opensc and gcc"))
struct TokenSigningTests {
  static let library = "/usr/lib/softhsm/libsofthsm2.so"
  static let desk = "pkcs11:token=desk;object=bundles"

  /// A token `desk` with PIN 1234, whose P-256 key `bundles` signs denials, logs, snapshots and timestamps of a site.
  struct Rig {
    let home: TemporaryFolder
    var module = library
    var environment: [String: String]

    init(key: String = "EC:prime256v1", arguments: [String] = []) throws {
      home = try TrustMakingTests.keys()
      try home.write("tokens/empty", [])
      try home.write(
        "softhsm2.conf", Array("directories.tokendir = \(home.path("tokens"))\nobjectstore.backend = file\n".utf8))
      environment = ["SOFTHSM2_CONF": home.path("softhsm2.conf")]
      try home.write("pin", Array("1234\n".utf8))
      try token("desk")
      try generate(key, "bundles", "01", arguments)
      try home.write("desk.pub", publicKey("01"))
      let result = try trust(
        TrustMakingTests.new
          + " --role deny=desk.pub --role logs=desk.pub --role snapshot=desk.pub --role timestamp=desk.pub")
      guard result.status == 0 else { throw RunError(description: result.errors) }
    }

    func token(_ label: String) throws {
      try runChecked(
        ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", "1234"],
        environment: environment)
    }

    func generate(_ kind: String, _ label: String, _ id: String, _ arguments: [String] = []) throws {
      try tool(["--keypairgen", "--key-type", kind, "--label", label, "--id", id] + arguments)
    }

    @discardableResult
    func tool(_ arguments: [String]) throws -> [UInt8] {
      try runChecked(
        ["pkcs11-tool", "--module", library, "--token-label", "desk", "--login", "--pin", "1234"] + arguments,
        environment: environment)
    }

    func publicKey(_ id: String) throws -> [UInt8] {
      let key = try tool(["--read-object", "--type", "pubkey", "--id", id])
      return try runChecked(["openssl", "pkey", "-pubin", "-pubout"], input: key)
    }

    func trust(_ command: String, _ more: [String: String] = [:]) throws -> RunResult {
      try TestSupport.run(
        [Products.path("assay"), "trust"] + command.split(separator: " ").map(String.init),
        environment: environment.merging(more) { $1 }, in: home.path)
    }

    func sign(
      _ uri: String = desk, pin: String = "pin", in more: [String: String] = [:]
    ) throws -> RunResult {
      try trust("sign site --pkcs11 \(uri) --module \(module) --pin-file \(pin)", more)
    }

    /// How often the token's key counts in the drafts.
    func signed() throws -> Int {
      try trust("sign site").output.split(separator: "\n").count { $0.contains("signed 1 of 1") }
    }
  }

  // MARK: Signing

  @Test(arguments: ["EC:prime256v1", "EC:edwards25519"]) func signsWhereItHasAPlace(_ kind: String) throws {
    let rig = try Rig(key: kind)
    let result = try rig.sign()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("The token’s key “bundles”, id 01 is "))
    for role in ["deny", "logs", "snapshot", "timestamp"] { #expect(result.output.contains(" signed \(role) 1")) }
    for role in ["root", "targets", "trust", "policy"] { #expect(result.output.contains(" has no place in \(role) 1")) }
    #expect(try rig.signed() == 4)
    #expect(try rig.sign().output.contains(" had signed deny 1"))
    for command in ["sign site --key a.pem", "sign site --key b.pem", "pack site out.tar"] {
      let result = try rig.trust(command)
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try rig.sign().errors.contains("Nothing waits"))
  }

  /// Where the library is, and which key, each said in another way.
  @Test(arguments: [
    "pkcs11:token=desk;id=%01?module-path=/usr/lib/softhsm/libsofthsm2.so",
    "pkcs11:object=bundles;type=private?module-path=/usr/lib/softhsm/libsofthsm2.so",
    "pkcs11:manufacturer=SoftHSM%20project;object=bundles?module-path=/usr/lib/softhsm/libsofthsm2.so",
    "pkcs11:token=desk?module-path=/usr/lib/softhsm/libsofthsm2.so",
    // As the system's configuration names it.
    "pkcs11:token=desk;object=bundles?module-name=softhsm2",
  ])
  func otherURIs(_ uri: String) throws {
    let rig = try Rig()
    let result = try rig.trust("sign site --pkcs11 \(uri) --pin-file pin")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try rig.signed() == 4)
  }

  /// Made outside, and imported, as people do who keep a copy in a safe.
  @Test func importedKey() throws {
    let rig = try Rig()
    let pem = try runChecked(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    try rig.home.write("new.pub", runChecked(["openssl", "pkey", "-pubout"], input: pem))
    let file = try rig.home.write("new.pem", pem)
    try runChecked(
      [
        "softhsm2-util", "--import", file, "--token", "desk", "--label", "imported", "--id", "02", "--pin", "1234",
      ], environment: rig.environment)
    #expect(try rig.trust("rotate site --role logs --add new.pub").status == 0)
    let result = try rig.sign("pkcs11:token=desk;object=imported")
    #expect(result.output.contains("signed logs 1") && result.output.contains("no place in deny 1"), "\(result.errors)")
  }

  /// Keys of which each use wants the PIN, as a card's key for signatures does.
  @Test func keyThatWantsThePINEachTime() throws {
    let rig = try Rig(arguments: ["--always-auth"])
    let result = try rig.sign()
    #expect(result.status == 0, "\(result.errors)")
    #expect(try rig.signed() == 4)
  }

  // MARK: Refusals

  static let mistakes: [(uri: String, words: String)] = [
    ("pkcs11:token=desk;object=other", "no private key that fits"), ("pkcs11:token=desk;id=%09", "no private key"),
    ("pkcs11:token=other;object=bundles", "No token fits the URI. There are “desk”."),
    ("pkcs11:token=desk;object=bundles?pin-value=1234", "a PIN has no place"),
    ("pkcs11:token=desk;object=bundles?pin-source=file:pin", "a PIN has no place"),
    ("pkcs11:token=desk;object=bundles;type=public", "type=private"),
    ("pkcs11:token=desk;object=bundles;colour=red", "nobody here knows"), ("token=desk", "no PKCS #11 URI"),
    ("pkcs11:token=%zz", "no PKCS #11 URI"), ("pkcs11:token=desk;object=rsa", "is of kind 0"),
    ("pkcs11:token=desk;object=stranger", "verifies under no key"),
    ("pkcs11:token=desk", "More than one private key fits the URI: “"),
  ]

  @Test func mistakes() throws {
    let rig = try Rig()
    try rig.generate("rsa:2048", "rsa", "02")
    try rig.generate("EC:prime256v1", "stranger", "03")
    for (uri, words) in Self.mistakes {
      let result = try rig.sign(uri)
      #expect(result.status == 64, "\(uri): \(result.errors)")
      #expect(result.errors.contains(words), "\(uri): \(result.errors)")
    }
    for (command, words) in [
      ("sign site --pkcs11 \(Self.desk) --module none.so --pin-file pin", "module does not start"),
      ("sign site --pkcs11 \(Self.desk) --module pin --pin-file pin", "module does not start"),
      ("sign site --pkcs11 \(Self.desk)?module-name=none --pin-file pin", "no module of this name"),
      ("sign site --pkcs11 \(Self.desk) --module \(Self.library) --pin-file none", "none cannot be read"),
      ("sign site --module \(Self.library)", "go with --pkcs11"), ("sign site --pin-file pin", "go with --pkcs11"),
      ("sign site --pkcs11 \(Self.desk) --key a.pem", "one at a time"),
    ] {
      let result = try rig.trust(command)
      #expect(result.status == 64, "\(command): \(result.errors)")
      #expect(result.errors.contains(words), "\(command): \(result.errors)")
    }
    #expect(try rig.signed() == 0)
  }

  @Test func severalTokens() throws {
    let rig = try Rig()
    try rig.token("other")
    try rig.token("desk")
    let result = try rig.sign()
    #expect(result.status == 64)
    #expect(result.errors.contains("More than one token fits the URI"), "\(result.errors)")
    // Nobody tried a PIN.
    let other = try rig.sign("pkcs11:token=other;object=bundles")
    #expect(other.errors.contains("no private key"), "\(other.errors)")
  }

  @Test(arguments: ["4321", "1", String(repeating: "1", count: 300), ""]) func wrongPIN(_ pin: String) throws {
    let rig = try Rig()
    try rig.home.write("wrong", Array("\(pin)\n".utf8))
    let result = try rig.sign(pin: "wrong")
    #expect(result.status == 64)
    #expect(result.errors.contains("does not take this PIN, and has fewer tries left"), "\(result.errors)")
    #expect(try rig.signed() == 0)
    #expect(try rig.sign().status == 0)
  }

  // MARK: Tokens that do something else

  /// SoftHSM behind a module that adds flags to the token's (FLAGS), loses it at a signature (GONE_AT), spoils that one
  /// (SPOILT_AT), or has a pad (PAD).
  static let wrapper = """
    #include <dlfcn.h>
    #include <stdlib.h>
    #include <p11-kit-1/p11-kit/pkcs11.h>
    static CK_FUNCTION_LIST *real, own;
    static int number;
    static int is_at(const char *name) { return getenv(name) && number == atoi(getenv(name)); }
    static CK_RV look(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
      CK_RV code = real->C_GetTokenInfo(slot, info);
      if (getenv("FLAGS")) info->flags |= strtoul(getenv("FLAGS"), 0, 16);
      return code;
    }
    static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG count) {
      if (getenv("PAD") && !pin && count == 0) return real->C_Login(session, user, (CK_UTF8CHAR *)"1234", 4);
      return getenv("LOCKED") ? CKR_PIN_LOCKED : real->C_Login(session, user, pin, count);
    }
    static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG count, CK_BYTE *out, CK_ULONG *size) {
      number++;
      if (is_at("GONE_AT")) return CKR_DEVICE_REMOVED;
      CK_RV code = real->C_Sign(session, data, count, out, size);
      if (is_at("SPOILT_AT")) out[9] ^= 1;
      return code;
    }
    CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
      void *library = dlopen("\(library)", RTLD_NOW);
      CK_RV (*get)(CK_FUNCTION_LIST **) = dlsym(library, "C_GetFunctionList");
      get(&real);
      own = *real;
      own.C_GetTokenInfo = look;
      own.C_Login = login;
      own.C_Sign = sign;
      *list = &own;
      return CKR_OK;
    }
    """

  func wrapped() throws -> Rig {
    var rig = try Rig()
    let source = try rig.home.write("wrapper.c", Array(Self.wrapper.utf8))
    rig.module = rig.home.path("wrapper.so")
    try runChecked(["gcc", "-shared", "-fPIC", "-o", rig.module, source, "-ldl"])
    return rig
  }

  @Test func triesThatAreLeft() throws {
    let rig = try wrapped()
    try rig.home.write("wrong", Array("4321\n".utf8))
    // CKF_USER_PIN_FINAL_TRY
    let last = try rig.sign(pin: "wrong", in: ["FLAGS": "20000"])
    #expect(last.status == 64)
    #expect(last.errors.contains("one try is left"), "\(last.errors)")
    // CKF_USER_PIN_LOCKED, said before, and said by the login.
    for said in [["FLAGS": "40000"], ["LOCKED": "1"]] {
      let locked = try rig.sign(in: said)
      #expect(locked.status == 1)
      #expect(locked.errors.contains("PIN is locked"), "\(locked.errors)")
    }
    #expect(try rig.signed() == 0)
  }

  /// At the first signature, which shows the key, and at the third, which would be kept.
  @Test(arguments: ["1", "3"]) func tokenIsGone(_ number: String) throws {
    let rig = try wrapped()
    let result = try rig.sign(in: ["GONE_AT": number])
    #expect(result.status == 1)
    #expect(result.errors.contains("Is it still there?") && result.errors.contains("0x32"), "\(result.errors)")
    #expect(try rig.signed() == 0)
  }

  @Test(arguments: [("1", "verifies under no key"), ("3", "does not verify under key")])
  func signatureThatDoesNotVerify(_ number: String, _ words: String) throws {
    let rig = try wrapped()
    let result = try rig.sign(in: ["SPOILT_AT": number])
    #expect(result.status == 64)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(try rig.signed() == 0)
  }

  /// A reader with a pad asks itself (CKF_PROTECTED_AUTHENTICATION_PATH).
  @Test func padOfItsOwn() throws {
    let rig = try wrapped()
    let pad = ["FLAGS": "100", "PAD": "1"]
    let result = try rig.trust("sign site --pkcs11 \(Self.desk) --module \(rig.module)", pad)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try rig.signed() == 4)
    #expect(try rig.sign(in: pad).errors.contains("leave --pin-file out"))
  }

  // MARK: Everybody else

  /// The appliance has no tokens, and needs no library for them.
  @Test func nothingElseLoadsIt() throws {
    let libraries = try runChecked(["ldd", Products.path("assay")])
    #expect(!String(decoding: libraries, as: UTF8.self).contains("p11"))
    let run = try TestSupport.run([Products.path("assay"), "--version"], environment: ["LD_DEBUG": "files"])
    #expect(run.status == 0 && !run.errors.contains("p11-kit"))
    let signing = try TestSupport.run(
      [Products.path("assay"), "trust", "sign", "--help"], environment: ["LD_DEBUG": "files"])
    #expect(!signing.errors.contains("p11-kit"))
  }
}
