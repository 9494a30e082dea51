#include "assay_re2.h"
