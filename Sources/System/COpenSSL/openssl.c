#define _DEFAULT_SOURCE
#include "assay_openssl.h"

#include <openssl/kdf.h>
#include <string.h>
#include <time.h>

void assay_openssl_start(void) {
    OPENSSL_init_crypto(
        OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS, NULL);
}

static EVP_PKEY *key_from(OSSL_LIB_CTX *library, const char *properties, const char *type, int selection,
                          OSSL_PARAM *params) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(library, type, properties);
    if (context != NULL && EVP_PKEY_fromdata_init(context) > 0)
        if (EVP_PKEY_fromdata(context, &key, selection, params) <= 0) {
            EVP_PKEY_free(key);
            key = NULL;
        }
    EVP_PKEY_CTX_free(context);
    return key;
}

EVP_PKEY *assay_key_ec_curve(OSSL_LIB_CTX *library, const char *properties, const char *group) {
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0),
        OSSL_PARAM_construct_end(),
    };
    return key_from(library, properties, "EC", EVP_PKEY_KEY_PARAMETERS, params);
}

EVP_PKEY *assay_key_ec(EVP_PKEY *curve, const uint8_t *point, size_t size) {
    EVP_PKEY *key = EVP_PKEY_dup(curve);
    if (key != NULL && EVP_PKEY_set1_encoded_public_key(key, point, size) <= 0) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

// Integers in OSSL_PARAM are in the machine's byte order.
static int native(const uint8_t *bytes, size_t size, uint8_t *out) {
    BIGNUM *number = BN_bin2bn(bytes, (int)size, NULL);
    int done = number != NULL && BN_bn2nativepad(number, out, (int)size) == (int)size;
    BN_free(number);
    return done;
}

EVP_PKEY *assay_key_rsa(OSSL_LIB_CTX *library, const char *properties, const uint8_t *modulus, size_t modulus_size,
                        const uint8_t *exponent, size_t exponent_size) {
    uint8_t n[1024], e[16];
    if (modulus_size > sizeof n || exponent_size > sizeof e || !native(modulus, modulus_size, n)
        || !native(exponent, exponent_size, e))
        return NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n, modulus_size),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e, exponent_size),
        OSSL_PARAM_construct_end(),
    };
    return key_from(library, properties, "RSA", EVP_PKEY_PUBLIC_KEY, params);
}

// Older libraries ignore the parameter and would verify plain Ed25519 in its stead: so ask first.
int assay_has_ed25519ph(OSSL_LIB_CTX *library, const char *properties) {
    EVP_SIGNATURE *algorithm = EVP_SIGNATURE_fetch(library, "ED25519", properties);
    if (algorithm == NULL)
        return 0;
    const OSSL_PARAM *settable = EVP_SIGNATURE_settable_ctx_params(algorithm);
    int found = settable != NULL && OSSL_PARAM_locate_const(settable, "instance") != NULL;
    EVP_SIGNATURE_free(algorithm);
    return found;
}

int assay_verify_ed25519ph(OSSL_LIB_CTX *library, const char *properties, EVP_PKEY *key, const uint8_t *signature,
                           size_t signature_size, const uint8_t *message, size_t message_size) {
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("instance", (char *)"Ed25519ph", 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int verified = context != NULL && assay_has_ed25519ph(library, properties)
        && EVP_DigestVerifyInit_ex(context, NULL, NULL, library, properties, key, params) == 1
        && EVP_DigestVerify(context, signature, signature_size, message, message_size) == 1;
    EVP_MD_CTX_free(context);
    return verified;
}

X509 *assay_x509_decode(OSSL_LIB_CTX *library, const uint8_t *der, size_t size) {
    const uint8_t *end = der;
    // Only a certificate made like this knows its library context; others use the default one.
    X509 *certificate = X509_new_ex(library, NULL);
    if (certificate == NULL)
        return NULL;
    // Decodes into what is there, and frees it where it fails.
    ASN1_VALUE *value = (ASN1_VALUE *)certificate;
    if (ASN1_item_d2i_ex(&value, &end, (long)size, ASN1_ITEM_rptr(X509), library, NULL) == NULL) {
        certificate = (X509 *)value;
    } else if (end == der + size) {
        // The first call reads the extensions, and complains of a missing fingerprint too. The second asks what each of
        // OpenSSL's getters asks: where it says no, they answer as if there were no extensions.
        X509_check_purpose(certificate, -1, 0);
        if (X509_check_purpose(certificate, -1, 0) == 1)
            return certificate;
    }
    X509_free(certificate);
    return NULL;
}

char *assay_x509_name_text(const X509_NAME *name, size_t *size) {
    BIO *bio = BIO_new(BIO_s_mem());
    char *copy = NULL;
    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
        char *data = NULL;
        *size = (size_t)BIO_get_mem_data(bio, &data);
        copy = OPENSSL_malloc(*size + 1);
        if (copy != NULL && *size > 0)
            memcpy(copy, data, *size);
    }
    BIO_free(bio);
    return copy;
}

