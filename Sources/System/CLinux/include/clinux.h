#ifndef ASSAY_CLINUX_H
#define ASSAY_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What Linux offers to a process that wants less: Landlock, seccomp; and descriptors that pass from one process to
   another. Each returns 0, or an errno. */

/* The version of Landlock that the kernel has; 0 where it has none. */
int assay_landlock_version(void);

/* What may be done below a path. */
enum {
  ASSAY_MAY_READ = 1,
  ASSAY_MAY_WRITE = 2,
  ASSAY_MAY_EXECUTE = 4,
};

typedef struct {
  /* Of the file or folder; O_PATH is enough. */
  int descriptor;
  int access;
} assay_path_rule;

enum {
  ASSAY_MAY_CONNECT = 1,
  ASSAY_MAY_SIGNAL = 2,
};

/* Denies this thread, and those that it starts, every file but what the rules name; from version
   4 on TCP, and from version 6 on abstract sockets and signals to processes outside, as far as the kernel can and `others`
   does not say otherwise. ENOSYS where it has no Landlock. Needs no_new_privs. */
int assay_landlock_restrict(const assay_path_rule *rules, size_t count, int others);

/* A descriptor that names a file or folder and opens nothing of it (O_PATH); -1 where nothing is there. */
int assay_open_path(const char *path);

/* Bounds that the kernel keeps (getrlimit(2)). */
enum {
  ASSAY_MEMORY,
  ASSAY_ADDRESSES,
  ASSAY_PROCESSOR_SECONDS,
  ASSAY_DESCRIPTORS,
  ASSAY_FILE_SIZE,
  ASSAY_PROCESSES,
  ASSAY_CORE,
};

/* Never more than what this process has been allowed. */
int assay_limit(int bound, uint64_t most);

/* no_new_privs: whatever is executed later gets no rights that this process lacks. */
int assay_no_new_privileges(void);

/* Of root's rights (capabilities(7)) those whose bits are set in `kept`, and for good; whoever has none stays without. */
int assay_keep_root_rights(uint64_t kept);

/* The number of a system call on this architecture; -1 where it has none of that name. */
int assay_system_call(const char *name);

typedef struct {
  int number;
  /* Allowed only where (argument & mask) == value; no such condition where it is negative. The low 32 bits count,
     which are all that the kernel takes of an int. */
  int argument;
  uint32_t mask;
  uint32_t value;
  /* Whether the high 32 bits must be 0 as well: for what the kernel takes as a pointer. */
  int whole;
  /* 0 allows; otherwise the call fails with this errno and does nothing. */
  int error;
} assay_call_rule;

/* A rule's place is what counts where several have the same number: the first that fits. What no rule fits kills the
   process. Of all threads. Needs no_new_privs. */
int assay_seccomp_restrict(const assay_call_rule *rules, size_t count);

/* Closes every descriptor from `first` on. */
int assay_close_from(int first);

/* No other process of this user looks into this one's memory (ptrace(2)). */
int assay_hide_memory(void);

/* The parent's death ends this process. */
int assay_die_with_parent(void);

/* All threads share one heap (mallopt(3)). */
void assay_use_one_heap(void);

/* Writes back all of the file system on which `descriptor` lies (syncfs(2), which Swift's Glibc does not show). 0, or -1
   with errno set. */
int assay_sync_file_system(int descriptor);

/* Sends one byte with `descriptor`, or receives one: the number of bytes read, or -1 with errno set. */
int assay_send_descriptor(int socket, int descriptor);
int assay_receive_descriptor(int socket, int *descriptor);

/* Starts a program with exactly these descriptors: `descriptors[i]` becomes i. `arguments` and `environment` end with
   NULL. Nothing that is open here and has CLOEXEC passes. */
int assay_spawn(
    const char *path, char *const arguments[], char *const environment[], const int *descriptors, size_t count,
    pid_t *child);

/* The same, but only when something comes on its descriptor `channel`: until then the child is a copy of this process
   that waits, with those descriptors alone, and costs no start. Ends where the channel closes before. */
int assay_spawn_when_spoken_to(
    const char *path, char *const arguments[], char *const environment[], const int *descriptors, size_t count,
    int channel, pid_t *child);

#endif
