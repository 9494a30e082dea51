#include "library.h"

#include <dlfcn.h>
#include <pthread.h>

static assay_p11 functions;
static int is_there;

static void load(void) {
  void *library = dlopen("libp11-kit.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
#define ASSAY_P11_LOAD(name) \
  if (!(functions.name = (__typeof__(functions.name))dlsym(library, #name))) return
  ASSAY_P11_FUNCTIONS(ASSAY_P11_LOAD);
  // It would write to stderr, which is the operator's: trouble comes back as codes, and the caller words it.
  functions.p11_kit_be_quiet();
  is_there = 1;
}

const assay_p11 *assay_p11_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_there ? &functions : NULL;
}
