// The functions of libp11-kit that are used, loaded by name.
#pragma once
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

#define ASSAY_P11_FUNCTIONS(each)        \
  each(p11_kit_be_quiet);                \
  each(p11_kit_message);                 \
  each(p11_kit_strerror);                \
  each(p11_kit_modules_load_and_initialize); \
  each(p11_kit_modules_finalize_and_release); \
  each(p11_kit_module_for_name);         \
  each(p11_kit_module_load);             \
  each(p11_kit_module_initialize);       \
  each(p11_kit_module_finalize);         \
  each(p11_kit_module_release);          \
  each(p11_kit_uri_new);                 \
  each(p11_kit_uri_free);                \
  each(p11_kit_uri_parse);               \
  each(p11_kit_uri_message);             \
  each(p11_kit_uri_any_unrecognized);    \
  each(p11_kit_uri_get_pin_value);       \
  each(p11_kit_uri_get_pin_source);      \
  each(p11_kit_uri_get_module_path);     \
  each(p11_kit_uri_get_module_name);     \
  each(p11_kit_uri_get_attribute);       \
  each(p11_kit_uri_get_attributes);      \
  each(p11_kit_uri_set_attribute);       \
  each(p11_kit_uri_get_slot_id);         \
  each(p11_kit_uri_match_slot_info);     \
  each(p11_kit_uri_match_token_info);    \
  each(p11_kit_uri_match_module_info)

#define ASSAY_P11_MEMBER(name) __typeof__(&name) name
typedef struct {
  ASSAY_P11_FUNCTIONS(ASSAY_P11_MEMBER);
} assay_p11;

// NULL where the library is not there, or lacks one of them.
const assay_p11 *assay_p11_library(void);
