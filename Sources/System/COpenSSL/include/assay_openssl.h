// OpenSSL 3 as Assay uses it: EVP and X509, no deprecated calls. Macros become functions here.
#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stddef.h>
#include <stdint.h>

// Starts libcrypto without reading openssl.cnf (a file that an environment variable can name, and that can load code),
// and without the error texts and legacy cipher tables that nothing here uses. Later calls change nothing.
void assay_openssl_start(void);

// Public keys from their numbers, no decoder involved. NULL on failure.
// A curve without a point, from which keys on it are made: building the curve anew costs three times a key.
EVP_PKEY *assay_key_ec_curve(OSSL_LIB_CTX *library, const char *properties, const char *group);
// `point` is encoded, and must be on the curve.
EVP_PKEY *assay_key_ec(EVP_PKEY *curve, const uint8_t *point, size_t size);
// Modulus and exponent are big-endian.
EVP_PKEY *assay_key_rsa(OSSL_LIB_CTX *library, const char *properties, const uint8_t *modulus, size_t modulus_size,
                        const uint8_t *exponent, size_t exponent_size);

// A P-256 key from its scalar, big-endian, and its uncompressed point. NULL on failure, and unless the point is the scalar's.
EVP_PKEY *assay_p256_private(OSSL_LIB_CTX *library, const char *properties, const uint8_t scalar[32],
                             const uint8_t point[65]);
// The numbers of a new one. 1 on success.
int assay_p256_generate(OSSL_LIB_CTX *library, const char *properties, uint8_t scalar[32], uint8_t point[65]);

// Whether Ed25519 of this library can be told to be Ed25519ph (OpenSSL 3.2 and later).
int assay_has_ed25519ph(OSSL_LIB_CTX *library, const char *properties);
// 1 verified, 0 not.
int assay_verify_ed25519ph(OSSL_LIB_CTX *library, const char *properties, EVP_PKEY *key, const uint8_t *signature,
                           size_t signature_size, const uint8_t *message, size_t message_size);

// Decodes one certificate and reads its standard extensions. NULL unless all bytes were used and the extensions are
// well formed. Whatever OpenSSL does beside (a fingerprint, a key) it tries in `library`, and goes without.
X509 *assay_x509_decode(OSSL_LIB_CTX *library, const uint8_t *der, size_t size);
// RFC 2253 in UTF-8; free with `assay_free`. NULL on failure.
char *assay_x509_name_text(const X509_NAME *name, size_t *size);
// Unix seconds of a time that ends in Z and states its seconds (RFC 5280 §4.1.2.5). 1 on success.
int assay_x509_time(const ASN1_TIME *time, int64_t *seconds);
// The same of a time that is not wrapped: `tag` is UTCTime's (23) or GeneralizedTime's (24).
int assay_time(int tag, const uint8_t *text, size_t size, int64_t *seconds);
// Decodes one certificate revocation list and keeps its issuer's name; free with X509_NAME_free. NULL unless all bytes
// were used.
X509_NAME *assay_x509_crl_issuer(OSSL_LIB_CTX *library, const uint8_t *der, size_t size);
void assay_free(void *memory);

// PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2). 1 on success.
int assay_pbkdf2_sha256(OSSL_LIB_CTX *library, const char *properties, const uint8_t *password, size_t password_size,
                        const uint8_t *salt, size_t salt_size, uint64_t iterations, uint8_t *out, size_t size);

// Key derivations. `digest` is OpenSSL's name of it; 1 on success.
// NIST SP 800-108 in counter mode, HMAC: a counter of 32 bits before, a zero between label and context, the length in
// bits behind.
int assay_kbkdf(OSSL_LIB_CTX *library, const char *properties, const char *digest, const uint8_t *key, size_t key_size,
                const uint8_t *label, size_t label_size, const uint8_t *context, size_t context_size, uint8_t *out,
                size_t size);
// NIST SP 800-56C §4.1 with a hash: counter, secret, info.
int assay_sskdf(OSSL_LIB_CTX *library, const char *properties, const char *digest, const uint8_t *secret,
                size_t secret_size, const uint8_t *info, size_t info_size, uint8_t *out, size_t size);

// RSAES-OAEP (RFC 8017 §7.1), with one hash throughout. `*out_size` holds the capacity before, the length after.
// 1 on success.
int assay_rsa_oaep(OSSL_LIB_CTX *library, const char *properties, EVP_PKEY *key, const char *digest,
                   const uint8_t *label, size_t label_size, const uint8_t *text, size_t text_size, uint8_t *out,
                   size_t *out_size);

// Replaces each two neighbours of 32 bytes by the SHA-256 of prefix || left || right, from the front of `nodes` on. The
// context has been set up for SHA-256. 1 on success.
int assay_hash_pairs(EVP_MD_CTX *context, uint8_t prefix, uint8_t *nodes, size_t pairs);
