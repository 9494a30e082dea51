#ifndef ASSAY_ROLE_ACTS_H
#define ASSAY_ROLE_ACTS_H

/* Tries one act that a confined role must not do. Returns 0 where it succeeded, otherwise the errno; -1 for a name that is
   no act. What the system ends does not return. */
int role_act(const char *name, const char *path);

#endif
