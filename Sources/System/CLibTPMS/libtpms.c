#define _GNU_SOURCE
#include "assay_libtpms.h"
#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <libtpms/tpm_memory.h>
#include <libtpms/tpm_nvfilename.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <tss2/tss2_tcti.h>
#include <unistd.h>

#define LOCK_NAME "lock"
// How often a held lock is tried again, in nanoseconds.
#define POLL_NANOSECONDS 5000000

struct assay_software_tpm {
  // First, so that a pointer to the TCTI is a pointer to this.
  TSS2_TCTI_CONTEXT_COMMON_V1 tcti;
  int directory;
  int lock;
  int creating;
  int load_status;  // what reading the state file came to
  int load_error;
  int write_error;
  unsigned char *response;
  uint32_t response_size, response_capacity;
  int response_waits;
};

// One instance per process. A semaphore and not a mutex, because another thread may close what one opened.
static sem_t turn;
static assay_software_tpm *current;
__attribute__((constructor)) static void set_up_turn(void) { sem_init(&turn, 0, 1); }

static void open_nowhere(void) {
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) TPMLIB_SetDebugFD(nowhere);
}

// libtpms would write its troubles to stderr, which is the operator's: they come back as codes instead.
static void be_quiet(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_nowhere);
}

// MARK: libtpms's callbacks

static TPM_RESULT nv_init(void) { return TPM_SUCCESS; }

static TPM_RESULT nv_load(unsigned char **data, uint32_t *length, uint32_t number, const char *name) {
  (void)number;
  if (!current) return TPM_FAIL;
  // TPM_RETRY means that there is none. Of the permanent state, that makes libtpms manufacture a TPM.
  if (strcmp(name, TPM_PERMANENT_ALL_NAME)) return TPM_RETRY;
  if (current->creating) return TPM_RETRY;
  current->load_status = assay_state_read(current->directory, data, length);
  current->load_error = errno;
  return current->load_status == ASSAY_SOFTWARE_TPM_OK ? TPM_SUCCESS : TPM_FAIL;
}

static TPM_RESULT nv_store(const unsigned char *data, uint32_t length, uint32_t number, const char *name) {
  (void)number;
  if (!current) return TPM_FAIL;
  if (strcmp(name, TPM_PERMANENT_ALL_NAME)) return TPM_SUCCESS;
  if (assay_state_write(current->directory, data, length) == 0) {
    // libtpms loads what it has just manufactured: another "there is none" would leave it with seeds of zeros.
    current->creating = 0;
    return TPM_SUCCESS;
  }
  current->write_error = errno;
  return TPM_FAIL;
}

static TPM_RESULT nv_delete(uint32_t number, const char *name, TPM_BOOL must_exist) {
  (void)number, (void)name, (void)must_exist;
  return TPM_SUCCESS;
}

static TPM_RESULT io_init(void) { return TPM_SUCCESS; }

static TPM_RESULT io_locality(TPM_MODIFIER_INDICATOR *locality, uint32_t number) {
  (void)number;
  *locality = 0;
  return TPM_SUCCESS;
}

static TPM_RESULT io_presence(TPM_BOOL *present, uint32_t number) {
  (void)number;
  *present = 0;
  return TPM_SUCCESS;
}

// MARK: The TCTI (TSS 2.0 TCTI specification, version 1 of the context)

#define TCTI_MAGIC 0x61737361795f7470u  // "assay_tp"

static assay_software_tpm *software(TSS2_TCTI_CONTEXT *context) {
  assay_software_tpm *tpm = (assay_software_tpm *)context;
  return tpm && tpm->tcti.magic == TCTI_MAGIC && tpm == current ? tpm : NULL;
}

static TSS2_RC transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command) {
  assay_software_tpm *tpm = software(context);
  if (!tpm || !command) return TSS2_TCTI_RC_BAD_CONTEXT;
  if (tpm->response_waits) return TSS2_TCTI_RC_BAD_SEQUENCE;
  if (size > UINT32_MAX) return TSS2_TCTI_RC_BAD_VALUE;
  tpm->response_size = 0;
  TPM_RESULT result = TPMLIB_Process(
      &tpm->response, &tpm->response_size, &tpm->response_capacity, (unsigned char *)command, (uint32_t)size);
  if (result != TPM_SUCCESS) return TSS2_TCTI_RC_IO_ERROR;
  tpm->response_waits = 1;
  return TSS2_RC_SUCCESS;
}

static TSS2_RC receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response, int32_t timeout) {
  (void)timeout;
  assay_software_tpm *tpm = software(context);
  if (!tpm || !size) return TSS2_TCTI_RC_BAD_CONTEXT;
  if (!tpm->response_waits) return TSS2_TCTI_RC_BAD_SEQUENCE;
  if (!response) {
    *size = tpm->response_size;
    return TSS2_RC_SUCCESS;
  }
  if (*size < tpm->response_size) return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
  memcpy(response, tpm->response, tpm->response_size);
  *size = tpm->response_size;
  tpm->response_waits = 0;
  return TSS2_RC_SUCCESS;
}

static void finalize(TSS2_TCTI_CONTEXT *context) { (void)context; }

