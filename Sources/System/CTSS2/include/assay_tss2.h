// tpm2-tss ESAPI as flat functions over byte buffers: no unions, no macros, no handles of its types leave this shim.
//
// Every function returns a TSS2_RC: 0 is success, anything else is what the TPM or a layer of tpm2-tss answered.
// Public areas and templates travel as marshalled TPMT_PUBLIC (TPM 2.0 Part 2 §12.2.4). Where a size is a pointer, it
// holds the buffer's capacity before and the length after. Not for concurrent use.
#pragma once
#include <stddef.h>
#include <stdint.h>

// One ESAPI context over one connection.
typedef struct assay_tpm assay_tpm;

// An ESYS_TR: the context's own name for an object, an NV index or a session, not the TPM's handle.
typedef uint32_t assay_tpm_object;

// Bounds in bytes: a Name is an algorithm and a digest; the others are what tpm2-tss itself can hold.
#define ASSAY_TPM_NAME_MAX 68
#define ASSAY_TPM_PUBLIC_MAX 1024
#define ASSAY_TPM_CREATED_MAX 4096
#define ASSAY_TPM_TICKET_MAX 128
#define ASSAY_TPM_SECRET_MAX 128
#define ASSAY_TPM_ATTEST_MAX 2304
// Bytes that every TPM reads of an NV index at once (PTP §3.5.3: at least 768 on chips).
#define ASSAY_TPM_NV_CHUNK 512
// Size of a P-256 coordinate or scalar.
#define ASSAY_TPM_P256_SIZE 32
// Size of a SHA-256 digest, the only algorithm of PCRs and policies here.
#define ASSAY_TPM_DIGEST_SIZE 32

// The hierarchies, as objects.
#define ASSAY_TPM_OWNER 0x101u
#define ASSAY_TPM_LOCKOUT 0x10Au
#define ASSAY_TPM_ENDORSEMENT 0x10Bu

// Who authorizes a command, beside policy sessions: an empty auth in the clear password session; an HMAC in the
// encrypting session, which must be open; nobody.
#define ASSAY_TPM_PASSWORD 0x0FFu
#define ASSAY_TPM_SALTED 0xFFEu
#define ASSAY_TPM_NOBODY 0xFFFu

// MARK: connection.c

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

// Handles that the TPM holds from `first` on, within the range of its highest byte: 0x80 transient, 0x81 persistent,
// 0x02 sessions, 0x01 NV (TPM2_GetCapability, HANDLES). `*count` holds the capacity before, the number after.
uint32_t assay_tpm_handles(assay_tpm *tpm, uint32_t first, uint32_t *handles, size_t *count);
// One TPM_PT (TPM2_GetCapability, TPM_PROPERTIES; Part 2 §6.13).
uint32_t assay_tpm_property(assay_tpm *tpm, uint32_t property, uint32_t *value);

typedef struct {
  uint64_t clock;  // milliseconds
  uint32_t resets, restarts;
  int safe;
} assay_tpm_clock;
uint32_t assay_tpm_read_clock(assay_tpm *tpm, assay_tpm_clock *out);

// Values of PCRs of the SHA-256 bank, 32 bytes each in ascending order; bit i of `pcrs` is PCR i. All of one moment:
// TPM_RC_PCR_CHANGED where one changed between two calls.
uint32_t assay_tpm_read_pcrs(assay_tpm *tpm, uint32_t pcrs, uint8_t *values, size_t *size);
// TPM2_PCR_Extend of one PCR, SHA-256.
uint32_t assay_tpm_extend_pcr(assay_tpm *tpm, uint32_t pcr, const uint8_t *digest);

// tpm2-tss's words for a code: NUL-terminated, truncated to `size`.
void assay_tpm_explain(uint32_t code, char *out, size_t size);

// MARK: sessions.c

// Opens the encrypting session: HMAC, salted to `key`, AES-128-CFB both ways. From here to `assay_tpm_end_salted` every
// command that can takes it along. Its key is the caller's to compare with a pinned Name first: a salt for a key that
// nobody certified is a salt for the interposer.
uint32_t assay_tpm_begin_salted(assay_tpm *tpm, assay_tpm_object key);
uint32_t assay_tpm_end_salted(assay_tpm *tpm);
// Forgets a session that the TPM would not end, or has lost (after TPM2_Clear, or a reset).
void assay_tpm_abandon_salted(assay_tpm *tpm);

