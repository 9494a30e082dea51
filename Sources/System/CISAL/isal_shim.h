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
