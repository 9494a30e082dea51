#include "connection.h"

uint32_t assay_tpm_change_auth(assay_tpm *tpm, assay_tpm_object hierarchy, const uint8_t *auth, size_t size) {
  TPM2B_AUTH value = {0};
  assay_sessions s;
  TSS2_RC rc = ASSAY_FILL(value, auth, size);
  if (rc == TSS2_RC_SUCCESS) rc = assay_arm(tpm, ASSAY_TPM_SALTED, &s);
  if (rc == TSS2_RC_SUCCESS)
    rc = Esys_HierarchyChangeAuth(tpm->esys, hierarchy, s.one, s.two, s.three, &value);
  explicit_bzero(&value, sizeof value);
  return rc;
}

uint32_t assay_tpm_lockout_parameters(
    assay_tpm *tpm, uint32_t tries, uint32_t recovery_time, uint32_t lockout_recovery_time) {
  assay_sessions s;
  TSS2_RC rc = assay_arm(tpm, ASSAY_TPM_SALTED, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_DictionaryAttackParameters(
      tpm->esys, ESYS_TR_RH_LOCKOUT, s.one, s.two, s.three, tries, recovery_time, lockout_recovery_time);
}

uint32_t assay_tpm_lockout_reset(assay_tpm *tpm) {
  assay_sessions s;
  TSS2_RC rc = assay_arm(tpm, ASSAY_TPM_SALTED, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_DictionaryAttackLockReset(tpm->esys, ESYS_TR_RH_LOCKOUT, s.one, s.two, s.three);
}

uint32_t assay_tpm_forbid_clear(assay_tpm *tpm) {
  assay_sessions s;
  TSS2_RC rc = assay_arm(tpm, ASSAY_TPM_SALTED, &s);
  if (rc != TSS2_RC_SUCCESS) return rc;
  return Esys_ClearControl(tpm->esys, ESYS_TR_RH_LOCKOUT, s.one, s.two, s.three, TPM2_YES);
}
