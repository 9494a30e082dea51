#include "clinux.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#error "Assay knows the system calls of x86-64 and arm64."
#endif

static const struct {
  const char *name;
  int number;
} calls[] = {
#define CALL(name) {#name, SYS_##name}
    CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64), CALL(pwrite64), CALL(lseek), CALL(close),
    CALL(fstat), CALL(newfstatat), CALL(statx), CALL(fstatfs), CALL(statfs), CALL(ppoll), CALL(openat),
    CALL(getdents64), CALL(readlinkat), CALL(faccessat), CALL(faccessat2), CALL(fadvise64), CALL(fcntl), CALL(flock),
    CALL(dup), CALL(dup3), CALL(ioctl), CALL(getcwd), CALL(fsync), CALL(fdatasync), CALL(syncfs), CALL(ftruncate),
    CALL(mkdirat), CALL(unlinkat), CALL(renameat), CALL(renameat2), CALL(fchmod), CALL(fchown), CALL(mmap),
    CALL(mprotect), CALL(munmap), CALL(mremap), CALL(madvise), CALL(brk), CALL(futex), CALL(clone), CALL(clone3),
    CALL(set_robust_list), CALL(rseq), CALL(set_tid_address), CALL(sched_yield), CALL(sched_getaffinity),
    CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday),
    CALL(restart_syscall), CALL(getrandom), CALL(getpid), CALL(gettid), CALL(getuid), CALL(geteuid), CALL(getgid),
    CALL(getegid), CALL(uname), CALL(sysinfo), CALL(prlimit64), CALL(rt_sigaction), CALL(rt_sigprocmask),
    CALL(rt_sigreturn), CALL(sigaltstack), CALL(tgkill), CALL(exit), CALL(exit_group), CALL(socket), CALL(connect),
    CALL(sendto), CALL(recvfrom), CALL(sendmsg), CALL(recvmsg), CALL(shutdown), CALL(getsockopt), CALL(setsockopt),
    CALL(getsockname), CALL(getpeername), CALL(socketpair), CALL(wait4), CALL(kill), CALL(execve), CALL(prctl),
    CALL(seccomp), CALL(capget), CALL(capset), CALL(landlock_create_ruleset), CALL(landlock_add_rule),
    CALL(landlock_restrict_self), CALL(close_range), CALL(membarrier),
/* What newer architectures leave out. */
#ifdef SYS_open
    CALL(open), CALL(stat), CALL(lstat), CALL(access), CALL(poll), CALL(readlink), CALL(mkdir), CALL(unlink),
    CALL(rmdir), CALL(rename), CALL(dup2), CALL(arch_prctl), CALL(time), CALL(getdents),
#endif
#undef CALL
};

int assay_system_call(const char *name) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (strcmp(calls[i].name, name) == 0) return calls[i].number;
  return -1;
}

/* A program has at most 4096 instructions (BPF_MAXINSNS). */
enum { MOST_STEPS = 9, MOST_RULES = 450 };

int assay_seccomp_restrict(const assay_call_rule *rules, size_t count) {
  if (count > MOST_RULES) return E2BIG;
  struct sock_filter *program = calloc(count * MOST_STEPS + 8, sizeof *program);
  if (program == NULL) return ENOMEM;
  size_t n = 0;
#define STEP(...) program[n++] = (struct sock_filter)__VA_ARGS__
  STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
  /* By the numbers of another architecture that the kernel serves, these would be other calls. */
  STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0));
  STEP(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
  for (size_t i = 0; i < count; i++) {
    const assay_call_rule *rule = &rules[i];
    uint32_t answer = rule->error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | ((uint32_t)rule->error & 0xffff);
    if (rule->argument < 0) {
      STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->number, 0, 1));
      STEP(BPF_STMT(BPF_RET | BPF_K, answer));
      continue;
    }
    STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->number, 0, rule->whole ? 7 : 5));
    /* Both architectures are little-endian: the low half comes first. */
    uint32_t low = (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (size_t)rule->argument);
    if (rule->whole) {
      STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low + 4));
      STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4));
    }
    STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low));
    STEP(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, rule->mask));
    STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, rule->value, 0, 1));
    STEP(BPF_STMT(BPF_RET | BPF_K, answer));
    STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
  }
  STEP(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
#undef STEP
  struct sock_fprog filter = {.len = (unsigned short)n, .filter = program};
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  int error = result == 0 ? 0 : result > 0 ? EBUSY : errno;
  free(program);
  return error;
}
