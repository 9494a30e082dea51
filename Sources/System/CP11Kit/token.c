#include "assay_p11kit.h"
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct assay_token {
  const assay_p11 *p11;
  P11KitUri *uri;
  // Either all that the system's configuration names, or the one of a path.
  CK_FUNCTION_LIST **configured;
  CK_FUNCTION_LIST *loaded;
  int is_initialized;
  // The token's own.
  CK_FUNCTION_LIST *module;
  CK_SLOT_ID slot;
  CK_SESSION_HANDLE session;
  int has_session;
};

static int problem_of(assay_token_problem *problem, int result, const char *words) {
  problem->code = 0;
  snprintf(problem->words, sizeof problem->words, "%s", words ? words : "");
  return result;
}

static int answered(assay_token *token, assay_token_problem *problem, CK_RV code) {
  if (code == CKR_OK) return ASSAY_TOKEN_OK;
  problem_of(problem, ASSAY_TOKEN_DEVICE, token->p11->p11_kit_strerror(code));
  problem->code = code;
  return ASSAY_TOKEN_DEVICE;
}

void assay_token_close(assay_token *token) {
  if (!token) return;
  // A session that ends logs out.
  if (token->has_session) token->module->C_CloseSession(token->session);
  if (token->configured) token->p11->p11_kit_modules_finalize_and_release(token->configured);
  if (token->is_initialized) token->p11->p11_kit_module_finalize(token->loaded);
  if (token->loaded) token->p11->p11_kit_module_release(token->loaded);
  if (token->uri) token->p11->p11_kit_uri_free(token->uri);
  free(token);
}

static int parse(assay_token *token, const char *text, assay_token_problem *problem) {
  const assay_p11 *p11 = token->p11;
  token->uri = p11->p11_kit_uri_new();
  if (!token->uri) return problem_of(problem, ASSAY_TOKEN_BAD_URI, "no memory");
  int result = p11->p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, token->uri);
  if (result != P11_KIT_URI_OK) return problem_of(problem, ASSAY_TOKEN_BAD_URI, p11->p11_kit_uri_message(result));
  if (p11->p11_kit_uri_any_unrecognized(token->uri))
    return problem_of(problem, ASSAY_TOKEN_BAD_URI, "it says what nobody here knows");
  if (p11->p11_kit_uri_get_pin_value(token->uri) || p11->p11_kit_uri_get_pin_source(token->uri))
    return problem_of(problem, ASSAY_TOKEN_BAD_URI, "a PIN has no place in it: give --pin-file, or type it");
  CK_OBJECT_CLASS wanted = CKO_PRIVATE_KEY;
  CK_ATTRIBUTE_PTR named = p11->p11_kit_uri_get_attribute(token->uri, CKA_CLASS);
  if (named && (named->ulValueLen != sizeof wanted || memcmp(named->pValue, &wanted, sizeof wanted) != 0))
    return problem_of(problem, ASSAY_TOKEN_BAD_URI, "what signs is of type=private");
  CK_ATTRIBUTE own = {CKA_CLASS, &wanted, sizeof wanted};
  if (p11->p11_kit_uri_set_attribute(token->uri, &own) != P11_KIT_URI_OK)
    return problem_of(problem, ASSAY_TOKEN_BAD_URI, "no memory");
  return ASSAY_TOKEN_OK;
}

// The modules to look into, ended by NULL; `one` has room for two.
static CK_FUNCTION_LIST **modules(assay_token *token, const char *path, CK_FUNCTION_LIST **one,
                                  assay_token_problem *problem) {
  const assay_p11 *p11 = token->p11;
  const char *name = p11->p11_kit_uri_get_module_name(token->uri);
  if (!path) path = p11->p11_kit_uri_get_module_path(token->uri);
  one[0] = one[1] = NULL;
  if (path) {
    token->loaded = p11->p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL);
    if (!token->loaded) {
      problem_of(problem, ASSAY_TOKEN_NO_MODULE, p11->p11_kit_message());
      return NULL;
    }
    CK_RV code = p11->p11_kit_module_initialize(token->loaded);
    if (code != CKR_OK) {
      answered(token, problem, code);
      return NULL;
    }
    token->is_initialized = 1;
    one[0] = token->loaded;
    return one;
  }
  token->configured = p11->p11_kit_modules_load_and_initialize(0);
  if (!token->configured) {
    problem_of(problem, ASSAY_TOKEN_NO_MODULE, p11->p11_kit_message());
    return NULL;
  }
  if (!name) return token->configured;
  one[0] = p11->p11_kit_module_for_name(token->configured, name);
  if (!one[0]) problem_of(problem, ASSAY_TOKEN_NO_MODULE, "no module of this name is configured");
  return one[0] ? one : NULL;
}

