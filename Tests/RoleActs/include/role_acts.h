#ifndef ASSAY_ROLE_ACTS_H
#define ASSAY_ROLE_ACTS_H

/* Before anything is confined: a role that may not ask for its parent would be ended for that, and not for its act. */
void role_learn_parent(void);

/* Tries one act on `path`, with `other` where there are two. Returns 0 where it succeeded, otherwise the errno; -1 for a
   name that is no act. What the system ends does not return. */
int role_act(const char *name, const char *path, const char *other);

/* From now on this process, and what it executes, has another kernel. `usual`: none. `without-landlock`, `without-seccomp`:
   one that knows no such calls. `letting-all-through`: one that says that it filters system calls, and does not, so that
   what else holds shows. Returns 0, or an errno. */
int role_kernel(const char *name);

#endif
