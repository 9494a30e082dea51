#include "assay_libtpms.h"
