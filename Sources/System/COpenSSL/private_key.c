#include "assay_openssl.h"

#include <string.h>

// Integers in OSSL_PARAM are in the machine's byte order; the caller cleanses `out`.
static int native_scalar(const uint8_t scalar[32], uint8_t out[32]) {
    BIGNUM *number = BN_bin2bn(scalar, 32, NULL);
    int done = number != NULL && BN_bn2nativepad(number, out, 32) == 32;
    BN_clear_free(number);
    return done;
}

EVP_PKEY *assay_p256_private(OSSL_LIB_CTX *library, const char *properties, const uint8_t scalar[32],
                             const uint8_t point[65]) {
    EVP_PKEY *key = NULL;
    uint8_t number[32];
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(library, "EC", properties);
    if (maker != NULL && native_scalar(scalar, number) && EVP_PKEY_fromdata_init(maker) > 0) {
        OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"P-256", 0),
            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, 65),
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number, sizeof number),
            OSSL_PARAM_construct_end(),
        };
        if (EVP_PKEY_fromdata(maker, &key, EVP_PKEY_KEYPAIR, params) <= 0)
            key = NULL;
    }
    OPENSSL_cleanse(number, sizeof number);
    EVP_PKEY_CTX_free(maker);
    // The scalar in its range, the point on the curve, and one the other's.
    EVP_PKEY_CTX *checker = key == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(library, key, properties);
    if (key != NULL && (checker == NULL || EVP_PKEY_check(checker) != 1)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(checker);
    return key;
}

int assay_p256_generate(OSSL_LIB_CTX *library, const char *properties, uint8_t scalar[32], uint8_t point[65]) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(library, properties, "EC", "P-256");
    BIGNUM *number = NULL;
    size_t size = 0;
    int done = key != NULL && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1
        && BN_bn2binpad(number, scalar, 32) == 32
        && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, 65, &size) == 1 && size == 65
        && point[0] == 4;
    BN_clear_free(number);
    EVP_PKEY_free(key);
    return done;
}
