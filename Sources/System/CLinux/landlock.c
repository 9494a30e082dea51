#include "clinux.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What came after the first version, by the kernel's numbers: headers of older systems do not name it. */
#define FS_REFER (1ULL << 13)
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEVICE (1ULL << 15)
#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

/* linux/landlock.h of version 6: older kernels take the part that they know. */
struct ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};

static const uint64_t first_files = (1ULL << 13) - 1;
static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/* No sockets, pipes, devices or links: nothing here makes them. */
static const uint64_t writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | FS_REFER |
    FS_TRUNCATE;
/* What can be granted on a single file. */
static const uint64_t of_a_file =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE |
    FS_IOCTL_DEVICE;

int assay_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : (int)version;
}

static int add(int ruleset, const assay_path_rule *rule, uint64_t handled) {
  struct stat status;
  if (fstat(rule->descriptor, &status) != 0) return errno;
  uint64_t access = 0;
  if (rule->access & ASSAY_MAY_READ) access |= reading;
  if (rule->access & ASSAY_MAY_WRITE) access |= writing;
  if (rule->access & ASSAY_MAY_EXECUTE) access |= LANDLOCK_ACCESS_FS_EXECUTE;
  /* A terminal is asked by ioctl(2): what, seccomp says. */
  if (S_ISCHR(status.st_mode) && rule->access & ASSAY_MAY_WRITE) access |= FS_IOCTL_DEVICE;
  if (!S_ISDIR(status.st_mode)) access &= of_a_file;
  struct landlock_path_beneath_attr beneath = {.allowed_access = access & handled, .parent_fd = rule->descriptor};
  return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0 ? 0 : errno;
}

int assay_landlock_restrict(const assay_path_rule *rules, size_t count, int others) {
  int version = assay_landlock_version();
  if (version == 0) return ENOSYS;
  struct ruleset wanted = {.files = first_files};
  size_t size = sizeof wanted.files;
  if (version >= 2) wanted.files |= FS_REFER;
  if (version >= 3) wanted.files |= FS_TRUNCATE;
  if (version >= 4) {
    wanted.network = others & ASSAY_MAY_CONNECT ? NET_BIND_TCP : NET_BIND_TCP | NET_CONNECT_TCP;
    size += sizeof wanted.network;
  }
  if (version >= 5) wanted.files |= FS_IOCTL_DEVICE;
  if (version >= 6) {
    wanted.scoped = others & ASSAY_MAY_SIGNAL ? SCOPE_ABSTRACT_SOCKET : SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
    size += sizeof wanted.scoped;
  }
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
  if (ruleset < 0) return errno;
  int error = 0;
  for (size_t i = 0; i < count && error == 0; i++) error = add(ruleset, &rules[i], wanted.files);
  if (error == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) error = errno;
  close(ruleset);
  return error;
}

int assay_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno; }
