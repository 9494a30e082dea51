#ifndef ASSAY_ROLE_ACTS_H
#define ASSAY_ROLE_ACTS_H

/* Tries one act on `path`, with `other` where there are two. Returns 0 where it succeeded, otherwise the errno; -1 for a
   name that is no act. What the system ends does not return. */
int role_act(const char *name, const char *path, const char *other);

/* From now on this process has a kernel that knows no Landlock. Returns 0, or an errno. */
int role_without_landlock(void);

#endif
