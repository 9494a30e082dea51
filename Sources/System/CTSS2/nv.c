#include "connection.h"

uint32_t assay_tpm_nv_define(
    assay_tpm *tpm, uint32_t index, uint32_t attributes, const uint8_t *policy, uint16_t data_size) {
  TPM2B_AUTH empty = {0};
  TPM2B_NV_PUBLIC public = {
      .size = 0,
      .nvPublic = {.nvIndex = index, .nameAlg = TPM2_ALG_SHA256, .attributes = attributes, .dataSize = data_size},
  };
  ESYS_TR nv = ESYS_TR_NONE;
  assay_sessions s;
  TSS2_RC rc = ASSAY_FILL(public.nvPublic.authPolicy, policy, ASSAY_TPM_DIGEST_SIZE);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_NV_DefineSpace(tpm->esys, ESYS_TR_RH_OWNER, s.one, s.two, s.three, &empty, &public, &nv);
  if (rc == TSS2_RC_SUCCESS) Esys_TR_Close(tpm->esys, &nv);
  return rc;
}

uint32_t assay_tpm_nv_undefine(assay_tpm *tpm, uint32_t authorization, assay_tpm_object nv) {
  assay_sessions s = {ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE};
  if (authorization == ASSAY_TPM_SALTED) {
    TSS2_RC rc = assay_arm(tpm, authorization, &s);
    if (rc != TSS2_RC_SUCCESS) return rc;
  }
  return Esys_NV_UndefineSpace(tpm->esys, ESYS_TR_RH_OWNER, nv, s.one, s.two, s.three);
}

uint32_t assay_tpm_nv_read_public(assay_tpm *tpm, assay_tpm_object nv, uint8_t *area, size_t *size) {
  TPM2B_NV_PUBLIC *public = NULL;
  size_t offset = 0;
  TSS2_RC rc = Esys_NV_ReadPublic(tpm->esys, nv, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &public, NULL);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Tss2_MU_TPMS_NV_PUBLIC_Marshal(&public->nvPublic, area, *size, &offset);
  *size = rc == TSS2_RC_SUCCESS ? offset : 0;
  Esys_Free(public);
  return rc;
}

uint32_t assay_tpm_nv_read(assay_tpm *tpm, assay_tpm_object nv, uint16_t offset, uint8_t *out, size_t size) {
  TPM2B_MAX_NV_BUFFER *data = NULL;
  assay_sessions s;
  if (size > ASSAY_TPM_NV_CHUNK) return TSS2_ESYS_RC_BAD_SIZE;
  TSS2_RC rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_NV_Read(tpm->esys, nv, nv, s.one, s.two, s.three, (UINT16)size, offset, &data);
  if (rc != TSS2_RC_SUCCESS) return rc;
  if (data->size == size) {
    memcpy(out, data->buffer, size);
  } else {
    rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
  }
  Esys_Free(data);
  return rc;
}

uint32_t assay_tpm_nv_extend(
    assay_tpm *tpm, assay_tpm_object policy, assay_tpm_object nv, const uint8_t *data, size_t size) {
  TPM2B_MAX_NV_BUFFER bytes = {0};
  assay_sessions s;
  TSS2_RC rc = ASSAY_FILL(bytes, data, size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, policy, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_NV_Extend(tpm->esys, nv, nv, s.one, s.two, s.three, &bytes);
}

uint32_t assay_tpm_nv_increment(assay_tpm *tpm, uint32_t authorization, assay_tpm_object nv) {
  // A command without parameters: the encrypting session has no place in it.
  ESYS_TR by = authorization == ASSAY_TPM_PASSWORD ? ESYS_TR_RH_OWNER : nv;
  return Esys_NV_Increment(tpm->esys, by, nv, authorization, ESYS_TR_NONE, ESYS_TR_NONE);
}