// A policy session, salted to `key` unless that is ASSAY_TPM_NOBODY. Flush it.
uint32_t assay_tpm_begin_policy(assay_tpm *tpm, assay_tpm_object key, assay_tpm_object *session);
uint32_t assay_tpm_policy_pcr(assay_tpm *tpm, assay_tpm_object session, uint32_t pcrs, const uint8_t *digest);
// Compares what the index holds, from its first byte, with `operand`; authorized by the index's empty auth.
uint32_t assay_tpm_policy_nv(
    assay_tpm *tpm, assay_tpm_object session, assay_tpm_object nv, const uint8_t *operand, size_t operand_size,
    uint16_t operation);
uint32_t assay_tpm_policy_command(assay_tpm *tpm, assay_tpm_object session, uint32_t command);
// `ticket` is a marshalled TPMT_TK_VERIFIED.
uint32_t assay_tpm_policy_authorize(
    assay_tpm *tpm, assay_tpm_object session, const uint8_t *approved, const uint8_t *reference, size_t reference_size,
    const uint8_t *key_name, size_t key_name_size, const uint8_t *ticket, size_t ticket_size);
uint32_t assay_tpm_policy_auth_value(assay_tpm *tpm, assay_tpm_object session);
// Authorized in the encrypting session, by the auth of `entity`.
uint32_t assay_tpm_policy_secret(assay_tpm *tpm, assay_tpm_object session, assay_tpm_object entity);
// TPM2_VerifySignature: ECDSA with SHA-256 by a key loaded from outside.
uint32_t assay_tpm_verify_signature(
    assay_tpm *tpm, assay_tpm_object key, const uint8_t *digest, const uint8_t *r, const uint8_t *s, uint8_t *ticket,
    size_t *ticket_size);

// The auth with which this context proves itself for an object or a hierarchy from now on.
uint32_t assay_tpm_set_auth(assay_tpm *tpm, assay_tpm_object object, const uint8_t *auth, size_t size);
// Takes it back, and overwrites the copies of it that ESAPI would leave in memory. `session` is where it was proven:
// ASSAY_TPM_SALTED or a policy session. Reaches nothing but the object's record where no encrypting session is open.
void assay_tpm_forget_auth(assay_tpm *tpm, assay_tpm_object object, uint32_t session);

// MARK: objects.c

// TPM2_CreatePrimary. `hierarchy` is authorized by its empty auth.
uint32_t assay_tpm_create_primary(
    assay_tpm *tpm, assay_tpm_object hierarchy, const uint8_t *template_area, size_t template_size,
    assay_tpm_object *primary);
// TPM2_EvictControl: keeps a transient object under `handle` for good, or removes a persistent one from it.
// Authorized by the owner: ASSAY_TPM_PASSWORD or ASSAY_TPM_SALTED.
uint32_t assay_tpm_evict(assay_tpm *tpm, uint32_t authorization, assay_tpm_object object, uint32_t handle);
// Opens what lies at a persistent handle or an NV index (TPM2_ReadPublic, TPM2_NV_ReadPublic, for its Name). Close it
// with `assay_tpm_forget`.
uint32_t assay_tpm_at(assay_tpm *tpm, uint32_t handle, assay_tpm_object *object);
// TPM2_ReadPublic.
uint32_t assay_tpm_read_public(
    assay_tpm *tpm, assay_tpm_object object, uint8_t *public_area, size_t *public_size);

// TPM2_Create under `parent`, with an auth and data to seal, either of which may be empty.
// Gives TPM2B_PUBLIC, TPM2B_PRIVATE, TPM2B_CREATION_DATA and TPMT_TK_CREATION, one after the other.
uint32_t assay_tpm_create(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *template_area, size_t template_size, const uint8_t *auth,
    size_t auth_size, const uint8_t *data, size_t data_size, uint8_t *created, size_t *created_size);
uint32_t assay_tpm_load(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *public_area, size_t public_size,
    const uint8_t *private_blob, size_t private_size, assay_tpm_object *object);
// TPM2_LoadExternal of a public key, in the owner hierarchy, so that tickets about it last.
uint32_t assay_tpm_load_external(
    assay_tpm *tpm, const uint8_t *public_area, size_t public_size, assay_tpm_object *object);
// The object's Name (Part 1 §16): computed by ESAPI from the public area that was loaded or read.
uint32_t assay_tpm_name(assay_tpm *tpm, assay_tpm_object object, uint8_t *name, size_t *size);

