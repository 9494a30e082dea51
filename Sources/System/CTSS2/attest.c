#include "connection.h"

static const TPMT_SIG_SCHEME own_scheme = {.scheme = TPM2_ALG_NULL};

// Gives out what was attested and its signature, and frees both.
static TSS2_RC give(
    TPM2B_ATTEST *attested, TPMT_SIGNATURE *signature, uint8_t *attest, size_t *attest_size, uint8_t *r, uint8_t *s) {
  TSS2_RC rc = assay_give(attested->attestationData, attested->size, attest, attest_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_take_signature(signature, r, s);
  Esys_Free(attested);
  Esys_Free(signature);
  return rc;
}

uint32_t assay_tpm_quote(
    assay_tpm *tpm, assay_tpm_object key, const uint8_t *qualifying, size_t qualifying_size, uint32_t pcrs,
    uint8_t *attest, size_t *attest_size, uint8_t *r, uint8_t *s) {
  TPM2B_DATA data = {0};
  TPML_PCR_SELECTION selection = assay_selection(pcrs);
  TPM2B_ATTEST *attested = NULL;
  TPMT_SIGNATURE *signature = NULL;
  assay_sessions at;
  TSS2_RC rc = ASSAY_FILL(data, qualifying, qualifying_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &at);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_Quote(
      tpm->esys, key, at.one, at.two, at.three, &data, &own_scheme, &selection, &attested, &signature);
  return rc == TSS2_RC_SUCCESS ? give(attested, signature, attest, attest_size, r, s) : rc;
}

uint32_t assay_tpm_nv_certify(
    assay_tpm *tpm, assay_tpm_object key, assay_tpm_object nv, const uint8_t *qualifying, size_t qualifying_size,
    uint16_t data_size, uint8_t *attest, size_t *attest_size, uint8_t *r, uint8_t *s) {
  TPM2B_DATA data = {0};
  TPM2B_ATTEST *attested = NULL;
  TPMT_SIGNATURE *signature = NULL;
  assay_sessions at;
  TSS2_RC rc = ASSAY_FILL(data, qualifying, qualifying_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm_two(tpm, ASSAY_TPM_PASSWORD, ASSAY_TPM_PASSWORD, &at);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_NV_Certify(
      tpm->esys, key, nv, nv, at.one, at.two, at.three, &data, &own_scheme, data_size, 0, &attested, &signature);
  return rc == TSS2_RC_SUCCESS ? give(attested, signature, attest, attest_size, r, s) : rc;
}

uint32_t assay_tpm_certify_creation(
    assay_tpm *tpm, assay_tpm_object key, assay_tpm_object object, const uint8_t *qualifying, size_t qualifying_size,
    const uint8_t *creation_hash, const uint8_t *ticket, size_t ticket_size, uint8_t *attest, size_t *attest_size,
    uint8_t *r, uint8_t *s) {
  TPM2B_DATA data = {0};
  TPM2B_DIGEST hash = {0};
  TPMT_TK_CREATION creation = {0};
  TPM2B_ATTEST *attested = NULL;
  TPMT_SIGNATURE *signature = NULL;
  size_t offset = 0;
  assay_sessions at;
  TSS2_RC rc = ASSAY_FILL(data, qualifying, qualifying_size);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(hash, creation_hash, ASSAY_TPM_DIGEST_SIZE);
  if (rc == TSS2_RC_SUCCESS) rc = Tss2_MU_TPMT_TK_CREATION_Unmarshal(ticket, ticket_size, &offset, &creation);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &at);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_CertifyCreation(
      tpm->esys, key, object, at.one, at.two, at.three, &data, &hash, &own_scheme, &creation, &attested, &signature);
  return rc == TSS2_RC_SUCCESS ? give(attested, signature, attest, attest_size, r, s) : rc;
}

uint32_t assay_tpm_activate_credential(
    assay_tpm *tpm, assay_tpm_object object, uint32_t authorization, assay_tpm_object key, const uint8_t *credential,
    size_t credential_size, const uint8_t *secret, size_t secret_size, uint8_t *out, size_t *out_size) {
  TPM2B_ID_OBJECT blob = {0};
  TPM2B_ENCRYPTED_SECRET seed = {0};
  TPM2B_DIGEST *given = NULL;
  assay_sessions s;
  if (tpm->salted == ESYS_TR_NONE) return TSS2_ESYS_RC_BAD_SEQUENCE;
  TSS2_RC rc = ASSAY_FILL(blob, credential, credential_size);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(seed, secret, secret_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm_two(tpm, ASSAY_TPM_PASSWORD, authorization, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_ActivateCredential(tpm->esys, object, key, s.one, s.two, s.three, &blob, &seed, &given);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = assay_give(given->buffer, given->size, out, out_size);
  explicit_bzero(given, sizeof *given);
  Esys_Free(given);
  return rc;
}