// A text of PKCS #11: padded by spaces, not ended.
static void unpad(const unsigned char *text, size_t size, char *out) {
  while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == 0)) size--;
  memcpy(out, text, size);
  out[size] = 0;
}

static int fits(assay_token *token, CK_FUNCTION_LIST *module, CK_SLOT_ID slot, const CK_TOKEN_INFO *info) {
  CK_INFO library;
  CK_SLOT_INFO place;
  CK_SLOT_ID wanted = token->p11->p11_kit_uri_get_slot_id(token->uri);
  return token->p11->p11_kit_uri_match_token_info(token->uri, info) && (wanted == (CK_SLOT_ID)-1 || wanted == slot) &&
         module->C_GetSlotInfo(slot, &place) == CKR_OK &&
         token->p11->p11_kit_uri_match_slot_info(token->uri, &place) && module->C_GetInfo(&library) == CKR_OK &&
         token->p11->p11_kit_uri_match_module_info(token->uri, &library);
}

// Looks through one module's tokens; their labels are added to the problem's words.
static int look_into(assay_token *token, CK_FUNCTION_LIST *module, int *found, assay_token_problem *problem) {
  CK_SLOT_ID slots[64];
  CK_ULONG count = sizeof slots / sizeof slots[0];
  CK_RV code = module->C_GetSlotList(CK_TRUE, slots, &count);
  if (code != CKR_OK) return answered(token, problem, code);
  for (CK_ULONG i = 0; i < count; i++) {
    CK_TOKEN_INFO info;
    if (module->C_GetTokenInfo(slots[i], &info) != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED)) continue;
    char label[sizeof info.label + 1];
    unpad(info.label, sizeof info.label, label);
    size_t used = strlen(problem->words);
    snprintf(problem->words + used, sizeof problem->words - used, "%s%s", used ? "\n" : "", label);
    if (!fits(token, module, slots[i], &info)) continue;
    *found += 1;
    token->module = module;
    token->slot = slots[i];
  }
  return ASSAY_TOKEN_OK;
}

static int find(assay_token *token, const char *path, assay_token_problem *problem) {
  CK_FUNCTION_LIST *one[2], **all = modules(token, path, one, problem);
  if (!all) return ASSAY_TOKEN_NO_MODULE;
  problem_of(problem, ASSAY_TOKEN_OK, "");
  int found = 0;
  for (; *all; all++) {
    // Of several that are configured, one that fails says nothing of the others.
    int result = look_into(token, *all, &found, problem);
    if (result != ASSAY_TOKEN_OK && token->loaded) return result;
  }
  if (found != 1) return found == 0 ? ASSAY_TOKEN_NONE : ASSAY_TOKEN_SEVERAL;
  CK_RV code = token->module->C_OpenSession(token->slot, CKF_SERIAL_SESSION, NULL, NULL, &token->session);
  token->has_session = code == CKR_OK;
  return answered(token, problem, code);
}

int assay_token_open(const char *uri, const char *module, assay_token **out, assay_token_problem *problem) {
  *out = NULL;
  const assay_p11 *p11 = assay_p11_library();
  if (!p11) return problem_of(problem, ASSAY_TOKEN_NO_LIBRARY, "");
  assay_token *token = calloc(1, sizeof *token);
  if (!token) return problem_of(problem, ASSAY_TOKEN_NO_LIBRARY, "no memory");
  token->p11 = p11;
  int result = parse(token, uri, problem);
  if (result == ASSAY_TOKEN_OK) result = find(token, module, problem);
  if (result == ASSAY_TOKEN_OK)
    *out = token;
  else
    assay_token_close(token);
  return result;
}

