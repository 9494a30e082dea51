// libyaml's event interface behind flat values: open, take events one by one, close.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct assay_yaml assay_yaml;

typedef enum __attribute__((enum_extensibility(closed))) assay_yaml_kind {
    assay_yaml_stream_start,
    assay_yaml_stream_end,
    assay_yaml_document_start,
    assay_yaml_document_end,
    assay_yaml_alias,
    assay_yaml_scalar,
    assay_yaml_sequence_start,
    assay_yaml_sequence_end,
    assay_yaml_mapping_start,
    assay_yaml_mapping_end,
} assay_yaml_kind;

// All from 0. Columns count code points; `byte` is the offset in what was opened.
typedef struct assay_yaml_mark {
    size_t line;
    size_t column;
    size_t byte;
} assay_yaml_mark;

typedef struct assay_yaml_event {
    assay_yaml_kind kind;
    assay_yaml_mark mark;
    // A scalar's UTF-8, good until the next call; NULL for other kinds.
    const uint8_t *text;
    size_t size;
    // Of scalars: neither quoted nor a block.
    bool is_plain;
    bool has_anchor;
    bool has_tag;
} assay_yaml_event;

// Copies the bytes, which must be valid UTF-8 without a byte order mark. NULL where memory is short.
assay_yaml *assay_yaml_open(const uint8_t *bytes, size_t size);
// False where the text is no YAML; no further call helps then. After the stream's end there is nothing to ask for.
bool assay_yaml_next(assay_yaml *reader, assay_yaml_event *event);
// Why the last call said false: what libyaml was doing and what it found there, in its words, which are never freed;
// the first may be empty.
const char *assay_yaml_context(const assay_yaml *reader);
const char *assay_yaml_problem(const assay_yaml *reader);
assay_yaml_mark assay_yaml_problem_mark(assay_yaml *reader);
// Where what it was doing began; where it found the problem, if it does not say.
assay_yaml_mark assay_yaml_context_mark(assay_yaml *reader);
void assay_yaml_close(assay_yaml *reader);
