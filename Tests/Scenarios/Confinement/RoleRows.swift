/// What roles differ in: what each may, and what it may not.
enum RoleRows {
  typealias Row = (role: String, act: String, target: RoleBench.Target, end: RoleBench.End)

  static let all = reading + copying + proving + keeping + caring + starting

  /// A reader has what it was handed, the threads that it was started with, and memory up to its bound.
  private static let reading: [Row] =
    RoleProbeTests.readers.flatMap { role -> [Row] in
      [
        (role, "nothing", .inside, .done), (role, "speak", .inside, .done), (role, "thread", .inside, .killed),
        (role, "some-memory", .inside, .done), (role, "much-memory", .inside, .noMemory),
        (role, "many-descriptors", .inside, .tooManyOpen), (role, "use-left-open", .inside, .notOpen),
        (role, "socket-pair", .inside, .killed), (role, "change-mode", .inside, .killed),
        (role, "change-mode-of-open", .inside, .killed),
      ]
    }
    + ["reader-of-file", "reader-of-folder", "reader-of-stream"].flatMap { role -> [Row] in
      [
        (role, "open-write", .inside, .killed), (role, "make-file", .new, .killed),
        (role, "make-folder", .new, .killed), (role, "open-device", .inside, .killed),
        (role, "open-tpm", .inside, .killed), (role, "unlink", .inside, .killed), (role, "rename", .inside, .killed),
        (role, "link", .inside, .killed), (role, "write-on", .inside, .tooLarge),
      ]
    }
    + ["reader-of-file", "reader-of-stream"].flatMap { role -> [Row] in
      [
        (role, "read-handed", .inside, .done), (role, "open-read", .inside, .killed),
        (role, "look-at-path", .outside, .killed), (role, "look-as-at-open", .outside, .done),
        (role, "open-read", .outside, .killed), (role, "list", .folder, .killed),
      ]
    } + [
      // A folder is read, and nothing beside it.
      ("reader-of-folder", "open-read", .inside, .done), ("reader-of-folder", "list", .folder, .done),
      ("reader-of-folder", "open-read", .outside, .denied), ("reader-of-folder", "open-read", .climbing, .denied),
      ("reader-of-folder", "list", .home, .denied),
    ]

  /// A reader that copies makes and changes files in the folder of its medium, and none beside it; what was copied before it
  /// reads.
  private static let copying: [Row] =
    ["copier-of-file", "copier-of-folder"].flatMap { role -> [Row] in
      [
        (role, "open-read", .inside, .done), (role, "open-write", .inside, .done), (role, "list", .folder, .done),
        (role, "empty-file", .inside, .done), (role, "make-file", .newInside, .done),
        (role, "unlink", .inside, .done), (role, "rename", .inside, .done), (role, "write-on", .inside, .done),
        (role, "write-beyond", .inside, .tooLarge),
        (role, "make-folder", .newInside, .killed), (role, "link", .inside, .killed),
        (role, "open-read", .outside, .denied), (role, "open-read", .climbing, .denied),
        (role, "open-write", .outside, .denied), (role, "open-write", .climbing, .denied),
        (role, "empty-file", .outside, .denied), (role, "list", .home, .denied),
        (role, "open-device", .inside, .denied),
        (role, "make-file", .new, .denied), (role, "unlink", .outside, .denied),
        (role, "rename", .leaving, .denied), (role, "rename", .outside, .denied),
        (role, "open-read", .contents, .done), (role, "open-write", .contents, .denied),
        (role, "empty-file", .contents, .denied), (role, "unlink", .contents, .denied),
        (role, "empty-by-reading", .contents, .notPermitted),
        (role, "make-file", .newInContents, .denied), (role, "rename", .contents, .denied),
        // Its medium is not its copy.
        (role, "open-write", .medium, .denied), (role, "make-file", .newOnMedium, .denied),
        (role, "unlink", .medium, .denied), (role, "empty-file", .medium, .denied),
      ]
    } + [
      ("copier-of-file", "read-handed", .inside, .done), ("copier-of-file", "open-read", .medium, .denied),
      ("copier-of-folder", "open-read", .medium, .done),
    ]

