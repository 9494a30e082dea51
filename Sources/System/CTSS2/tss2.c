#include "assay_tss2.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

struct assay_tpm {
  ESYS_CONTEXT *esys;
  // Ours to finalize; NULL where the caller brought the TCTI.
  TSS2_TCTI_CONTEXT *tcti;
};

// tpm2-tss logs to stderr, which is the operator's: trouble comes back as codes, and the caller words it.
static void be_quiet(void) { setenv("TSS2_LOG", "all+NONE", 1); }

static TSS2_RC begin(TSS2_TCTI_CONTEXT *tcti, TSS2_TCTI_CONTEXT *owned, assay_tpm **out) {
  assay_tpm *tpm = calloc(1, sizeof *tpm);
  if (!tpm) return TSS2_ESYS_RC_MEMORY;
  TSS2_RC rc = Esys_Initialize(&tpm->esys, tcti, NULL);
  if (rc != TSS2_RC_SUCCESS) {
    free(tpm);
    return rc;
  }
  tpm->tcti = owned;
  *out = tpm;
  return TSS2_RC_SUCCESS;
}

static void quiet_once(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, be_quiet);
}

uint32_t assay_tpm_open(const char *configuration, assay_tpm **out) {
  *out = NULL;
  if (!configuration) return TSS2_ESYS_RC_BAD_REFERENCE;
  quiet_once();
  TSS2_TCTI_CONTEXT *tcti = NULL;
  TSS2_RC rc = Tss2_TctiLdr_Initialize(configuration, &tcti);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = begin(tcti, tcti, out);
  if (rc != TSS2_RC_SUCCESS) Tss2_TctiLdr_Finalize(&tcti);
  return rc;
}

uint32_t assay_tpm_open_over(void *tcti, assay_tpm **out) {
  *out = NULL;
  if (!tcti) return TSS2_ESYS_RC_BAD_REFERENCE;
  quiet_once();
  return begin(tcti, NULL, out);
}

void assay_tpm_close(assay_tpm *tpm) {
  if (!tpm) return;
  Esys_Finalize(&tpm->esys);
  if (tpm->tcti) Tss2_TctiLdr_Finalize(&tpm->tcti);
  free(tpm);
}

uint32_t assay_tpm_startup(assay_tpm *tpm) {
  TSS2_RC rc = Esys_Startup(tpm->esys, TPM2_SU_CLEAR);
  return rc == TPM2_RC_INITIALIZE ? TSS2_RC_SUCCESS : rc;
}

uint32_t assay_tpm_shutdown(assay_tpm *tpm) {
  return Esys_Shutdown(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_SU_CLEAR);
}

uint32_t assay_tpm_random(assay_tpm *tpm, uint8_t *out, size_t size) {
  while (size > 0) {
    TPM2B_DIGEST *bytes = NULL;
    UINT16 wanted = size < 32 ? (UINT16)size : 32;
    TSS2_RC rc = Esys_GetRandom(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, wanted, &bytes);
    if (rc != TSS2_RC_SUCCESS) return rc;
    UINT16 got = bytes->size;
    if (got == 0 || got > wanted) {
      Esys_Free(bytes);
      return TSS2_ESYS_RC_MALFORMED_RESPONSE;
    }
    memcpy(out, bytes->buffer, got);
    Esys_Free(bytes);
    out += got;
    size -= got;
  }
  return TSS2_RC_SUCCESS;
}

uint32_t assay_tpm_handles(assay_tpm *tpm, uint32_t first, uint32_t *count) {
  TPMS_CAPABILITY_DATA *data = NULL;
  TPMI_YES_NO more = 0;
  *count = 0;
  TSS2_RC rc = Esys_GetCapability(
      tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CAP_HANDLES, first, TPM2_MAX_CAP_HANDLES, &more, &data);
  if (rc != TSS2_RC_SUCCESS) return rc;
  if (data->capability == TPM2_CAP_HANDLES && data->data.handles.count <= TPM2_MAX_CAP_HANDLES) {
    *count = data->data.handles.count;
  } else {
    rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
  }
  Esys_Free(data);
  return rc;
}

static TSS2_RC unmarshal(const uint8_t *area, size_t size, TPM2B_PUBLIC *out) {
  size_t offset = 0;
  memset(out, 0, sizeof *out);
  TSS2_RC rc = Tss2_MU_TPMT_PUBLIC_Unmarshal(area, size, &offset, &out->publicArea);
  if (rc == TSS2_RC_SUCCESS && offset != size) return TSS2_MU_RC_BAD_SIZE;
  return rc;
}

static TSS2_RC marshal(const TPM2B_PUBLIC *public, uint8_t *area, size_t *size) {
  size_t offset = 0;
  TSS2_RC rc = Tss2_MU_TPMT_PUBLIC_Marshal(&public->publicArea, area, *size, &offset);
  *size = rc == TSS2_RC_SUCCESS ? offset : 0;
  return rc;
}

uint32_t assay_tpm_create_primary(
    assay_tpm *tpm, const uint8_t *template_area, size_t template_size, assay_tpm_object *primary) {
  TPM2B_PUBLIC template;
  TPM2B_SENSITIVE_CREATE sensitive = {0};
  TPM2B_DATA outside = {0};
  TPML_PCR_SELECTION pcrs = {0};
  *primary = ESYS_TR_NONE;
  TSS2_RC rc = unmarshal(template_area, template_size, &template);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_CreatePrimary(
      tpm->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &sensitive, &template, &outside, &pcrs,
      primary, NULL, NULL, NULL, NULL);
}

