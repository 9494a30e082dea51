// What the files of this shim share. Not for Swift.
#pragma once
#include "assay_tss2.h"

#include <string.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_mu.h>

struct assay_tpm {
  ESYS_CONTEXT *esys;
  // Ours to finalize; NULL where the caller brought the TCTI.
  TSS2_TCTI_CONTEXT *tcti;
  // The encrypting session while one is open, else ESYS_TR_NONE.
  ESYS_TR salted;
};

// The three sessions of one command.
typedef struct {
  ESYS_TR one, two, three;
} assay_sessions;

// Who authorizes (a session, ASSAY_TPM_PASSWORD, ASSAY_TPM_SALTED, or ASSAY_TPM_NOBODY for a command without
// authorization), and after it the encrypting session where one is open.
//
// Sets the encrypting session's attributes anew, each time: ESAPI takes DECRYPT or ENCRYPT away for a command that has
// no such parameter, and gives it back only if the command succeeds. After a failure the next secret would go in clear.
TSS2_RC assay_arm(assay_tpm *tpm, uint32_t authorization, assay_sessions *sessions);
// The same for commands with two authorizations.
TSS2_RC assay_arm_two(assay_tpm *tpm, uint32_t first, uint32_t second, assay_sessions *sessions);

// Overwrites the copies of secrets that ESAPI keeps: of the last command, and in `session`, which is the encrypting one or
// a policy session, with the auth that the context has for `object`.
TSS2_RC assay_overwrite(assay_tpm *tpm, ESYS_TR object, ESYS_TR session);

// TPM2B structures all begin with a UINT16 size, and go on with the bytes.
TSS2_RC assay_fill(void *sized, size_t capacity, const uint8_t *bytes, size_t size);
// Copies bytes out; `*size` holds the capacity before, the length after.
TSS2_RC assay_give(const uint8_t *bytes, size_t length, uint8_t *out, size_t *size);

TSS2_RC assay_unmarshal_public(const uint8_t *area, size_t size, TPM2B_PUBLIC *out);
TSS2_RC assay_marshal_public(const TPM2B_PUBLIC *public, uint8_t *area, size_t *size);
// Takes r and s out of an ECDSA signature over P-256, left-padded.
TSS2_RC assay_take_signature(const TPMT_SIGNATURE *signature, uint8_t *r, uint8_t *s);
// A selection of the SHA-256 bank; bit i of `pcrs` is PCR i, below 24.
TPML_PCR_SELECTION assay_selection(uint32_t pcrs);

#define ASSAY_FILL(sized, bytes, size) assay_fill(&(sized), sizeof(sized) - sizeof(UINT16), bytes, size)