static TSS2_RC cancel(TSS2_TCTI_CONTEXT *context) {
  (void)context;
  return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC poll_handles(TSS2_TCTI_CONTEXT *context, TSS2_TCTI_POLL_HANDLE *handles, size_t *count) {
  (void)context, (void)handles, (void)count;
  return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC set_locality(TSS2_TCTI_CONTEXT *context, uint8_t locality) {
  (void)context;
  return locality == 0 ? TSS2_RC_SUCCESS : TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

// MARK: Opening and closing

static int past(const struct timespec *deadline) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > deadline->tv_sec || (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

static int64_t read_holder(int lock) {
  char text[24] = {0};
  ssize_t size = pread(lock, text, sizeof text - 1, 0);
  return size > 0 ? strtoll(text, NULL, 10) : 0;
}

// Takes the lock file, or says who holds it.
static assay_software_tpm_status take_lock(
    int directory, const struct timespec *deadline, int *lock, int64_t *holder) {
  *lock = openat(directory, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (*lock < 0) return ASSAY_SOFTWARE_TPM_IO;
  while (flock(*lock, LOCK_EX | LOCK_NB)) {
    if (errno != EWOULDBLOCK && errno != EINTR) return ASSAY_SOFTWARE_TPM_IO;
    *holder = read_holder(*lock);
    if (past(deadline)) return ASSAY_SOFTWARE_TPM_LOCKED;
    nanosleep(&(struct timespec){.tv_nsec = POLL_NANOSECONDS}, NULL);
  }
  char text[24];
  int size = snprintf(text, sizeof text, "%lld\n", (long long)getpid());
  // For words alone: a full disk takes nothing from the lock.
  if (ftruncate(*lock, 0) == 0 && pwrite(*lock, text, (size_t)size, 0) != size) (void)!ftruncate(*lock, 0);
  return ASSAY_SOFTWARE_TPM_OK;
}

static assay_software_tpm_status power_on(assay_software_tpm *tpm, int *error) {
  static struct libtpms_callbacks callbacks = {
      .sizeOfStruct = sizeof(struct libtpms_callbacks),
      .tpm_nvram_init = nv_init,
      .tpm_nvram_loaddata = nv_load,
      .tpm_nvram_storedata = nv_store,
      .tpm_nvram_deletename = nv_delete,
      .tpm_io_init = io_init,
      .tpm_io_getlocality = io_locality,
      .tpm_io_getphysicalpresence = io_presence,
  };
  be_quiet();
  current = tpm;
  if (TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2) == TPM_SUCCESS &&
      TPMLIB_RegisterCallbacks(&callbacks) == TPM_SUCCESS && TPMLIB_MainInit() == TPM_SUCCESS)
    return ASSAY_SOFTWARE_TPM_OK;
  TPMLIB_Terminate();
  current = NULL;
  if (tpm->write_error) {
    *error = tpm->write_error;
    return ASSAY_SOFTWARE_TPM_IO;
  }
  *error = tpm->load_error;
  // A file that reads well and still does not start is none that libtpms wrote.
  return tpm->load_status == ASSAY_SOFTWARE_TPM_OK ? ASSAY_SOFTWARE_TPM_CORRUPT : tpm->load_status;
}

assay_software_tpm *assay_software_tpm_open(
    const char *directory, int create, int64_t milliseconds, assay_software_tpm_failure *failure) {
  *failure = (assay_software_tpm_failure){.status = ASSAY_SOFTWARE_TPM_IO};
  struct timespec deadline;
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  int64_t nanoseconds = deadline.tv_nsec + milliseconds % 1000 * 1000000;
  deadline.tv_sec += milliseconds / 1000 + nanoseconds / 1000000000;
  deadline.tv_nsec = nanoseconds % 1000000000;

  while (sem_clockwait(&turn, CLOCK_MONOTONIC, &deadline)) {
    if (errno == EINTR) continue;
    failure->status = ASSAY_SOFTWARE_TPM_LOCKED;
    failure->holder = getpid();
    return NULL;
  }
  assay_software_tpm *tpm = calloc(1, sizeof *tpm);
  if (!tpm) {
    failure->error = ENOMEM;
    sem_post(&turn);
    return NULL;
  }
  tpm->tcti = (TSS2_TCTI_CONTEXT_COMMON_V1){
      .magic = TCTI_MAGIC,
      .version = 1,
      .transmit = transmit,
      .receive = receive,
      .finalize = finalize,
      .cancel = cancel,
      .getPollHandles = poll_handles,
      .setLocality = set_locality,
  };
  tpm->creating = create;
  tpm->lock = -1;
  tpm->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (tpm->directory < 0) {
    failure->error = errno;
    if (errno == ENOENT && !create) failure->status = ASSAY_SOFTWARE_TPM_MISSING;
    goto fail;
  }
  // Before the lock file, so that opening what is not there leaves nothing behind.
  int there = assay_state_exists(tpm->directory);
  if (!there && !create) {
    failure->status = ASSAY_SOFTWARE_TPM_MISSING;
    goto fail;
  }
  failure->status = take_lock(tpm->directory, &deadline, &tpm->lock, &failure->holder);
  failure->error = errno;
  if (failure->status != ASSAY_SOFTWARE_TPM_OK) goto fail;
  there = assay_state_exists(tpm->directory);
  if (there && create) {
    failure->status = ASSAY_SOFTWARE_TPM_EXISTS;
    goto fail;
  }
  failure->status = power_on(tpm, &failure->error);
  if (failure->status == ASSAY_SOFTWARE_TPM_OK) return tpm;
fail:
  if (tpm->lock >= 0) close(tpm->lock);
  if (tpm->directory >= 0) close(tpm->directory);
  free(tpm);
  sem_post(&turn);
  return NULL;
}

void *assay_software_tpm_tcti(assay_software_tpm *tpm) { return &tpm->tcti; }

int assay_software_tpm_write_error(const assay_software_tpm *tpm) { return tpm->write_error; }

void assay_software_tpm_close(assay_software_tpm *tpm) {
  if (!tpm) return;
  TPMLIB_Terminate();
  current = NULL;
  TPM_Free(tpm->response);
  // Closing the descriptor gives up the lock. The file stays: unlinking it would let two holders in.
  close(tpm->lock);
  close(tpm->directory);
  free(tpm);
  sem_post(&turn);
}
