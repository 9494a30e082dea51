#include <isa-l/igzip_lib.h>
#include <stdlib.h>

// The state holds arrays that Swift does not import: it is made, fed and asked here.
//
// NO_HDR_VER: members come without their header, with their trailer, which is checked. ISA-L 2.30's own header reader
// loses its place in a name or comment that is cut between two calls.

static inline struct inflate_state *assay_inflate_new(void) {
  struct inflate_state *state = malloc(sizeof *state);
  if (state) {
    isal_inflate_init(state);
    state->crc_flag = ISAL_GZIP_NO_HDR_VER;
  }
  return state;
}

static inline void assay_inflate_free(struct inflate_state *state) { free(state); }

// Ready for the next member. isal_inflate_reset keeps crc_flag.
static inline void assay_inflate_next_member(struct inflate_state *state) {
  isal_inflate_reset(state);
  state->crc_flag = ISAL_GZIP_NO_HDR_VER;
}

// One step. On return *in_size and *out_size hold what was used of each.
static inline int assay_inflate(struct inflate_state *state, const uint8_t *in, uint32_t *in_size, uint8_t *out,
                                uint32_t *out_size) {
  state->next_in = (uint8_t *)in;
  state->avail_in = *in_size;
  state->next_out = out;
  state->avail_out = *out_size;
  int result = isal_inflate(state);
  *in_size -= state->avail_in;
  *out_size -= state->avail_out;
  return result;
}

static inline int assay_inflate_is_finished(const struct inflate_state *state) {
  return state->block_state == ISAL_BLOCK_FINISH;
}

// A gzip member that is written: level 1, no time, no name.
struct assay_deflate {
  struct isal_zstream stream;
  uint8_t buffer[ISAL_DEF_LVL1_DEFAULT];
};

static inline struct assay_deflate *assay_deflate_new(void) {
  struct assay_deflate *state = malloc(sizeof *state);
  if (state) {
    isal_deflate_init(&state->stream);
    state->stream.level = 1;
    state->stream.level_buf = state->buffer;
    state->stream.level_buf_size = sizeof state->buffer;
    state->stream.gzip_flag = IGZIP_GZIP;
    state->stream.flush = NO_FLUSH;
  }
  return state;
}

static inline void assay_deflate_free(struct assay_deflate *state) { free(state); }

// One step. On return *in_size and *out_size hold what was used of each.
static inline int assay_deflate_step(struct assay_deflate *state, const uint8_t *in, uint32_t *in_size, uint8_t *out,
                                     uint32_t *out_size, int is_last) {
  state->stream.next_in = (uint8_t *)in;
  state->stream.avail_in = *in_size;
  state->stream.next_out = out;
  state->stream.avail_out = *out_size;
  state->stream.end_of_stream = is_last;
  int result = isal_deflate(&state->stream);
  *in_size -= state->stream.avail_in;
  *out_size -= state->stream.avail_out;
  return result;
}

static inline int assay_deflate_is_finished(const struct assay_deflate *state) {
  return state->stream.internal_state.state == ZSTATE_END;
}
