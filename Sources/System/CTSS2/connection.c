#include "connection.h"

#include <pthread.h>
#include <stdlib.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

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
  tpm->salted = ESYS_TR_NONE;
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

static TSS2_RC capability(
    assay_tpm *tpm, TPM2_CAP kind, UINT32 first, UINT32 count, TPMI_YES_NO *more, TPMS_CAPABILITY_DATA **data) {
  TSS2_RC rc = Esys_GetCapability(
      tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, kind, first, count, more, data);
  if (rc != TSS2_RC_SUCCESS || (*data)->capability == kind) return rc;
  Esys_Free(*data);
  return TSS2_ESYS_RC_MALFORMED_RESPONSE;
}

uint32_t assay_tpm_handles(assay_tpm *tpm, uint32_t first, uint32_t *handles, size_t *count) {
  size_t capacity = *count;
  TPMI_YES_NO more = 1;
  *count = 0;
  while (more) {
    TPMS_CAPABILITY_DATA *data = NULL;
    TSS2_RC rc = capability(tpm, TPM2_CAP_HANDLES, first, TPM2_MAX_CAP_HANDLES, &more, &data);
    if (rc != TSS2_RC_SUCCESS) return rc;
    TPML_HANDLE *list = &data->data.handles;
    if (list->count > TPM2_MAX_CAP_HANDLES || (more && list->count == 0)) rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
    else if (list->count > capacity - *count) rc = TSS2_ESYS_RC_INSUFFICIENT_BUFFER;
    for (UINT32 i = 0; rc == TSS2_RC_SUCCESS && i < list->count; i++) {
      // Ascending, or the loop would not end.
      if (list->handle[i] < first) rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
      handles[(*count)++] = list->handle[i];
      first = list->handle[i] + 1;
    }
    Esys_Free(data);
    if (rc != TSS2_RC_SUCCESS) return rc;
  }
  return TSS2_RC_SUCCESS;
}

uint32_t assay_tpm_property(assay_tpm *tpm, uint32_t property, uint32_t *value) {
  TPMS_CAPABILITY_DATA *data = NULL;
  TPMI_YES_NO more = 0;
  TSS2_RC rc = capability(tpm, TPM2_CAP_TPM_PROPERTIES, property, 1, &more, &data);
  if (rc != TSS2_RC_SUCCESS) return rc;
  TPML_TAGGED_TPM_PROPERTY *list = &data->data.tpmProperties;
  if (list->count == 1 && list->tpmProperty[0].property == property) {
    *value = list->tpmProperty[0].value;
  } else {
    rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
  }
  Esys_Free(data);
  return rc;
}

uint32_t assay_tpm_read_clock(assay_tpm *tpm, assay_tpm_clock *out) {
  TPMS_TIME_INFO *time = NULL;
  TSS2_RC rc = Esys_ReadClock(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &time);
  if (rc != TSS2_RC_SUCCESS) return rc;
  *out = (assay_tpm_clock){
      .clock = time->clockInfo.clock,
      .resets = time->clockInfo.resetCount,
      .restarts = time->clockInfo.restartCount,
      .safe = time->clockInfo.safe == TPM2_YES,
  };
  Esys_Free(time);
  return TSS2_RC_SUCCESS;
}

TPML_PCR_SELECTION assay_selection(uint32_t pcrs) {
  TPML_PCR_SELECTION selection = {.count = 1};
  selection.pcrSelections[0].hash = TPM2_ALG_SHA256;
  selection.pcrSelections[0].sizeofSelect = 3;
  for (int i = 0; i < 3; i++) selection.pcrSelections[0].pcrSelect[i] = (BYTE)(pcrs >> 8 * i);
  return selection;
}

uint32_t assay_tpm_read_pcrs(assay_tpm *tpm, uint32_t pcrs, uint8_t *values, size_t *size) {
  size_t capacity = *size;
  UINT32 moment = 0;
  uint32_t rest = pcrs;
  *size = 0;
  while (rest) {
    TPML_PCR_SELECTION wanted = assay_selection(rest), *got = NULL;
    TPML_DIGEST *digests = NULL;
    UINT32 now = 0;
    TSS2_RC rc =
        Esys_PCR_Read(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &wanted, &now, &got, &digests);
    if (rc != TSS2_RC_SUCCESS) return rc;
    uint32_t read = 0;
    // A TPM without the bank answers with no selection at all.
    if (got->count == 1 && got->pcrSelections[0].hash == TPM2_ALG_SHA256 && got->pcrSelections[0].sizeofSelect >= 3)
      for (int i = 0; i < 3; i++) read |= (uint32_t)got->pcrSelections[0].pcrSelect[i] << 8 * i;
    // As many digests as were read, the lowest of those that were wanted, or the order would be lost.
    uint32_t higher = read ? rest & ~read : rest;
    if (!read || (read & ~rest) || digests->count > 8 || (UINT32)__builtin_popcount(read) != digests->count ||
        (higher && read > (higher & -higher)))
      rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
    else if (rest != pcrs && now != moment)
      rc = TPM2_RC_PCR_CHANGED;
    for (UINT32 i = 0; rc == TSS2_RC_SUCCESS && i < digests->count; i++) {
      if (digests->digests[i].size != ASSAY_TPM_DIGEST_SIZE) rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
      else if (capacity - *size < ASSAY_TPM_DIGEST_SIZE) rc = TSS2_ESYS_RC_INSUFFICIENT_BUFFER;
      else {
        memcpy(values + *size, digests->digests[i].buffer, ASSAY_TPM_DIGEST_SIZE);
        *size += ASSAY_TPM_DIGEST_SIZE;
      }
    }
    Esys_Free(got);
    Esys_Free(digests);
    if (rc != TSS2_RC_SUCCESS) return rc;
    moment = now;
    rest &= ~read;
  }
  return TSS2_RC_SUCCESS;
}

uint32_t assay_tpm_extend_pcr(assay_tpm *tpm, uint32_t pcr, const uint8_t *digest) {
  TPML_DIGEST_VALUES values = {.count = 1};
  if (pcr > 23) return TSS2_ESYS_RC_BAD_VALUE;
  values.digests[0].hashAlg = TPM2_ALG_SHA256;
  memcpy(values.digests[0].digest.sha256, digest, ASSAY_TPM_DIGEST_SIZE);
  return Esys_PCR_Extend(
      tpm->esys, ESYS_TR_PCR0 + pcr, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &values);
}

void assay_tpm_explain(uint32_t code, char *out, size_t size) {
  if (size == 0) return;
  const char *words = Tss2_RC_Decode(code);
  strncpy(out, words ? words : "", size - 1);
  out[size - 1] = 0;
}
