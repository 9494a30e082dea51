// A software TPM 2.0 in this process (libtpms), reached through a TCTI of our own.
//
// For trying out and for tests: its seeds lie in the state file in clear, and copying an old file back rolls it back.
//
// DIRECTORY/state       what the TPM keeps over a power cycle. Written whole, to state.new: fdatasync, rename, fsync of
//                       the directory. A state.new that was left behind is never read.
// DIRECTORY/lock        flock; holds the decimal process id of the holder.
//
// libtpms has global state: one instance per process, so a second opener in the same process waits as another process
// would.
#pragma once
#include <stdint.h>

typedef struct assay_software_tpm assay_software_tpm;

typedef enum {
  ASSAY_SOFTWARE_TPM_OK = 0,
  // Another holder kept it for longer than the caller would wait; `holder` is its process, 0 where unknown.
  ASSAY_SOFTWARE_TPM_LOCKED,
  // There is no state file, and the caller did not ask to create one.
  ASSAY_SOFTWARE_TPM_MISSING,
  // There is a state file, and the caller asked to create one.
  ASSAY_SOFTWARE_TPM_EXISTS,
  // The state file is truncated, altered by accident, of another format, or not what libtpms wrote.
  ASSAY_SOFTWARE_TPM_CORRUPT,
  // A system call failed; `error` is errno.
  ASSAY_SOFTWARE_TPM_IO,
} assay_software_tpm_status;

typedef struct {
  assay_software_tpm_status status;
  int error;
  int64_t holder;
} assay_software_tpm_failure;

// Powers the TPM on; TPM2_Startup is the caller's. `create` makes a new TPM, and only then. Waits at most
// `milliseconds` for another holder. Returns NULL and fills `failure` where it cannot.
assay_software_tpm *assay_software_tpm_open(
    const char *directory, int create, int64_t milliseconds, assay_software_tpm_failure *failure);

// The TSS2_TCTI_CONTEXT to give to ESAPI; it lives as long as the TPM.
void *assay_software_tpm_tcti(assay_software_tpm *tpm);

// errno of the last write of the state file that failed, or 0: the TPM itself only says that it is in failure mode.
int assay_software_tpm_write_error(const assay_software_tpm *tpm);

// Powers it off and lets the next holder in. What the TPM answered is in the state file already.
void assay_software_tpm_close(assay_software_tpm *tpm);
