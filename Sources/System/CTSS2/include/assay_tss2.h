// tpm2-tss ESAPI as flat functions over byte buffers: no unions, no macros, no handles of its types leave this shim.
//
// Every function returns a TSS2_RC: 0 is success, anything else is what the TPM or a layer of tpm2-tss answered.
// Public areas and templates travel as marshalled TPMT_PUBLIC (TPM 2.0 Part 2 §12.2.4). Not for concurrent use.
#pragma once
#include <stddef.h>
#include <stdint.h>

// One ESAPI context over one connection.
typedef struct assay_tpm assay_tpm;

// An ESYS_TR: the context's own name for an object, not the TPM's handle.
typedef uint32_t assay_tpm_object;

// Bounds in bytes: a Name is an algorithm and a digest; the others are what tpm2-tss itself can hold.
#define ASSAY_TPM_NAME_MAX 68
#define ASSAY_TPM_PUBLIC_MAX 1024
#define ASSAY_TPM_PRIVATE_MAX 2048
// Size of a P-256 coordinate or scalar.
#define ASSAY_TPM_P256_SIZE 32

// Connects through tpm2-tss's own loader. `configuration` names module and address ("device:/dev/tpmrm0"): never NULL,
// because the loader's search would try TCP ports.
uint32_t assay_tpm_open(const char *configuration, assay_tpm **out);
// Connects over a TCTI context of ours, which stays the caller's and must outlive the connection.
uint32_t assay_tpm_open_over(void *tcti, assay_tpm **out);
void assay_tpm_close(assay_tpm *tpm);

// TPM2_Startup(CLEAR); a TPM that was started already is success (Part 3 §9.3).
uint32_t assay_tpm_startup(assay_tpm *tpm);
// TPM2_Shutdown(CLEAR) (Part 3 §9.4).
uint32_t assay_tpm_shutdown(assay_tpm *tpm);

// Fills `out` from TPM2_GetRandom, in as many calls as the TPM needs.
uint32_t assay_tpm_random(assay_tpm *tpm, uint8_t *out, size_t size);

// How many handles the TPM holds of the range that begins at `first`: 0x80000000 transient, 0x02000000 sessions
// (TPM2_GetCapability, HANDLES).
uint32_t assay_tpm_handles(assay_tpm *tpm, uint32_t first, uint32_t *count);

// TPM2_CreatePrimary in the owner hierarchy, whose auth must be empty.
uint32_t assay_tpm_create_primary(
    assay_tpm *tpm, const uint8_t *template_area, size_t template_size, assay_tpm_object *primary);
// TPM2_EvictControl: keeps `object` under `handle` for good.
uint32_t assay_tpm_persist(assay_tpm *tpm, assay_tpm_object object, uint32_t handle);
// Opens what lies at a persistent handle (TPM2_ReadPublic, for its Name). Close it with `assay_tpm_forget`.
uint32_t assay_tpm_at(assay_tpm *tpm, uint32_t handle, assay_tpm_object *object);
// TPM2_ReadPublic. The size holds the buffer's capacity before, the length after.
uint32_t assay_tpm_read_public(
    assay_tpm *tpm, assay_tpm_object object, uint8_t *public_area, size_t *public_size);

// TPM2_Create under `parent`, with empty auth. Sizes hold the buffers' capacities before, the lengths after.
uint32_t assay_tpm_create(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *template_area, size_t template_size, uint8_t *public_area,
    size_t *public_size, uint8_t *private_blob, size_t *private_size);
uint32_t assay_tpm_load(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *public_area, size_t public_size,
    const uint8_t *private_blob, size_t private_size, assay_tpm_object *object);
// The object's Name (Part 1 §16), as the TPM gave it when the object was loaded or read.
uint32_t assay_tpm_name(assay_tpm *tpm, assay_tpm_object object, uint8_t *name, size_t *size);

// TPM2_Sign with the key's own scheme, which must be ECDSA over P-256. `r` and `s` are big-endian, left-padded.
uint32_t assay_tpm_sign(
    assay_tpm *tpm, assay_tpm_object key, const uint8_t *digest, size_t digest_size, uint8_t *r, uint8_t *s);

// TPM2_FlushContext: for transient objects.
uint32_t assay_tpm_flush(assay_tpm *tpm, assay_tpm_object object);
// Drops the context's record of a persistent object; the TPM keeps the object.
uint32_t assay_tpm_forget(assay_tpm *tpm, assay_tpm_object object);

// tpm2-tss's words for a code: NUL-terminated, truncated to `size`.
void assay_tpm_explain(uint32_t code, char *out, size_t size);