  /// A prover has nothing.
  private static let proving: [Row] = [
    // A filter cannot see whether a path is empty (docs/threat-model.md).
    ("prover", "look-at-path", .outside, .killed), ("prover", "look-as-at-open", .outside, .done),
    ("prover", "nothing", .inside, .done), ("prover", "speak", .inside, .done),
    ("prover", "some-memory", .inside, .done),
    ("prover", "much-memory", .inside, .noMemory), ("prover", "many-descriptors", .inside, .tooManyOpen),
    ("prover", "use-left-open", .inside, .notOpen), ("prover", "write-on", .inside, .tooLarge),
    ("prover", "thread", .inside, .killed), ("prover", "open-read", .inside, .killed),
    ("prover", "open-write", .inside, .killed), ("prover", "open-tpm", .inside, .killed),
    ("prover", "open-device", .inside, .killed), ("prover", "list", .folder, .killed),
    ("prover", "make-file", .new, .killed), ("prover", "unlink", .inside, .killed),
    ("prover", "socket-pair", .inside, .killed),
  ]

  /// The keeper writes its store, and opens no medium.
  private static let keeping: [Row] =
    ["keeper", "keeper-with-socket"].flatMap { role -> [Row] in
      [
        (role, "speak", .inside, .done), (role, "thread", .inside, .done), (role, "open-read", .inside, .done),
        (role, "open-write", .inside, .done), (role, "open-device", .inside, .done),
        (role, "make-file", .newInside, .done), (role, "make-folder", .newInside, .done),
        (role, "unlink", .inside, .done), (role, "rename", .inside, .done), (role, "link", .inside, .killed),
        (role, "list", .folder, .done), (role, "write-on", .inside, .done), (role, "use-left-open", .inside, .done),
        (role, "socket-pair", .inside, .done), (role, "change-mode", .inside, .killed),
        (role, "open-read", .outside, .denied), (role, "open-read", .climbing, .denied),
        (role, "open-write", .outside, .denied), (role, "make-file", .new, .denied), (role, "list", .home, .denied),
        (role, "unlink", .outside, .denied), (role, "rename", .leaving, .denied),
      ]
    } + [
      // A TPM behind a socket: on this machine or another one.
      ("keeper-with-socket", "unix", .socket, .done), ("keeper-with-socket", "tcp", .inside, .done),
      ("keeper-with-socket", "raw-socket", .inside, .noSuchSocket),
      ("keeper-with-socket", "packet-socket", .inside, .noSuchSocket),
    ]

  /// Whoever looks after the quarantine has it, and nothing beside it.
  private static let caring: [Row] = [
    ("caretaker", "open-read", .inside, .done), ("caretaker", "open-write", .inside, .done),
    ("caretaker", "make-folder", .newInside, .done), ("caretaker", "unlink", .inside, .done),
    ("caretaker", "list", .folder, .done), ("caretaker", "write-on", .inside, .done),
    ("caretaker", "thread", .inside, .done), ("caretaker", "much-memory", .inside, .noMemory),
    ("caretaker", "open-read", .outside, .denied), ("caretaker", "open-read", .climbing, .denied),
    ("caretaker", "open-write", .outside, .denied), ("caretaker", "make-file", .new, .denied),
    ("caretaker", "unlink", .outside, .denied), ("caretaker", "list", .home, .denied),
    ("caretaker", "open-device", .inside, .denied),
    ("caretaker", "link", .inside, .killed), ("caretaker", "socket-pair", .inside, .killed),
    ("caretaker", "change-mode", .inside, .killed),
  ]

  /// The starter opens media, starts this program alone, and writes nowhere: but what the readers may that it starts.
  private static let starting: [Row] =
    RoleProbeTests.starters.flatMap { role -> [Row] in
      [
        (role, "speak", .inside, .done), (role, "open-read", .outside, .done), (role, "fork", .inside, .done),
        (role, "exec-own", .inside, .executed), (role, "exec", .inside, .denied),
        (role, "kill-parent", .inside, .killed),
        (role, "use-left-open", .inside, .notOpen), (role, "change-mode", .inside, .killed),
        (role, "socket-pair", .inside, .killed),
      ] + RoleProbeTests.namespaces.map { (role, "process-in-" + $0, .inside, .killed) }
    } + [
      ("starter", "open-write", .outside, .killed), ("starter", "make-file", .new, .killed),
      ("starter", "unlink", .outside, .killed), ("starter-of-copiers", "open-write", .inside, .done),
      ("starter-of-copiers", "make-file", .newInside, .done), ("starter-of-copiers", "open-write", .outside, .denied),
      ("starter-of-copiers", "make-file", .new, .denied), ("starter-of-copiers", "unlink", .outside, .denied),
      ("starter-of-copiers", "open-write", .contents, .denied), ("starter-of-copiers", "unlink", .contents, .denied),
    ]
}