uint32_t assay_tpm_persist(assay_tpm *tpm, assay_tpm_object object, uint32_t handle) {
  ESYS_TR persistent = ESYS_TR_NONE;
  TSS2_RC rc = Esys_EvictControl(
      tpm->esys, ESYS_TR_RH_OWNER, object, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, handle, &persistent);
  if (rc == TSS2_RC_SUCCESS) Esys_TR_Close(tpm->esys, &persistent);
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
  rc = marshal(public, public_area, public_size);
  Esys_Free(public);
  return rc;
}

uint32_t assay_tpm_create(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *template_area, size_t template_size, uint8_t *public_area,
    size_t *public_size, uint8_t *private_blob, size_t *private_size) {
  TPM2B_PUBLIC template;
  TPM2B_SENSITIVE_CREATE sensitive = {0};
  TPM2B_DATA outside = {0};
  TPML_PCR_SELECTION pcrs = {0};
  TPM2B_PUBLIC *public = NULL;
  TPM2B_PRIVATE *private = NULL;
  TSS2_RC rc = unmarshal(template_area, template_size, &template);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = Esys_Create(
      tpm->esys, parent, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &sensitive, &template, &outside, &pcrs, &private,
      &public, NULL, NULL, NULL);
  if (rc != TSS2_RC_SUCCESS) return rc;
  rc = marshal(public, public_area, public_size);
  if (rc == TSS2_RC_SUCCESS && private->size > *private_size) rc = TSS2_ESYS_RC_INSUFFICIENT_BUFFER;
  if (rc == TSS2_RC_SUCCESS) {
    memcpy(private_blob, private->buffer, private->size);
    *private_size = private->size;
  }
  Esys_Free(public);
  Esys_Free(private);
  return rc;
}

uint32_t assay_tpm_load(
    assay_tpm *tpm, assay_tpm_object parent, const uint8_t *public_area, size_t public_size,
    const uint8_t *private_blob, size_t private_size, assay_tpm_object *object) {
  TPM2B_PUBLIC public;
  TPM2B_PRIVATE private = {0};
  *object = ESYS_TR_NONE;
  TSS2_RC rc = unmarshal(public_area, public_size, &public);
  if (rc != TSS2_RC_SUCCESS) return rc;
  if (private_size > sizeof private.buffer) return TSS2_ESYS_RC_BAD_SIZE;
  private.size = (UINT16)private_size;
  memcpy(private.buffer, private_blob, private_size);
  return Esys_Load(
      tpm->esys, parent, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &private, &public, object);
}

uint32_t assay_tpm_name(assay_tpm *tpm, assay_tpm_object object, uint8_t *name, size_t *size) {
  TPM2B_NAME *got = NULL;
  TSS2_RC rc = Esys_TR_GetName(tpm->esys, object, &got);
  if (rc != TSS2_RC_SUCCESS) return rc;
  if (got->size > *size) {
    rc = TSS2_ESYS_RC_INSUFFICIENT_BUFFER;
  } else {
    memcpy(name, got->name, got->size);
    *size = got->size;
  }
  Esys_Free(got);
  return rc;
}

static TSS2_RC pad(const TPM2B_ECC_PARAMETER *number, uint8_t *out) {
  if (number->size > ASSAY_TPM_P256_SIZE) return TSS2_ESYS_RC_MALFORMED_RESPONSE;
  memset(out, 0, ASSAY_TPM_P256_SIZE);
  memcpy(out + ASSAY_TPM_P256_SIZE - number->size, number->buffer, number->size);
  return TSS2_RC_SUCCESS;
}

uint32_t assay_tpm_sign(
    assay_tpm *tpm, assay_tpm_object key, const uint8_t *digest, size_t digest_size, uint8_t *r, uint8_t *s) {
  TPM2B_DIGEST hash = {0};
  // The key's own scheme. No ticket: the digest was computed outside the TPM, which an unrestricted key may sign.
  TPMT_SIG_SCHEME scheme = {.scheme = TPM2_ALG_NULL};
  TPMT_TK_HASHCHECK ticket = {.tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL};
  if (digest_size > sizeof hash.buffer) return TSS2_ESYS_RC_BAD_SIZE;
  hash.size = (UINT16)digest_size;
  memcpy(hash.buffer, digest, digest_size);
  TPMT_SIGNATURE *signature = NULL;
  TSS2_RC rc = Esys_Sign(
      tpm->esys, key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &hash, &scheme, &ticket, &signature);
  if (rc != TSS2_RC_SUCCESS) return rc;
  if (signature->sigAlg != TPM2_ALG_ECDSA) rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
  if (rc == TSS2_RC_SUCCESS) rc = pad(&signature->signature.ecdsa.signatureR, r);
  if (rc == TSS2_RC_SUCCESS) rc = pad(&signature->signature.ecdsa.signatureS, s);
  Esys_Free(signature);
  return rc;
}

uint32_t assay_tpm_flush(assay_tpm *tpm, assay_tpm_object object) { return Esys_FlushContext(tpm->esys, object); }

uint32_t assay_tpm_forget(assay_tpm *tpm, assay_tpm_object object) { return Esys_TR_Close(tpm->esys, &object); }

void assay_tpm_explain(uint32_t code, char *out, size_t size) {
  if (size == 0) return;
  const char *words = Tss2_RC_Decode(code);
  strncpy(out, words ? words : "", size - 1);
  out[size - 1] = 0;
}
