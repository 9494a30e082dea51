/* The commit protocol and its recovery (CommitProtocol.md), against crashes, power cuts, a disk that lies and a hand that
 * puts old disks back, in every order.
 *
 *   spin -a commit-protocol.pml && gcc -DSAFETY -o pan pan.c && ./pan -E
 *
 * A commit is a number; `parent` is the commit that it was made on, so that a number stands for a whole history, as an
 * anchor value does. What the disk may hold is any of what was ever written to it: records are signed, so that nobody can
 * make others. The anchor changes by extension alone.
 *
 * Two runs must find nothing:
 *   (no define)    the disk may be put back to any earlier state, database and side files each on their own
 *   -DHONEST       nobody touches the disk; then no crash may end in a refusal either
 * And each of these changes to the protocol must be found:
 *   -DRELEASE_FIRST, -DCOUNTER                      by the first run
 *   -DANCHOR_FIRST, -DNO_SIDE, -DNO_SECOND_SIDE, -DONE_SIDE, -DBLIND   by the second
 */
#define MOST 4
#define GARBAGE 31

byte parent[MOST + 1];   /* parent[0] is unused: 0 is the first commit, made when the store was */
byte depth[MOST + 1];
int past[MOST + 1];      /* the commits of a history, as bits */
byte next = 1;

byte db, db_before;      /* what the database holds, and held before its last transaction */
byte side[2];            /* what the side files hold; 0 is nothing whole */
int was_db = 1, was_side = 1;   /* all that database and side files ever held, as bits */
byte nv;                 /* the anchor */

int released = 1;        /* commits whose receipts went out, as bits */

#ifdef ONE_SIDE
#define slot(depth) 0
#else
#define slot(depth) ((depth) & 1)
#endif
#define is_parent(a, b) (b != 0 && parent[b] == a)
#ifdef COUNTER
#define same(a, b) (a != GARBAGE && depth[a] == depth[b])
#else
#define same(a, b) (a == b)
#endif

inline store(n) { db_before = db; db = n; was_db = was_db | (1 << n) }
/* In place: a crash leaves it torn. */
inline tear(n) { side[slot(depth[n])] = 0 }
inline mirror(n) { side[slot(depth[n])] = n; was_side = was_side | (1 << n) }

/* TPM2_NV_Extend of commit n: what results names n only where the value was n's parent. The answer may get lost, and so
 * may the command. */
inline extend(n) {
  if
  :: same(nv, parent[n]) -> nv = n
  :: !same(nv, parent[n]) -> nv = GARBAGE
  :: skip
  fi
}

/* What a receipt promises: it is in the history that the anchor names. */
inline release(n) {
#ifndef RELEASE_FIRST
  assert(nv == n);
#endif
  released = released | (1 << n)
}

#define CRASH if :: skip :: goto down fi

active proctype appliance() {
  byte head, n;
  past[0] = 1;

up: /* Starting: the table of Recovery.swift. */
  if
  :: same(nv, db) -> skip
  :: !same(nv, db) && is_parent(nv, db) ->
#if !defined(NO_SIDE) && !defined(NO_SECOND_SIDE)
    tear(db);
    CRASH;
    mirror(db);
#endif
    CRASH;
    extend(db);
    CRASH;
    if
    :: same(nv, db) -> skip
    :: else -> goto down
    fi
  :: !same(nv, db) && !is_parent(nv, db) && is_parent(db, side[slot(depth[db] + 1)]) &&
     nv == side[slot(depth[db] + 1)] ->
    store(nv);
    CRASH
  :: else ->
#ifdef HONEST
    assert(false);   /* a crash alone must never lock the operator out */
#endif
    goto down
  fi;

  head = db;
  /* Accepted: it is what the anchor names, and all that was ever released is in it. */
  assert((released & ~past[head]) == 0);
#ifndef COUNTER
  assert(nv == head);
#endif

commit:
  if
  :: next > MOST -> goto down
  :: next <= MOST ->
    d_step {
      n = next;
      next++;
      parent[n] = head;
      depth[n] = depth[head] + 1;
      past[n] = past[head] | (1 << n)
    }
  fi;
  CRASH;
#ifdef ANCHOR_FIRST
  extend(n);
  CRASH;
#endif
#ifdef NO_SIDE
  store(n);
  CRASH;
#else
  /* Database and side file at once: either may be the first to be there, and the database may refuse. */
  if
  :: store(n); CRASH; tear(n); CRASH; mirror(n)
  :: tear(n); CRASH; store(n); CRASH; mirror(n)
  :: tear(n); CRASH; mirror(n); CRASH; store(n)
  :: tear(n); CRASH; goto commit
  :: tear(n); CRASH; mirror(n); CRASH; goto commit
  fi;
  CRASH;
#endif
#ifdef RELEASE_FIRST
  release(n);
  CRASH;
#endif
#ifndef ANCHOR_FIRST
  if
  :: same(nv, head) -> skip
  :: else -> goto down
  fi;
  extend(n);
  CRASH;
#ifdef BLIND
  /* Tries again without reading what the first try did. */
  extend(n);
  CRASH;
#endif
#endif
  if
  :: same(nv, n) -> skip
  :: else -> goto down
  fi;
#ifndef RELEASE_FIRST
  release(n);
#endif
  head = n;
  CRASH;
  goto commit;

down: /* The process is gone, and with it `head`. */
  head = 0;
  n = 0;
  if
  :: skip                       /* killed: what was written is there, if the power stays */
  :: db = db_before             /* the power went, and the disk had not written what it said it had */
#ifndef HONEST
  :: db = 0; db_before = 0
  :: (was_db & 2) -> db = 1; db_before = 1
  :: (was_db & 4) -> db = 2; db_before = 2
  :: (was_db & 8) -> db = 3; db_before = 3
  :: (was_db & 16) -> db = 4; db_before = 4
  :: (was_side & 2) -> side[0] = 1
  :: (was_side & 4) -> side[0] = 2
  :: (was_side & 8) -> side[0] = 3
  :: (was_side & 16) -> side[0] = 4
  :: side[0] = 0
  :: (was_side & 2) -> side[1] = 1
  :: (was_side & 4) -> side[1] = 2
  :: (was_side & 8) -> side[1] = 3
  :: (was_side & 16) -> side[1] = 4
  :: side[1] = 0
#endif
  fi;
  if
  :: goto up
#ifndef HONEST
  :: goto down                  /* the hand may do more */
#endif
  fi
}
