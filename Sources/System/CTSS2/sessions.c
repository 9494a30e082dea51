#include "connection.h"

_Static_assert(
    ASSAY_TPM_OWNER == ESYS_TR_RH_OWNER && ASSAY_TPM_LOCKOUT == ESYS_TR_RH_LOCKOUT &&
        ASSAY_TPM_ENDORSEMENT == ESYS_TR_RH_ENDORSEMENT,
    "hierarchies");
_Static_assert(ASSAY_TPM_PASSWORD == ESYS_TR_PASSWORD && ASSAY_TPM_NOBODY == ESYS_TR_NONE, "sessions");

TSS2_RC assay_fill(void *sized, size_t capacity, const uint8_t *bytes, size_t size) {
  if (size > capacity || size > UINT16_MAX) return TSS2_ESYS_RC_BAD_SIZE;
  UINT16 count = (UINT16)size;
  memcpy(sized, &count, sizeof count);
  if (size) memcpy((uint8_t *)sized + sizeof count, bytes, size);
  return TSS2_RC_SUCCESS;
}

TSS2_RC assay_give(const uint8_t *bytes, size_t length, uint8_t *out, size_t *size) {
  if (length > *size) return TSS2_ESYS_RC_INSUFFICIENT_BUFFER;
  memcpy(out, bytes, length);
  *size = length;
  return TSS2_RC_SUCCESS;
}

TSS2_RC assay_arm_two(assay_tpm *tpm, uint32_t first, uint32_t second, assay_sessions *sessions) {
  ESYS_TR found[3] = {ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE};
  const uint32_t asked[2] = {first, second};
  int count = 0, used = 0;
  for (int i = 0; i < 2; i++) {
    if (asked[i] == ASSAY_TPM_NOBODY) continue;
    if (asked[i] == ASSAY_TPM_SALTED) {
      if (tpm->salted == ESYS_TR_NONE || used) return TSS2_ESYS_RC_BAD_SEQUENCE;
      used = 1;
    }
    found[count++] = asked[i] == ASSAY_TPM_SALTED ? tpm->salted : asked[i];
  }
  if (tpm->salted != ESYS_TR_NONE) {
    if (!used) found[count] = tpm->salted;
    TSS2_RC rc = Esys_TRSess_SetAttributes(
        tpm->esys, tpm->salted,
        TPMA_SESSION_CONTINUESESSION | TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT, 0xFF);
    if (rc != TSS2_RC_SUCCESS) return rc;
  }
  *sessions = (assay_sessions){found[0], found[1], found[2]};
  return TSS2_RC_SUCCESS;
}

TSS2_RC assay_arm(assay_tpm *tpm, uint32_t authorization, assay_sessions *sessions) {
  return assay_arm_two(tpm, authorization, ASSAY_TPM_NOBODY, sessions);
}

static TSS2_RC begin(assay_tpm *tpm, ESYS_TR key, TPM2_SE kind, ESYS_TR *session) {
  TPMT_SYM_DEF none = {.algorithm = TPM2_ALG_NULL};
  TPMT_SYM_DEF aes = {.algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB};
  *session = ESYS_TR_NONE;
  // Never bound: tpm2-tss 3.2.1 does not strip the trailing zeros of an auth, as binding would need.
  return Esys_StartAuthSession(
      tpm->esys, key, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, NULL, kind,
      kind == TPM2_SE_HMAC ? &aes : &none, TPM2_ALG_SHA256, session);
}

uint32_t assay_tpm_begin_salted(assay_tpm *tpm, assay_tpm_object key) {
  if (tpm->salted != ESYS_TR_NONE) return TSS2_ESYS_RC_BAD_SEQUENCE;
  return begin(tpm, key, TPM2_SE_HMAC, &tpm->salted);
}

uint32_t assay_tpm_end_salted(assay_tpm *tpm) {
  if (tpm->salted == ESYS_TR_NONE) return TSS2_RC_SUCCESS;
  TSS2_RC rc = Esys_FlushContext(tpm->esys, tpm->salted);
  if (rc == TSS2_RC_SUCCESS) tpm->salted = ESYS_TR_NONE;
  return rc;
}

void assay_tpm_abandon_salted(assay_tpm *tpm) {
  if (tpm->salted != ESYS_TR_NONE) Esys_TR_Close(tpm->esys, &tpm->salted);
  tpm->salted = ESYS_TR_NONE;
}

uint32_t assay_tpm_begin_policy(assay_tpm *tpm, assay_tpm_object key, assay_tpm_object *session) {
  return begin(tpm, key, TPM2_SE_POLICY, session);
}

uint32_t assay_tpm_policy_pcr(assay_tpm *tpm, assay_tpm_object session, uint32_t pcrs, const uint8_t *digest) {
  TPM2B_DIGEST expected = {0};
  TPML_PCR_SELECTION selection = assay_selection(pcrs);
  TSS2_RC rc = ASSAY_FILL(expected, digest, ASSAY_TPM_DIGEST_SIZE);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_PolicyPCR(tpm->esys, session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &expected, &selection);
}

