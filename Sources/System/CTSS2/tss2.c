#include "assay_tss2.h"
