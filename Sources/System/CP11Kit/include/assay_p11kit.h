// libp11-kit as flat functions: a token that a PKCS #11 URI (RFC 7512) names, its private keys, their signatures.
//
// The library is loaded when the first token is opened, so that every other command starts as if it were not there. A
// result is an ASSAY_TOKEN_ value, or where it is ASSAY_TOKEN_DEVICE, `code` holds what the token answered (CKR_…). Not
// for concurrent use.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct assay_token assay_token;

enum {
  ASSAY_TOKEN_OK = 0,
  // libp11-kit itself is not installed.
  ASSAY_TOKEN_NO_LIBRARY,
  ASSAY_TOKEN_BAD_URI,
  // The module is not there, or does not start.
  ASSAY_TOKEN_NO_MODULE,
  ASSAY_TOKEN_NONE,
  ASSAY_TOKEN_SEVERAL,
  ASSAY_TOKEN_DEVICE,
};

typedef struct {
  unsigned long code;
  // The library's words, or the labels of the tokens that are there, one a line; NUL-terminated.
  char words[512];
} assay_token_problem;

// What of the token's flags matters here (PKCS #11 2.40, CK_TOKEN_INFO).
typedef struct {
  char label[33];
  int wants_login, has_pin_pad;
  // Of the user's PIN: wrong at least once since it was right; one try is left; no more tries.
  int was_wrong, is_last_try, is_locked;
} assay_token_facts;

#define ASSAY_TOKEN_EC 0x03UL
#define ASSAY_TOKEN_EDWARDS 0x40UL
// Bytes of a signature: two numbers of P-521 at the most.
#define ASSAY_TOKEN_SIGNATURE_MAX 144

typedef struct {
  unsigned long handle;
  // CKA_KEY_TYPE: ASSAY_TOKEN_EC, ASSAY_TOKEN_EDWARDS, or another one.
  unsigned long kind;
  // Each signature wants the PIN again (CKA_ALWAYS_AUTHENTICATE).
  int wants_pin_again;
  // As URIs have them: the label, and the ID as hexadecimal digits; empty where they are longer.
  char label[128], id[129];
} assay_token_key;

// `module` is a library's path, before the one that the URI may name; NULL for what the URI or the system's configuration
// says. Whatever is opened goes with assay_token_close.
int assay_token_open(const char *uri, const char *module, assay_token **out, assay_token_problem *problem);
void assay_token_close(assay_token *token);

// Asks the token anew.
int assay_token_look(assay_token *token, assay_token_facts *facts, assay_token_problem *problem);

// NULL: the token asks at its own pad.
int assay_token_login(assay_token *token, const uint8_t *pin, size_t count, assay_token_problem *problem);

// The private keys that the URI's object and ID fit: `*count` holds the room before, and the number after, which may be
// larger than what is written.
int assay_token_keys(assay_token *token, assay_token_key *keys, size_t *count, assay_token_problem *problem);

// CKM_EDDSA over the bytes of a message for ASSAY_TOKEN_EDWARDS, otherwise CKM_ECDSA over a digest. `*size` holds the
// signature's room before, and its length after.
int assay_token_sign(assay_token *token, const assay_token_key *key, const uint8_t *pin, size_t pin_count,
                     const uint8_t *bytes, size_t count, uint8_t *signature, size_t *size,
                     assay_token_problem *problem);
