#include "connection.h"

TSS2_RC assay_unmarshal_public(const uint8_t *area, size_t size, TPM2B_PUBLIC *out) {
  size_t offset = 0;
  memset(out, 0, sizeof *out);
  TSS2_RC rc = Tss2_MU_TPMT_PUBLIC_Unmarshal(area, size, &offset, &out->publicArea);
  if (rc == TSS2_RC_SUCCESS && offset != size) return TSS2_MU_RC_BAD_SIZE;
  return rc;
}

TSS2_RC assay_marshal_public(const TPM2B_PUBLIC *public, uint8_t *area, size_t *size) {
  size_t offset = 0;
  TSS2_RC rc = Tss2_MU_TPMT_PUBLIC_Marshal(&public->publicArea, area, *size, &offset);
  *size = rc == TSS2_RC_SUCCESS ? offset : 0;
  return rc;
}

uint32_t assay_tpm_create_primary(
    assay_tpm *tpm, assay_tpm_object hierarchy, const uint8_t *template_area, size_t template_size,
    assay_tpm_object *primary) {
  TPM2B_PUBLIC template;
  TPM2B_SENSITIVE_CREATE sensitive = {0};
  TPM2B_DATA outside = {0};
  TPML_PCR_SELECTION pcrs = {0};
  assay_sessions s;
  *primary = ESYS_TR_NONE;
  TSS2_RC rc = assay_unmarshal_public(template_area, template_size, &template);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_CreatePrimary(
      tpm->esys, hierarchy, s.one, s.two, s.three, &sensitive, &template, &outside, &pcrs, primary, NULL, NULL, NULL,
      NULL);
}

uint32_t assay_tpm_evict(assay_tpm *tpm, uint32_t authorization, assay_tpm_object object, uint32_t handle) {
  ESYS_TR persistent = ESYS_TR_NONE;
  assay_sessions s = {ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE};
  // A session beside the authorizing one would have nothing to encrypt, which TPMs refuse.
  if (authorization == ASSAY_TPM_SALTED) {
    TSS2_RC rc = assay_arm(tpm, authorization, &s);
    if (rc != TSS2_RC_SUCCESS) return rc;
  }
  TSS2_RC rc = Esys_EvictControl(
      tpm->esys, ESYS_TR_RH_OWNER, object, s.one, s.two, s.three, handle, &persistent);
  if (rc == TSS2_RC_SUCCESS && persistent != ESYS_TR_NONE) Esys_TR_Close(tpm->esys, &persistent);
  return rc;
}

uint32_t assay_tpm_at(assay_tpm *tpm, uint32_t handle, assay_tpm_object *object) {
  *object = ESYS_TR_NONE;
  return Esys_TR_FromTPMPublic(tpm->esys, handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, object);
}

uint32_t assay_tpm_read_public(
    assay_tpm *tpm, assay_tpm_object object, uint8_t *public_area, size_t *public_size) {
  TPM2B_PUBLIC *public = NULL;
  TSS2_RC rc = Esys_ReadPublic(tpm->esys, object, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &public, NULL, NULL);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = assay_marshal_public(public, public_area, public_size);
  Esys_Free(public);
  return rc;
}

// An ESYS_TR that was never given out.

uint32_t assay_tpm_create(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *template_area, size_t template_size, const uint8_t *auth,
    size_t auth_size, const uint8_t *data, size_t data_size, uint8_t *created, size_t *created_size) {
  TPM2B_PUBLIC template;
  TPM2B_SENSITIVE_CREATE sensitive = {0};
  TPM2B_DATA outside = {0};
  TPML_PCR_SELECTION pcrs = {0};
  TPM2B_PUBLIC *public = NULL;
  TPM2B_PRIVATE *private = NULL;
  TPM2B_CREATION_DATA *creation = NULL;
  TPMT_TK_CREATION *ticket = NULL;
  assay_sessions s;
  TSS2_RC rc = assay_unmarshal_public(template_area, template_size, &template);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(sensitive.sensitive.userAuth, auth, auth_size);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(sensitive.sensitive.data, data, data_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &s);
  if (rc == TSS2_RC_SUCCESS)
    rc = Esys_Create(
        tpm->esys, parent, s.one, s.two, s.three, &sensitive, &template, &outside, &pcrs, &private, &public, &creation,
        NULL, &ticket);
  explicit_bzero(&sensitive, sizeof sensitive);
  // ESAPI keeps a copy, to send the command once more.
  if (tpm->salted != ESYS_TR_NONE) (void)assay_overwrite(tpm, parent, tpm->salted);
  if (rc != TSS2_RC_SUCCESS) return rc;
  size_t offset = 0;
  rc = Tss2_MU_TPM2B_PUBLIC_Marshal(public, created, *created_size, &offset);
  if (rc == TSS2_RC_SUCCESS) rc = Tss2_MU_TPM2B_PRIVATE_Marshal(private, created, *created_size, &offset);
  if (rc == TSS2_RC_SUCCESS) rc = Tss2_MU_TPM2B_CREATION_DATA_Marshal(creation, created, *created_size, &offset);
  if (rc == TSS2_RC_SUCCESS) rc = Tss2_MU_TPMT_TK_CREATION_Marshal(ticket, created, *created_size, &offset);
  *created_size = rc == TSS2_RC_SUCCESS ? offset : 0;
  Esys_Free(public);
  Esys_Free(private);
  Esys_Free(creation);
  Esys_Free(ticket);
  return rc;
}