// TPM2_Sign with the key's own scheme, which must be ECDSA over P-256. `r` and `s` are big-endian, left-padded.
uint32_t assay_tpm_sign(
    assay_tpm *tpm, uint32_t authorization, assay_tpm_object key, const uint8_t *digest, size_t digest_size, uint8_t *r,
    uint8_t *s);
uint32_t assay_tpm_unseal(
    assay_tpm *tpm, uint32_t authorization, assay_tpm_object object, uint8_t *secret, size_t *size);

// TPM2_FlushContext: for transient objects and sessions.
uint32_t assay_tpm_flush(assay_tpm *tpm, assay_tpm_object object);
// Drops the context's record of a persistent object or an NV index; the TPM keeps it.
uint32_t assay_tpm_forget(assay_tpm *tpm, assay_tpm_object object);

// MARK: nv.c

// TPM2_NV_DefineSpace by the owner, whose auth must be empty; nameAlg SHA-256, empty auth. `policy` has 32 bytes.
uint32_t assay_tpm_nv_define(
    assay_tpm *tpm, uint32_t index, uint32_t attributes, const uint8_t *policy, uint16_t data_size);
uint32_t assay_tpm_nv_undefine(assay_tpm *tpm, uint32_t authorization, assay_tpm_object nv);
// Marshalled TPMS_NV_PUBLIC.
uint32_t assay_tpm_nv_read_public(assay_tpm *tpm, assay_tpm_object nv, uint8_t *area, size_t *size);
// Authorized by the index's own, empty auth. At most ASSAY_TPM_NV_CHUNK bytes.
uint32_t assay_tpm_nv_read(assay_tpm *tpm, assay_tpm_object nv, uint16_t offset, uint8_t *out, size_t size);
uint32_t assay_tpm_nv_extend(
    assay_tpm *tpm, assay_tpm_object policy, assay_tpm_object nv, const uint8_t *data, size_t size);
// Authorized by the index's policy, or, with ASSAY_TPM_PASSWORD, by the owner's empty auth.
uint32_t assay_tpm_nv_increment(assay_tpm *tpm, uint32_t authorization, assay_tpm_object nv);

// MARK: attest.c

// Attestations are signed by a key with an empty auth and its own scheme, ECDSA over P-256. `attest` is the marshalled
// TPMS_ATTEST, as it was signed.
uint32_t assay_tpm_quote(
    assay_tpm *tpm, assay_tpm_object key, const uint8_t *qualifying, size_t qualifying_size, uint32_t pcrs,
    uint8_t *attest, size_t *attest_size, uint8_t *r, uint8_t *s);
uint32_t assay_tpm_nv_certify(
    assay_tpm *tpm, assay_tpm_object key, assay_tpm_object nv, const uint8_t *qualifying, size_t qualifying_size,
    uint16_t data_size, uint8_t *attest, size_t *attest_size, uint8_t *r, uint8_t *s);
// `ticket` is a marshalled TPMT_TK_CREATION.
uint32_t assay_tpm_certify_creation(
    assay_tpm *tpm, assay_tpm_object key, assay_tpm_object object, const uint8_t *qualifying, size_t qualifying_size,
    const uint8_t *creation_hash, const uint8_t *ticket, size_t ticket_size, uint8_t *attest, size_t *attest_size,
    uint8_t *r, uint8_t *s);
// TPM2_ActivateCredential. `credential` is the contents of TPM2B_ID_OBJECT, `secret` of TPM2B_ENCRYPTED_SECRET.
uint32_t assay_tpm_activate_credential(
    assay_tpm *tpm, assay_tpm_object object, uint32_t authorization, assay_tpm_object key, const uint8_t *credential,
    size_t credential_size, const uint8_t *secret, size_t secret_size, uint8_t *out, size_t *out_size);

// MARK: hierarchies.c — all of them authorized in the encrypting session

uint32_t assay_tpm_change_auth(assay_tpm *tpm, assay_tpm_object hierarchy, const uint8_t *auth, size_t size);
// Times in seconds (Part 3 §25.3).
uint32_t assay_tpm_lockout_parameters(
    assay_tpm *tpm, uint32_t tries, uint32_t recovery_time, uint32_t lockout_recovery_time);
uint32_t assay_tpm_lockout_reset(assay_tpm *tpm);
// TPM2_ClearControl by the lockout authority, which can only forbid.
uint32_t assay_tpm_forbid_clear(assay_tpm *tpm);