int assay_token_look(assay_token *token, assay_token_facts *facts, assay_token_problem *problem) {
  CK_TOKEN_INFO info;
  CK_RV code = token->module->C_GetTokenInfo(token->slot, &info);
  if (code != CKR_OK) return answered(token, problem, code);
  unpad(info.label, sizeof info.label, facts->label);
  facts->wants_login = (info.flags & CKF_LOGIN_REQUIRED) != 0;
  facts->has_pin_pad = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  facts->was_wrong = (info.flags & CKF_USER_PIN_COUNT_LOW) != 0;
  facts->is_last_try = (info.flags & CKF_USER_PIN_FINAL_TRY) != 0;
  facts->is_locked = (info.flags & CKF_USER_PIN_LOCKED) != 0;
  return ASSAY_TOKEN_OK;
}

int assay_token_login(assay_token *token, const uint8_t *pin, size_t count, assay_token_problem *problem) {
  CK_RV code = token->module->C_Login(token->session, CKU_USER, (CK_UTF8CHAR_PTR)pin, count);
  return answered(token, problem, code == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : code);
}

static CK_RV describe(assay_token *token, CK_OBJECT_HANDLE handle, assay_token_key *key) {
  CK_KEY_TYPE kind = 0;
  CK_BBOOL again = CK_FALSE;
  unsigned char id[64];
  CK_ATTRIBUTE wanted[] = {{CKA_KEY_TYPE, &kind, sizeof kind}};
  CK_RV code = token->module->C_GetAttributeValue(token->session, handle, wanted, 1);
  if (code != CKR_OK) return code;
  memset(key, 0, sizeof *key);
  key->handle = handle;
  key->kind = kind;
  // Each by itself: what a token does not know, or what is too long, is left out.
  CK_ATTRIBUTE always = {CKA_ALWAYS_AUTHENTICATE, &again, sizeof again};
  if (token->module->C_GetAttributeValue(token->session, handle, &always, 1) == CKR_OK)
    key->wants_pin_again = again == CK_TRUE;
  CK_ATTRIBUTE label = {CKA_LABEL, key->label, sizeof key->label - 1};
  if (token->module->C_GetAttributeValue(token->session, handle, &label, 1) != CKR_OK) key->label[0] = 0;
  CK_ATTRIBUTE name = {CKA_ID, id, sizeof id};
  if (token->module->C_GetAttributeValue(token->session, handle, &name, 1) == CKR_OK && name.ulValueLen <= sizeof id)
    for (CK_ULONG i = 0; i < name.ulValueLen; i++) snprintf(key->id + 2 * i, 3, "%02x", id[i]);
  return CKR_OK;
}

int assay_token_keys(assay_token *token, assay_token_key *keys, size_t *count, assay_token_problem *problem) {
  size_t room = *count;
  *count = 0;
  CK_ULONG attributes = 0;
  CK_ATTRIBUTE_PTR wanted = token->p11->p11_kit_uri_get_attributes(token->uri, &attributes);
  CK_RV code = token->module->C_FindObjectsInit(token->session, wanted, attributes);
  if (code != CKR_OK) return answered(token, problem, code);
  CK_OBJECT_HANDLE handles[64];
  CK_ULONG found = 0;
  code = token->module->C_FindObjects(token->session, handles, sizeof handles / sizeof handles[0], &found);
  token->module->C_FindObjectsFinal(token->session);
  for (CK_ULONG i = 0; code == CKR_OK && i < found; i++) {
    if (i < room) code = describe(token, handles[i], &keys[i]);
    *count += 1;
  }
  return answered(token, problem, code);
}

int assay_token_sign(assay_token *token, const assay_token_key *key, const uint8_t *pin, size_t pin_count,
                     const uint8_t *bytes, size_t count, uint8_t *signature, size_t *size,
                     assay_token_problem *problem) {
  CK_MECHANISM mechanism = {key->kind == ASSAY_TOKEN_EDWARDS ? CKM_EDDSA : CKM_ECDSA, NULL, 0};
  CK_RV code = token->module->C_SignInit(token->session, &mechanism, key->handle);
  if (code == CKR_OK && key->wants_pin_again)
    code = token->module->C_Login(token->session, CKU_CONTEXT_SPECIFIC, (CK_UTF8CHAR_PTR)(pin_count ? pin : NULL), pin_count);
  if (code != CKR_OK) return answered(token, problem, code);
  CK_ULONG length = *size;
  code = token->module->C_Sign(token->session, (CK_BYTE_PTR)bytes, count, signature, &length);
  *size = code == CKR_OK ? length : 0;
  return answered(token, problem, code);
}