uint32_t assay_tpm_load(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *public_area, size_t public_size,
    const uint8_t *private_blob, size_t private_size, assay_tpm_object *object) {
  TPM2B_PUBLIC public;
  TPM2B_PRIVATE private = {0};
  assay_sessions s;
  *object = ESYS_TR_NONE;
  TSS2_RC rc = assay_unmarshal_public(public_area, public_size, &public);
  if (rc == TSS2_RC_SUCCESS) rc = ASSAY_FILL(private, private_blob, private_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_PASSWORD, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_Load(tpm->esys, parent, s.one, s.two, s.three, &private, &public, object);
}

uint32_t assay_tpm_load_external(
    assay_tpm *tpm, const uint8_t *public_area, size_t public_size, assay_tpm_object *object) {
  TPM2B_PUBLIC public;
  *object = ESYS_TR_NONE;
  TSS2_RC rc = assay_unmarshal_public(public_area, public_size, &public);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_LoadExternal(
      tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, NULL, &public, ESYS_TR_RH_OWNER, object);
}

uint32_t assay_tpm_name(assay_tpm *tpm, assay_tpm_object object, uint8_t *name, size_t *size) {
  TPM2B_NAME *got = NULL;
  TSS2_RC rc = Esys_TR_GetName(tpm->esys, object, &got);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = assay_give(got->name, got->size, name, size);
  Esys_Free(got);
  return rc;
}

static TSS2_RC pad(const TPM2B_ECC_PARAMETER *number, uint8_t *out) {
  if (number->size > ASSAY_TPM_P256_SIZE) return TSS2_ESYS_RC_MALFORMED_RESPONSE;
  memset(out, 0, ASSAY_TPM_P256_SIZE);
  memcpy(out + ASSAY_TPM_P256_SIZE - number->size, number->buffer, number->size);
  return TSS2_RC_SUCCESS;
}

TSS2_RC assay_take_signature(const TPMT_SIGNATURE *signature, uint8_t *r, uint8_t *s) {
  if (signature->sigAlg != TPM2_ALG_ECDSA) return TSS2_ESYS_RC_MALFORMED_RESPONSE;
  TSS2_RC rc = pad(&signature->signature.ecdsa.signatureR, r);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return pad(&signature->signature.ecdsa.signatureS, s);
}

uint32_t assay_tpm_sign(
    assay_tpm *tpm, uint32_t authorization, assay_tpm_object key, const uint8_t *digest, size_t digest_size, uint8_t *r,
    uint8_t *s) {
  TPM2B_DIGEST hash = {0};
  // The key's own scheme. No ticket: the digest was computed outside the TPM, which an unrestricted key may sign.
  TPMT_SIG_SCHEME scheme = {.scheme = TPM2_ALG_NULL};
  TPMT_TK_HASHCHECK ticket = {.tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL};
  TPMT_SIGNATURE *signature = NULL;
  assay_sessions at;
  TSS2_RC rc = ASSAY_FILL(hash, digest, digest_size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, authorization, &at);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_Sign(tpm->esys, key, at.one, at.two, at.three, &hash, &scheme, &ticket, &signature);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = assay_take_signature(signature, r, s);
  Esys_Free(signature);
  return rc;
}

uint32_t assay_tpm_unseal(
    assay_tpm *tpm, uint32_t authorization, assay_tpm_object object, uint8_t *secret, size_t *size) {
  TPM2B_SENSITIVE_DATA *data = NULL;
  assay_sessions s;
  // In clear it would stand on the bus.
  if (tpm->salted == ESYS_TR_NONE) return TSS2_ESYS_RC_BAD_SEQUENCE;
  TSS2_RC rc = assay_arm(tpm, authorization, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_Unseal(tpm->esys, object, s.one, s.two, s.three, &data);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = assay_give(data->buffer, data->size, secret, size);
  explicit_bzero(data, sizeof *data);
  Esys_Free(data);
  // The answer stands in the buffer of the last command, decrypted in place.
  (void)assay_overwrite(tpm, ESYS_TR_RH_OWNER, tpm->salted);
  return rc;
}

uint32_t assay_tpm_flush(assay_tpm *tpm, assay_tpm_object object) { return Esys_FlushContext(tpm->esys, object); }

uint32_t assay_tpm_forget(assay_tpm *tpm, assay_tpm_object object) { return Esys_TR_Close(tpm->esys, &object); }