int assay_x509_time(const ASN1_TIME *time, int64_t *seconds) {
    // Of what OpenSSL reads, only times with seconds and Z have these lengths.
    int wanted = ASN1_STRING_type(time) == V_ASN1_UTCTIME ? 13 : 15;
    struct tm parts;
    if (ASN1_STRING_length(time) != wanted || ASN1_TIME_to_tm(time, &parts) != 1)
        return 0;
    *seconds = (int64_t)timegm(&parts);
    return 1;
}

int assay_time(int tag, const uint8_t *text, size_t size, int64_t *seconds) {
    ASN1_TIME *time = ASN1_STRING_type_new(tag);
    int done = time != NULL && size <= 15 && ASN1_STRING_set(time, text, (int)size) == 1
        && assay_x509_time(time, seconds) == 1;
    ASN1_STRING_free(time);
    return done;
}

X509_NAME *assay_x509_crl_issuer(OSSL_LIB_CTX *library, const uint8_t *der, size_t size) {
    const uint8_t *end = der;
    X509_CRL *list = X509_CRL_new_ex(library, NULL);
    if (list == NULL)
        return NULL;
    X509_NAME *issuer = NULL;
    ASN1_VALUE *value = (ASN1_VALUE *)list;
    // As above: frees what it decodes into where it fails.
    if (ASN1_item_d2i_ex(&value, &end, (long)size, ASN1_ITEM_rptr(X509_CRL), library, NULL) != NULL
        && end == der + size)
        issuer = X509_NAME_dup(X509_CRL_get_issuer((X509_CRL *)value));
    X509_CRL_free((X509_CRL *)value);
    return issuer;
}

void assay_free(void *memory) { OPENSSL_free(memory); }

int assay_pbkdf2_sha256(OSSL_LIB_CTX *library, const char *properties, const uint8_t *password, size_t password_size,
                        const uint8_t *salt, size_t salt_size, uint64_t iterations, uint8_t *out, size_t size) {
  EVP_KDF *kdf = EVP_KDF_fetch(library, "PBKDF2", properties);
  EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)password, password_size),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_size),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA2-256", 0),
      properties ? OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_PROPERTIES, (char *)properties, 0)
                 : OSSL_PARAM_construct_end(),
      OSSL_PARAM_construct_end(),
  };
  int done = context && EVP_KDF_derive(context, out, size, parameters) == 1;
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return done;
}

static int derive(OSSL_LIB_CTX *library, const char *properties, const char *name, OSSL_PARAM *parameters, uint8_t *out,
                  size_t size) {
    EVP_KDF *kdf = EVP_KDF_fetch(library, name, properties);
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    int done = context && EVP_KDF_derive(context, out, size, parameters) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return done;
}

static OSSL_PARAM query(const char *properties) {
    return properties ? OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_PROPERTIES, (char *)properties, 0)
                      : OSSL_PARAM_construct_end();
}

int assay_kbkdf(OSSL_LIB_CTX *library, const char *properties, const char *digest, const uint8_t *key, size_t key_size,
                const uint8_t *label, size_t label_size, const uint8_t *context, size_t context_size, uint8_t *out,
                size_t size) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, (char *)"HMAC", 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)label, label_size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)context, context_size),
        query(properties),
        OSSL_PARAM_construct_end(),
    };
    return derive(library, properties, "KBKDF", parameters, out, size);
}

int assay_sskdf(OSSL_LIB_CTX *library, const char *properties, const char *digest, const uint8_t *secret,
                size_t secret_size, const uint8_t *info, size_t info_size, uint8_t *out, size_t size) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, (void *)secret, secret_size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_size),
        query(properties),
        OSSL_PARAM_construct_end(),
    };
    return derive(library, properties, "SSKDF", parameters, out, size);
}

int assay_rsa_oaep(OSSL_LIB_CTX *library, const char *properties, EVP_PKEY *key, const char *digest,
                   const uint8_t *label, size_t label_size, const uint8_t *text, size_t text_size, uint8_t *out,
                   size_t *out_size) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, (char *)OSSL_PKEY_RSA_PAD_MODE_OAEP, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, (char *)digest, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, (char *)digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, (void *)label, label_size),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(library, key, properties);
    int done = context && EVP_PKEY_encrypt_init_ex(context, parameters) == 1
        && EVP_PKEY_encrypt(context, out, out_size, text, text_size) == 1;
    EVP_PKEY_CTX_free(context);
    return done;
}
