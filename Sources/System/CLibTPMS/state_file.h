// The software TPM's state on disk: magic (16 bytes), FNV-1a of the blob (8, big-endian), its length (8, big-endian),
// and the blob as libtpms wrote it.
#pragma once
#include "assay_libtpms.h"

// Whether there is one, of whatever kind.
int assay_state_exists(int directory);

// Replaces it durably, or leaves the old one and returns -1 with errno set.
int assay_state_write(int directory, const unsigned char *blob, uint32_t size);

// The blob comes in memory that libtpms frees.
assay_software_tpm_status assay_state_read(int directory, unsigned char **blob, uint32_t *size);
