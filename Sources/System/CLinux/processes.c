#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
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
      [ASSAY_MEMORY] = RLIMIT_DATA,       [ASSAY_PROCESSOR_SECONDS] = RLIMIT_CPU, [ASSAY_DESCRIPTORS] = RLIMIT_NOFILE,
      [ASSAY_FILE_SIZE] = RLIMIT_FSIZE,   [ASSAY_PROCESSES] = RLIMIT_NPROC,       [ASSAY_CORE] = RLIMIT_CORE,
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

int assay_spawn(
    const char *path, char *const arguments[], char *const environment[], const int *descriptors, size_t count,
    pid_t *child) {
  /* Above every place that is filled, so that filling one does not close what another needs. */
  int copies[16];
  if (count > 16) return EINVAL;
  int error = 0;
  size_t made = 0;
  for (; made < count; made++) {
    copies[made] = fcntl(descriptors[made], F_DUPFD_CLOEXEC, 64);
    if (copies[made] < 0) {
      error = errno;
      break;
    }
  }
  posix_spawn_file_actions_t actions;
  if (error == 0) error = posix_spawn_file_actions_init(&actions);
  if (error == 0) {
    for (size_t i = 0; i < count && error == 0; i++)
      error = posix_spawn_file_actions_adddup2(&actions, copies[i], (int)i);
    posix_spawnattr_t attributes;
    if (error == 0) error = posix_spawnattr_init(&attributes);
    if (error == 0) {
      /* A caller that ignores SIGPIPE or blocks signals would hand that on. */
      sigset_t none, all;
      sigemptyset(&none);
      sigfillset(&all);
      posix_spawnattr_setsigmask(&attributes, &none);
      posix_spawnattr_setsigdefault(&attributes, &all);
      posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
      error = posix_spawn(child, path, &actions, &attributes, arguments, environment);
      posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
  }
  for (size_t i = 0; i < made; i++) close(copies[i]);
  return error;
}

void assay_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }
