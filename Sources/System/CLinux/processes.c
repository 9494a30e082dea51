#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int assay_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

int assay_limit(int bound, uint64_t most) {
  static const __rlimit_resource_t resources[] = {
      [ASSAY_MEMORY] = RLIMIT_DATA,          [ASSAY_ADDRESSES] = RLIMIT_AS,     [ASSAY_PROCESSOR_SECONDS] = RLIMIT_CPU,
      [ASSAY_DESCRIPTORS] = RLIMIT_NOFILE,   [ASSAY_FILE_SIZE] = RLIMIT_FSIZE,  [ASSAY_PROCESSES] = RLIMIT_NPROC,
      [ASSAY_CORE] = RLIMIT_CORE,
  };
  struct rlimit limit;
  if (getrlimit(resources[bound], &limit) != 0) return errno;
  if (most > limit.rlim_max) most = limit.rlim_max;
  limit.rlim_cur = limit.rlim_max = most;
  return setrlimit(resources[bound], &limit) == 0 ? 0 : errno;
}

int assay_close_from(int first) { return syscall(SYS_close_range, first, ~0U, 0) == 0 ? 0 : errno; }

int assay_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno; }

int assay_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : errno; }

int assay_keep_root_rights(uint64_t kept) {
  /* Ambient rights are older than what may fail here: without them there are none to give up. */
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  /* What an executed program could get back. It takes a right of its own to give that up, which few have but root. */
  for (int right = 0; right < 64; right++)
    if ((kept >> right & 1) == 0 && prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0 && errno != EPERM && errno != EINVAL)
      return errno;
  struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct rights[2];
  if (syscall(SYS_capget, &head, rights) != 0) return errno;
  for (int i = 0; i < 2; i++) {
    rights[i].permitted &= (uint32_t)(kept >> 32 * i);
    rights[i].effective &= (uint32_t)(kept >> 32 * i);
    rights[i].inheritable = 0;
  }
  return syscall(SYS_capset, &head, rights) == 0 ? 0 : errno;
}

int assay_send_descriptor(int socket, int descriptor) {
  char byte = 0;
  struct iovec vector = {&byte, 1};
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR) return errno;
  return 0;
}

int assay_receive_descriptor(int socket, int *descriptor) {
  char byte;
  struct iovec vector = {&byte, 1};
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
  ssize_t count;
  while ((count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0)
    if (errno != EINTR) return -1;
  if (count == 0) return 0;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int))) {
    errno = EBADMSG;
    return -1;
  }
  memcpy(descriptor, CMSG_DATA(header), sizeof(int));
  return 1;
}

/* Copies of descriptors above every place that is filled, so that filling one does not close what another needs. */
typedef struct {
  int copies[16];
  size_t count;
} lifted;

static void drop(const lifted *above) {
  for (size_t i = 0; i < above->count; i++) close(above->copies[i]);
}

static int lift(lifted *above, const int *descriptors, size_t count) {
  above->count = 0;
  if (count > sizeof above->copies / sizeof above->copies[0]) return EINVAL;
  for (; above->count < count; above->count++) {
    int copy = fcntl(descriptors[above->count], F_DUPFD_CLOEXEC, 64);
    if (copy < 0) {
      int error = errno;
      drop(above);
      return error;
    }
    above->copies[above->count] = copy;
  }
  return 0;
}

int assay_spawn(
    const char *path, char *const arguments[], char *const environment[], const int *descriptors, size_t count,
    pid_t *child) {
  lifted above;
  int error = lift(&above, descriptors, count);
  if (error != 0) return error;
  posix_spawn_file_actions_t actions;
  error = posix_spawn_file_actions_init(&actions);
  if (error == 0) {
    for (size_t i = 0; i < count && error == 0; i++)
      error = posix_spawn_file_actions_adddup2(&actions, above.copies[i], (int)i);
    posix_spawnattr_t attributes;
    if (error == 0) error = posix_spawnattr_init(&attributes);
    if (error == 0) {
      /* A caller that ignores SIGPIPE or blocks signals would hand that on. */
      sigset_t none, all;
      sigemptyset(&none);
      sigfillset(&all);
      /* But for what nohup(1) means for all that it starts. */
      sigdelset(&all, SIGHUP);
      posix_spawnattr_setsigmask(&attributes, &none);
      posix_spawnattr_setsigdefault(&attributes, &all);
      posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
      error = posix_spawn(child, path, &actions, &attributes, arguments, environment);
      posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
  }
  drop(&above);
  return error;
}

/* In a copy of a process that may have had threads: nothing but system calls. */
static void start_when_spoken_to(
    const char *path, char *const arguments[], char *const environment[], const lifted *above, int channel) {
  /* It holds a copy of the memory: nobody looks into it, it gains nothing by what it executes, and it does not outlive its
     parent. */
  if (assay_hide_memory() != 0 || assay_no_new_privileges() != 0 || assay_die_with_parent() != 0) return;
  for (size_t i = 0; i < above->count; i++)
    if (dup2(above->copies[i], (int)i) < 0) return;
  if (assay_close_from((int)above->count) != 0) return;
  struct pollfd word = {.fd = channel, .events = POLLIN};
  while (poll(&word, 1, -1) < 0)
    if (errno != EINTR) return;
  char byte;
  if (recv(channel, &byte, 1, MSG_PEEK) != 1) return;
  struct sigaction usual = {.sa_handler = SIG_DFL};
  /* But for what nohup(1) means for all that it starts. */
  for (int signal = 1; signal < NSIG; signal++)
    if (signal != SIGHUP) sigaction(signal, &usual, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(path, arguments, environment);
}

int assay_spawn_when_spoken_to(
    const char *path, char *const arguments[], char *const environment[], const int *descriptors, size_t count,
    int channel, pid_t *child) {
  lifted above;
  int error = lift(&above, descriptors, count);
  if (error != 0) return error;
  /* No signal runs a handler of this process in its copy. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *child = _Fork();
  if (*child == 0) {
    start_when_spoken_to(path, arguments, environment, &above, channel);
    _exit(127);
  }
  if (*child < 0) error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  drop(&above);
  return error;
}

void assay_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

int assay_sync_file_system(int descriptor) { return syncfs(descriptor); }