uint32_t assay_tpm_policy_nv(
    assay_tpm *tpm, assay_tpm_object session, assay_tpm_object nv, const uint8_t *operand, size_t operand_size,
    uint16_t operation) {
  TPM2B_OPERAND number = {0};
  assay_sessions s;
  TSS2_RC rc = ASSAY_FILL(number, operand, operand_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_PolicyNV(tpm->esys, nv, nv, session, s.one, s.two, s.three, &number, 0, operation);
}

uint32_t assay_tpm_policy_command(assay_tpm *tpm, assay_tpm_object session, uint32_t command) {
  return Esys_PolicyCommandCode(tpm->esys, session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, command);
}

uint32_t assay_tpm_policy_authorize(
    assay_tpm *tpm, assay_tpm_object session, const uint8_t *approved, const uint8_t *reference, size_t reference_size,
    const uint8_t *key_name, size_t key_name_size, const uint8_t *ticket, size_t ticket_size) {
  TPM2B_DIGEST policy = {0};
  TPM2B_NONCE ref = {0};
  TPM2B_NAME name = {0};
  TPMT_TK_VERIFIED verified = {0};
  size_t offset = 0;
  TSS2_RC rc = ASSAY_FILL(policy, approved, ASSAY_TPM_DIGEST_SIZE);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(ref, reference, reference_size);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(name, key_name, key_name_size);
  if (rc == TSS2_RC_SUCCESS) rc = Tss2_MU_TPMT_TK_VERIFIED_Unmarshal(ticket, ticket_size, &offset, &verified);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_PolicyAuthorize(
      tpm->esys, session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &policy, &ref, &name, &verified);
}

uint32_t assay_tpm_policy_auth_value(assay_tpm *tpm, assay_tpm_object session) {
  return Esys_PolicyAuthValue(tpm->esys, session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE);
}

uint32_t assay_tpm_policy_secret(assay_tpm *tpm, assay_tpm_object session, assay_tpm_object entity) {
  TPM2B_NONCE nothing = {0};
  TPM2B_DIGEST any = {0};
  TPM2B_TIMEOUT *timeout = NULL;
  TPMT_TK_AUTH *ticket = NULL;
  assay_sessions s;
  TSS2_RC rc = assay_arm(tpm, ASSAY_TPM_SALTED, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_PolicySecret(
      tpm->esys, entity, session, s.one, s.two, s.three, &nothing, &any, &nothing, 0, &timeout, &ticket);
  if (rc != TSS2_RC_SUCCESS) return rc;
  Esys_Free(timeout);
  Esys_Free(ticket);
  return rc;
}

uint32_t assay_tpm_verify_signature(
    assay_tpm *tpm, assay_tpm_object key, const uint8_t *digest, const uint8_t *r, const uint8_t *s, uint8_t *ticket,
    size_t *ticket_size) {
  TPM2B_DIGEST hash = {0};
  TPMT_SIGNATURE signature = {.sigAlg = TPM2_ALG_ECDSA, .signature.ecdsa.hash = TPM2_ALG_SHA256};
  TPMT_TK_VERIFIED *verified = NULL;
  TSS2_RC rc = ASSAY_FILL(hash, digest, ASSAY_TPM_DIGEST_SIZE);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(signature.signature.ecdsa.signatureR, r, ASSAY_TPM_P256_SIZE);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(signature.signature.ecdsa.signatureS, s, ASSAY_TPM_P256_SIZE);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_VerifySignature(
      tpm->esys, key, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &hash, &signature, &verified);
  if (rc != TSS2_RC_SUCCESS) return rc;
  size_t offset = 0;
  rc = Tss2_MU_TPMT_TK_VERIFIED_Marshal(verified, ticket, *ticket_size, &offset);
  *ticket_size = rc == TSS2_RC_SUCCESS ? offset : 0;
  Esys_Free(verified);
  return rc;
}

uint32_t assay_tpm_set_auth(assay_tpm *tpm, assay_tpm_object object, const uint8_t *auth, size_t size) {
  TPM2B_AUTH value = {0};
  TSS2_RC rc = ASSAY_FILL(value, auth, size);
  if (rc == TSS2_RC_SUCCESS) rc = Esys_TR_SetAuth(tpm->esys, object, &value);
  explicit_bzero(&value, sizeof value);
  return rc;
}

// The copies are in ESAPI's own records: an auth beside the session's key in the session, what a command was given in the
// context, and whatever came and went in the buffer of the last command. A command writes all three anew before it looks
// at the sessions' attributes, and is refused, never sent, because two of its sessions would encrypt. Were it sent, no auth
// would be tried: one session may not stand twice, and a hierarchy is no parent. Seen in 3.2.1's memory and on the wire.
TSS2_RC assay_overwrite(assay_tpm *tpm, ESYS_TR object, ESYS_TR session) {
  TPM2B_SENSITIVE_CREATE nothing = {
      .sensitive = {.userAuth.size = sizeof nothing.sensitive.userAuth.buffer,
                    .data.size = sizeof nothing.sensitive.userAuth.buffer}};
  TPM2B_PUBLIC template = {
      .publicArea = {.type = TPM2_ALG_KEYEDHASH,
                     .nameAlg = TPM2_ALG_SHA256,
                     .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL}};
  TPM2B_DATA outside = {0};
  TPML_PCR_SELECTION pcrs = {0};
  assay_sessions s;
  TSS2_RC rc = assay_arm(tpm, ASSAY_TPM_SALTED, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_Create(
      tpm->esys, object, session, tpm->salted, tpm->salted, &nothing, &template, &outside, &pcrs, NULL, NULL, NULL, NULL,
      NULL);
}

void assay_tpm_forget_auth(assay_tpm *tpm, assay_tpm_object object, uint32_t session) {
  TPM2B_AUTH other = {.size = ASSAY_TPM_DIGEST_SIZE};
  if (tpm->salted != ESYS_TR_NONE && Esys_TR_SetAuth(tpm->esys, object, &other) == TSS2_RC_SUCCESS)
    (void)assay_overwrite(tpm, object, session == ASSAY_TPM_SALTED ? tpm->salted : session);
  other.size = 0;
  (void)Esys_TR_SetAuth(tpm->esys, object, &other);
}
