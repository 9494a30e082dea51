#include "assay_openssl.h"

#include <string.h>

int assay_hash_pairs(EVP_MD_CTX *context, uint8_t prefix, uint8_t *nodes, size_t pairs) {
    uint8_t block[65];
    block[0] = prefix;
    for (size_t pair = 0; pair < pairs; pair++) {
        memcpy(block + 1, nodes + 64 * pair, 64);
        // A digest that is given again would be looked up again.
        if (EVP_DigestInit_ex2(context, NULL, NULL) != 1 || EVP_DigestUpdate(context, block, sizeof block) != 1
            || EVP_DigestFinal_ex(context, nodes + 32 * pair, NULL) != 1)
            return 0;
    }
    return 1;
}
