// RE2 behind C: compile, match the whole of a text, free.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct assay_pattern assay_pattern;

// NULL where the expression is none, with the reason in `problem` (at most `problem_size` bytes, NUL-terminated).
// `memory` bounds program and caches in bytes. Writes no log.
assay_pattern *assay_pattern_compile(const char *expression, size_t size, int64_t memory, char *problem,
                                     size_t problem_size);
// 1 where the pattern matches all of the UTF-8 text, 0 otherwise. Any thread may call.
int assay_pattern_matches_whole(const assay_pattern *pattern, const uint8_t *text, size_t size);
void assay_pattern_free(assay_pattern *pattern);

#ifdef __cplusplus
}
#endif
