#include "assay_yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct assay_yaml {
    yaml_parser_t parser;
    yaml_event_t event;
    bool holds_event;
    uint8_t *bytes;
    size_t size;
    // Where the last mark was: its place in code points, and in bytes.
    size_t index;
    size_t byte;
};

assay_yaml *assay_yaml_open(const uint8_t *bytes, size_t size) {
    assay_yaml *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->size = size;
    reader->bytes = malloc(size ? size : 1);
    if (!reader->bytes || !yaml_parser_initialize(&reader->parser)) {
        free(reader->bytes);
        free(reader);
        return NULL;
    }
    if (size)
        memcpy(reader->bytes, bytes, size);
    // Not left to a guess from the first bytes.
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, reader->bytes, size);
    return reader;
}

// libyaml counts code points. Marks of events come in the order of the text, so that this is one walk over it.
static assay_yaml_mark placed(assay_yaml *reader, yaml_mark_t mark) {
    if (mark.index < reader->index)
        reader->index = reader->byte = 0;
    while (reader->index < mark.index && reader->byte < reader->size) {
        do
            reader->byte++;
        while (reader->byte < reader->size && (reader->bytes[reader->byte] & 0xc0) == 0x80);
        reader->index++;
    }
    return (assay_yaml_mark){mark.line, mark.column, reader->byte};
}

bool assay_yaml_next(assay_yaml *reader, assay_yaml_event *event) {
    if (reader->holds_event)
        yaml_event_delete(&reader->event);
    reader->holds_event = false;
    if (!yaml_parser_parse(&reader->parser, &reader->event))
        return false;
    reader->holds_event = true;
    const yaml_event_t *found = &reader->event;
    memset(event, 0, sizeof *event);
    event->mark = placed(reader, found->start_mark);
    // The tag "!" alone leaves no trace in an event, but nothing else begins with its letter.
    bool at_tag = event->mark.byte < reader->size && reader->bytes[event->mark.byte] == '!';
    switch (found->type) {
    case YAML_STREAM_START_EVENT:
        event->kind = assay_yaml_stream_start;
        return true;
    case YAML_STREAM_END_EVENT:
        event->kind = assay_yaml_stream_end;
        return true;
    case YAML_DOCUMENT_START_EVENT:
        event->kind = assay_yaml_document_start;
        return true;
    case YAML_DOCUMENT_END_EVENT:
        event->kind = assay_yaml_document_end;
        return true;
    case YAML_ALIAS_EVENT:
        event->kind = assay_yaml_alias;
        return true;
    case YAML_SCALAR_EVENT:
        event->kind = assay_yaml_scalar;
        event->text = found->data.scalar.value;
        event->size = found->data.scalar.length;
        event->is_plain = found->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        event->has_anchor = found->data.scalar.anchor != NULL;
        event->has_tag = found->data.scalar.tag != NULL || at_tag;
        return true;
    case YAML_SEQUENCE_START_EVENT:
        event->kind = assay_yaml_sequence_start;
        event->has_anchor = found->data.sequence_start.anchor != NULL;
        event->has_tag = found->data.sequence_start.tag != NULL || at_tag;
        return true;
    case YAML_SEQUENCE_END_EVENT:
        event->kind = assay_yaml_sequence_end;
        return true;
    case YAML_MAPPING_START_EVENT:
        event->kind = assay_yaml_mapping_start;
        event->has_anchor = found->data.mapping_start.anchor != NULL;
        event->has_tag = found->data.mapping_start.tag != NULL || at_tag;
        return true;
    case YAML_MAPPING_END_EVENT:
        event->kind = assay_yaml_mapping_end;
        return true;
    case YAML_NO_EVENT:
        break;
    }
    return false;
}

const char *assay_yaml_context(const assay_yaml *reader) {
    return reader->parser.context ? reader->parser.context : "";
}

const char *assay_yaml_problem(const assay_yaml *reader) {
    if (reader->parser.error == YAML_MEMORY_ERROR)
        return "memory is short";
    return reader->parser.problem ? reader->parser.problem : "the text ended before";
}

assay_yaml_mark assay_yaml_problem_mark(assay_yaml *reader) {
    // Bytes that are no text are found while reading ahead, and have no mark: then, how far the words were understood.
    bool has_mark = reader->parser.error == YAML_SCANNER_ERROR || reader->parser.error == YAML_PARSER_ERROR;
    return placed(reader, has_mark ? reader->parser.problem_mark : reader->parser.mark);
}

assay_yaml_mark assay_yaml_context_mark(assay_yaml *reader) {
    return reader->parser.context ? placed(reader, reader->parser.context_mark) : assay_yaml_problem_mark(reader);
}

void assay_yaml_close(assay_yaml *reader) {
    if (reader->holds_event)
        yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->parser);
    free(reader->bytes);
    free(reader);
}
