#define _GNU_SOURCE
#include "role_acts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t parent;
void role_learn_parent(void) { parent = getppid(); }

/* Of the other architecture that the same kernel serves: getpid there, and writev by its number here. */
static int ask_as_other_architecture(void) {
#if defined(__x86_64__)
  long answer;
  __asm__ volatile("int $0x80" : "=a"(answer) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
  return answer < 0 ? (int)-answer : 0;
#else
  return ENOSYS;
#endif
}

/* Beyond what the kernel gives out: a call that is let through ends in ESRCH, and hurts nobody. */
static const long no_process = 0x7ffffff0;

/* Numbers, so that the C library cannot go another way. */
static int call(long number, long a, long b, long c, long d, long e) {
  return syscall(number, a, b, c, d, e, 0L) < 0 ? errno : 0;
}

static int open_with(const char *path, int flags) {
  int descriptor = openat(AT_FDCWD, path, flags, 0600);
  return descriptor < 0 ? errno : 0;
}

static int connect_to(int family, int type, const char *path) {
  int socket = (int)syscall(SYS_socket, family, type, 0);
  if (socket < 0) return errno;
  if (family == AF_UNIX) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    socklen_t length = sizeof address;
    /* In no folder. */
    if (path[0] == '@') {
      address.sun_path[0] = 0;
      length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    }
    return connect(socket, (struct sockaddr *)&address, length) == 0 ? 0 : errno;
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int error = connect(socket, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
  /* Nobody listens there: that is an answer from the network. */
  return error == ECONNREFUSED ? 0 : error;
}

/* At whichever port is free. */
static int listen_at_port(void) {
  int socket = (int)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
  if (socket < 0) return errno;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return bind(socket, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
}

/* What may be written counts as memory, before it is. `step`: how many bytes apart it is written. */
static int use_memory(size_t bytes, int kind, size_t step) {
  size_t piece = 64 << 20;
  for (size_t used = 0; used < bytes; used += piece) {
    char *room = mmap(NULL, piece, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return errno;
    for (size_t i = 0; i < piece; i += step) room[i] = 1;
  }
  return 0;
}

/* Addresses alone, which no limit of memory counts. */
static int use_addresses(size_t bytes) {
  int kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  return mmap(NULL, bytes, PROT_NONE, kind, -1, 0) == MAP_FAILED ? errno : 0;
}

static int open_many(void) {
  for (int i = 0; i < 4096; i++)
    if (fcntl(0, F_DUPFD, 0) < 0) return errno;
  return 0;
}

static int write_file(const char *path) {
  int descriptor = openat(AT_FDCWD, path, O_WRONLY | O_CREAT, 0600);
  if (descriptor < 0) return errno;
  return write(descriptor, "x", 1) == 1 ? 0 : errno;
}

static int list(const char *path) {
  int folder = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  if (folder < 0) return errno;
  char entries[1024];
  return syscall(SYS_getdents64, folder, entries, sizeof entries) > 0 ? 0 : errno;
}

static int read_handed(void) {
  char byte;
  return read(4, &byte, 1) == 1 ? 0 : errno;
}

/* An errno, and no signal, where a file may have no more. */
static int write_on(int descriptor) {
  signal(SIGXFSZ, SIG_IGN);
  return write(descriptor, "x", 1) == 1 ? 0 : errno;
}

/* A file with a size that its disk has no room for, and no bytes. */
static int write_beyond(int descriptor) {
  struct statvfs facts;
  if (fstatvfs(descriptor, &facts) != 0) return errno;
  signal(SIGXFSZ, SIG_IGN);
  off_t end = (off_t)(facts.f_bavail * facts.f_frsize) + (1 << 30);
  return pwrite(descriptor, "x", 1, end) == 1 ? 0 : errno;
}

static void *work(void *done) {
  *(int *)done = 1;
  return NULL;
}

static int start_thread(void) {
  pthread_t thread;
  int done = 0;
  int error = pthread_create(&thread, NULL, work, &done);
  if (error == 0) error = pthread_join(thread, NULL);
  return error != 0 ? error : done ? 0 : ECANCELED;
}

static int raise_limit(void) {
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  return setrlimit(RLIMIT_DATA, &limit) == 0 ? 0 : errno;
}

static int make_executable(void) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return errno;
  return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
}

/* An errno of 0 is success. */
static int answer(long number, uint32_t error) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 ? 0 : errno;
}

int role_kernel(const char *name) {
  if (strcmp(name, "usual") == 0) return 0;
  if (strcmp(name, "without-landlock") == 0) return answer(SYS_landlock_create_ruleset, ENOSYS);
  if (strcmp(name, "without-seccomp") == 0) return answer(SYS_seccomp, ENOSYS);
  if (strcmp(name, "letting-all-through") == 0) return answer(SYS_seccomp, 0);
  return EINVAL;
}

/* Hours of processor time that are given; 0 for no bound. */
static int processor_hours(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_max == RLIM_INFINITY || limit.rlim_cur != limit.rlim_max) return 0;
  return (int)((limit.rlim_max + 3599) / 3600);
}

/* CLONE_NEW…, each of which a filter has to see. */
static const struct {
  const char *word;
  long flag;
} namespaces[] = {
    {"mounts", 0x20000}, {"groups", 0x2000000}, {"hosts", 0x4000000}, {"messages", 0x8000000},
    {"users", 0x10000000}, {"processes", 0x20000000}, {"networks", 0x40000000},
};

static int is_of(const char *name, const char *start, const char *word) {
  size_t length = strlen(start);
  return strncmp(name, start, length) == 0 && strcmp(name + length, word) == 0;
}

int role_act(const char *name, const char *path, const char *other) {
#define ACT(word, ...) \
  if (strcmp(name, word) == 0) return (__VA_ARGS__)
  ACT("open-read", open_with(path, O_RDONLY));
  ACT("open-write", open_with(path, O_WRONLY));
  ACT("make-file", write_file(path));
  ACT("open-tpm", open_with("/dev/tpmrm0", O_RDWR));
  ACT("look-at-path", call(SYS_newfstatat, AT_FDCWD, (long)path, (long)&(struct stat){0}, 0, 0));
  ACT("look-as-at-open", call(SYS_newfstatat, AT_FDCWD, (long)path, (long)&(struct stat){0}, AT_EMPTY_PATH, 0));
  ACT("link-of-empty-path", call(SYS_linkat, 4, (long)"", AT_FDCWD, (long)other, AT_EMPTY_PATH));
  ACT("change-mode-of-empty-path", call(452 /* fchmodat2 */, 4, (long)"", 0777, AT_EMPTY_PATH, 0));
  ACT("change-owner-of-empty-path", call(SYS_fchownat, 4, (long)"", 1, 1, AT_EMPTY_PATH));
  ACT("open-by-handle", call(SYS_open_by_handle_at, AT_FDCWD, 0, 0, 0, 0));
  ACT("open-device", open_with("/dev/null", O_RDWR));
  ACT("empty-file", open_with(path, O_WRONLY | O_TRUNC));
  ACT("empty-by-reading", open_with(path, O_RDONLY | O_TRUNC));
  ACT("make-folder", call(SYS_mkdirat, AT_FDCWD, (long)path, 0700, 0, 0));
  ACT("make-pipe", call(SYS_mknodat, AT_FDCWD, (long)path, S_IFIFO | 0600, 0, 0));
  ACT("make-device", call(SYS_mknodat, AT_FDCWD, (long)path, S_IFCHR | 0600, 0x103, 0));
  ACT("point", call(SYS_symlinkat, (long)path, AT_FDCWD, (long)other, 0, 0));
  ACT("link", call(SYS_linkat, AT_FDCWD, (long)path, AT_FDCWD, (long)other, 0));
  ACT("rename", call(SYS_renameat2, AT_FDCWD, (long)path, AT_FDCWD, (long)other, 0));
  ACT("change-mode", call(SYS_fchmodat, AT_FDCWD, (long)path, 0777, 0, 0));
  ACT("change-mode-of-open", call(SYS_fchmod, 4, 0777, 0, 0, 0));
  ACT("change-owner", call(SYS_fchownat, AT_FDCWD, (long)path, 1, 1, 0));
  ACT("change-attribute", call(SYS_setxattr, (long)path, (long)"user.assay", (long)"x", 1, 0));
  ACT("list", list(path));
  /* TIOCSTI: to type what a shell then reads. */
  ACT("type", call(SYS_ioctl, 0, 0x5412, (long)"x", 0, 0));
  ACT("unlink", call(SYS_unlinkat, AT_FDCWD, (long)path, 0, 0, 0));
  ACT("tcp", connect_to(AF_INET, SOCK_STREAM, ""));
  ACT("listen", listen_at_port());
  ACT("udp", connect_to(AF_INET, SOCK_DGRAM, ""));
  ACT("unix", connect_to(AF_UNIX, SOCK_STREAM, path));
  ACT("raw-socket", call(SYS_socket, AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP, 0, 0));
  ACT("packet-socket", call(SYS_socket, AF_INET, SOCK_PACKET, htons(3), 0, 0));
  ACT("link-layer-socket", call(SYS_socket, AF_PACKET, SOCK_DGRAM, htons(3), 0, 0));
  ACT("unix-abstract", connect_to(AF_UNIX, SOCK_STREAM, other));
  ACT("socket-pair", call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, (long)(int[2]){0}, 0));
  ACT("pair-of-no-family", call(SYS_socketpair, AF_NETLINK, SOCK_DGRAM, 0, (long)(int[2]){0}, 0));
  ACT("netlink", call(SYS_socket, AF_NETLINK, SOCK_DGRAM, 0, 0, 0));
  ACT("exec", call(SYS_execve, (long)"/bin/true", (long)(char *[]){"true", NULL}, 0, 0, 0));
  ACT("exec-own", call(SYS_execve, (long)"/proc/self/exe", (long)(char *[]){"again", NULL}, 0, 0, 0));
  /* EFAULT from whoever would execute: nothing of it can fail later, and for another cause. */
  ACT("exec-nothing", call(SYS_execve, 0, 0, 0, 0, 0));
  ACT("exec-by-descriptor", call(SYS_execveat, 3, (long)"", 0, 0, AT_EMPTY_PATH));
  ACT("fork", call(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  ACT("vfork-number", call(SYS_clone, SIGCHLD | 0x4000, 0, 0, 0, 0));
  ACT("ptrace", call(SYS_ptrace, PTRACE_ATTACH, parent, 0, 0, 0));
  ACT("read-other-memory", call(SYS_process_vm_readv, parent, 0, 0, 0, 0));
  ACT("take-descriptor", call(438 /* pidfd_getfd */, 0, 0, 0, 0, 0));
  ACT("kill-parent", kill(parent, 0) == 0 ? 0 : errno);
  ACT("terminate-other", call(SYS_kill, no_process, SIGTERM, 0, 0, 0));
  ACT("map-executable",
      mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0);
  ACT("make-executable", make_executable());
  ACT("thread", start_thread());
  ACT("speak", write(3, "x", 1) == 1 ? 0 : errno);
  ACT("read-handed", read_handed());
  /* Where standard error leads into a file: whatever was open for writing before. */
  ACT("write-on", write_on(2));
  ACT("write-beyond", write_beyond(2));
  ACT("use-left-open", fcntl(9, F_GETFD) < 0 ? errno : 0);
  ACT("much-memory", use_memory((size_t)3 << 30, MAP_PRIVATE, 32 << 20));
  ACT("all-memory", use_memory((size_t)5 << 30, MAP_PRIVATE, 32 << 20));
  ACT("many-addresses", use_addresses((size_t)80 << 30));
  ACT("processor-hours", processor_hours());
  ACT("some-memory", use_memory((size_t)256 << 20, MAP_PRIVATE, 4096));
  ACT("shared-memory", use_memory((size_t)64 << 20, MAP_SHARED, 4096));
  ACT("growing-memory", use_memory((size_t)64 << 20, MAP_PRIVATE | MAP_GROWSDOWN, 4096));
  ACT("poison-memory", call(SYS_madvise, 0, 0, 100 /* MADV_HWPOISON */, 0, 0));
  /* As a thread, and as a process. */
  for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
    if (is_of(name, "thread-in-", namespaces[i].word)) return call(SYS_clone, namespaces[i].flag | 0x10000, 0, 0, 0, 0);
    if (is_of(name, "process-in-", namespaces[i].word)) return call(SYS_clone, namespaces[i].flag | SIGCHLD, 0, 0, 0, 0);
  }
  ACT("many-descriptors", open_many());
  ACT("raise-limit", raise_limit());
  ACT("limit-other", call(SYS_prlimit64, no_process, RLIMIT_CPU, 0x100000000, 0, 0));
  ACT("abort-other", call(SYS_tgkill, no_process, no_process, SIGABRT, 0, 0));
  ACT("choose-signal", call(SYS_fcntl, 0, F_SETSIG, SIGKILL, 0, 0));
  ACT("choose-receiver", call(SYS_fcntl, 0, F_SETOWN, no_process, 0, 0));
  ACT("io-uring", call(425, 4, 0, 0, 0, 0));
  ACT("bpf", call(321, 0, 0, 0, 0, 0));
  ACT("keyctl", call(SYS_keyctl, 0, 0, 0, 0, 0));
  ACT("mount", call(SYS_mount, 0, (long)"/tmp", 0, 0, 0));
  ACT("namespace", call(SYS_unshare, 0x10000000, 0, 0, 0, 0));
  ACT("userfaultfd", call(SYS_userfaultfd, 0, 0, 0, 0, 0));
  ACT("module", call(SYS_init_module, 0, 0, 0, 0, 0));
  ACT("reboot", call(SYS_reboot, 0, 0, 0, 0, 0));
  ACT("set-clock", call(SYS_clock_settime, 0, 0, 0, 0, 0));
  ACT("chroot", call(SYS_chroot, (long)"/", 0, 0, 0, 0));
  ACT("memory-file", call(SYS_memfd_create, (long)"x", 0, 0, 0, 0));
  ACT("unfilter", call(SYS_prctl, 22 /* PR_SET_SECCOMP */, 0, 0, 0, 0));
  ACT("other-architecture", ask_as_other_architecture());
#if defined(__x86_64__)
  ACT("foreign-number", call(0x40000000 + 39, 0, 0, 0, 0, 0));
#endif
  ACT("nothing", 0);
  return -1;
}
