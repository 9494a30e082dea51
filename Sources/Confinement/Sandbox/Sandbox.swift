import CLinux
import Files
import Glibc

/// Gives up what a process could do, for good: there is no way back, for this process and for all that it starts. The first
/// thing that a role does, before it reads a byte that comes from outside.
package enum Sandbox {
  /// The version of Landlock that this kernel has; 0 for none.
  package static var landlock: Int { Int(assay_landlock_version()) }

  /// In this order: no new privileges, root's rights, descriptors, files and network (Landlock, as much as the kernel has
  /// of it), threads that inherit all of that, limits, and last system calls (seccomp), which the steps before still needed.
  ///
  /// - Throws: where anything of it cannot be had, but Landlock: a role that is not confined does not run.
  package static func confine(_ capabilities: Capabilities) throws(SandboxError) -> Protections {
    // Landlock binds the thread that asks for it: others would go free.
    guard threads() == 1 else { throw SandboxError("no other thread runs yet", EBUSY) }
    try check("no_new_privs", assay_no_new_privileges())
    try check(
      "capabilities", assay_keep_root_rights(capabilities.rootRights.reduce(0) { $0 | 1 << UInt64($1.rawValue) }))
    try check("dumpable", assay_hide_memory())
    if let kept = capabilities.keptDescriptors { try check("close_range", assay_close_from(kept)) }
    let landlock = try restrictFiles(capabilities)
    startThreadsAhead(capabilities.threads)
    try limit(capabilities.limits)
    try restrictCalls(capabilities.calls)
    return Protections(landlock: landlock, isConfined: true)
  }

  // MARK: Files

  private static func restrictFiles(_ capabilities: Capabilities) throws(SandboxError) -> Int {
    var rules: [assay_path_rule] = []
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    for place in capabilities.places {
      let descriptor: Int32
      switch place.holder {
      case .descriptor(let open): descriptor = open
      case .path(let path):
        descriptor = assay_open_path(path)
        guard descriptor >= 0 else { continue }
        opened.append(descriptor)
      }
      rules.append(
        assay_path_rule(
          descriptor: descriptor,
          access: Int32(
            ASSAY_MAY_READ | (place.access.contains(.write) ? ASSAY_MAY_WRITE : 0)
              | (place.access.contains(.execute) ? ASSAY_MAY_EXECUTE : 0))))
    }
    var others: Int32 = 0
    if capabilities.calls.contains(.connecting) { others |= Int32(ASSAY_MAY_CONNECT) }
    if capabilities.calls.contains(where: { $0 == .commanding || $0 == .starting }) {
      others |= Int32(ASSAY_MAY_SIGNAL)
    }
    let error = assay_landlock_restrict(rules, rules.count, others)
    if error == ENOSYS || error == EOPNOTSUPP { return 0 }
    try check("Landlock", error)
    return landlock
  }

  // MARK: Limits

  private static func limit(_ limits: Capabilities.Limits) throws(SandboxError) {
    for (bound, most, name) in [
      (ASSAY_CORE, 0, "core"), (ASSAY_MEMORY, limits.memory, "memory"),
      (ASSAY_ADDRESSES, limits.addresses, "addresses"),
      (ASSAY_PROCESSOR_SECONDS, limits.processorSeconds, "processor time"),
      (ASSAY_DESCRIPTORS, limits.files, "descriptors"), (ASSAY_FILE_SIZE, limits.fileSize, "file size"),
      (ASSAY_PROCESSES, limits.processes, "processes"),
    ] {
      if let most { try check("limit of \(name)", assay_limit(Int32(bound), most)) }
    }
  }

  // MARK: System calls

  private static func restrictCalls(_ families: [SystemCalls]) throws(SandboxError) {
    var filter: [assay_call_rule] = []
    for rule in families.flatMap(\.rules) {
      let number = assay_system_call(rule.name)
      // Not on this architecture: what does not exist need not be allowed.
      guard number >= 0 else { continue }
      filter.append(
        assay_call_rule(
          number: number, argument: rule.condition?.argument ?? -1, mask: rule.condition?.mask ?? 0,
          value: rule.condition?.value ?? 0, whole: rule.isPointer ? 1 : 0, error: rule.error))
    }
    try check("seccomp", assay_seccomp_restrict(filter, filter.count))
  }

  private static func threads() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      if entry.pointee.d_name.0 != 0x2e { count += 1 }
    }
    return count
  }

  private static func check(_ what: String, _ error: Int32) throws(SandboxError) {
    guard error == 0 else { throw SandboxError(what, error) }
  }
}

/// What a process could not give up.
package struct SandboxError: Error, CustomStringConvertible {
  package let what: String
  package let code: Int32

  init(_ what: String, _ code: Int32) {
    self.what = what
    self.code = code
  }

  package var description: String { "\(what): \(String(cString: strerror(code)))" }
}
