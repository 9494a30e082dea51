#define _GNU_SOURCE
#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libtpms/tpm_error.h>
#include <libtpms/tpm_memory.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Largest state file that is read, in bytes; libtpms 0.9 writes 1.4 KB to about 130 KB (every NV index full).
#define STATE_MAX (1 << 20)
#define STATE_NAME "state"
#define STATE_TEMPORARY "state.new"

int assay_state_exists(int directory) {
  struct stat facts;
  return fstatat(directory, STATE_NAME, &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

static const unsigned char magic[16] = "assay-tpm-state1";
#define HEADER_SIZE (sizeof magic + 8 + 8)

// FNV-1a: finds a damaged disk, not an attacker, who could write whatever state he likes.
static uint64_t checksum(const unsigned char *bytes, size_t size) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
  return hash;
}

static void put64(unsigned char *out, uint64_t value) {
  for (int i = 0; i < 8; i++) out[i] = (unsigned char)(value >> (56 - 8 * i));
}

static uint64_t get64(const unsigned char *bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
  return value;
}

static int write_all(int file, const unsigned char *bytes, size_t size) {
  while (size > 0) {
    ssize_t done = write(file, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return -1;
    bytes += done;
    size -= (size_t)done;
  }
  return 0;
}

int assay_state_write(int directory, const unsigned char *blob, uint32_t size) {
  unsigned char header[HEADER_SIZE];
  memcpy(header, magic, sizeof magic);
  put64(header + sizeof magic, checksum(blob, size));
  put64(header + sizeof magic + 8, size);
  unlinkat(directory, STATE_TEMPORARY, 0);
  int file = openat(directory, STATE_TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  int failed = write_all(file, header, sizeof header) || write_all(file, blob, size) || fdatasync(file);
  int error = errno;
  close(file);
  if (failed) {
    unlinkat(directory, STATE_TEMPORARY, 0);
    errno = error;
    return -1;
  }
  if (renameat(directory, STATE_TEMPORARY, directory, STATE_NAME)) return -1;
  return fsync(directory);
}

assay_software_tpm_status assay_state_read(int directory, unsigned char **blob, uint32_t *size) {
  int file = openat(directory, STATE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return errno == ENOENT ? ASSAY_SOFTWARE_TPM_MISSING : ASSAY_SOFTWARE_TPM_IO;
  struct stat facts;
  unsigned char header[HEADER_SIZE];
  assay_software_tpm_status status = ASSAY_SOFTWARE_TPM_CORRUPT;
  unsigned char *bytes = NULL;
  if (fstat(file, &facts) || !S_ISREG(facts.st_mode)) goto done;
  if (facts.st_size <= (off_t)HEADER_SIZE || facts.st_size > STATE_MAX) goto done;
  size_t length = (size_t)facts.st_size - HEADER_SIZE;
  if (read(file, header, HEADER_SIZE) != (ssize_t)HEADER_SIZE) goto done;
  if (memcmp(header, magic, sizeof magic) || get64(header + sizeof magic + 8) != length) goto done;
  if (TPM_Malloc(&bytes, (uint32_t)length) != TPM_SUCCESS) {
    errno = ENOMEM;
    status = ASSAY_SOFTWARE_TPM_IO;
    goto done;
  }
  if (read(file, bytes, length) != (ssize_t)length) goto done;
  if (checksum(bytes, length) != get64(header + sizeof magic)) goto done;
  *blob = bytes;
  *size = (uint32_t)length;
  bytes = NULL;
  status = ASSAY_SOFTWARE_TPM_OK;
done:;
  int error = errno;
  TPM_Free(bytes);
  close(file);
  errno = error;
  return status;
}
