#include "assay_openssl.h"
