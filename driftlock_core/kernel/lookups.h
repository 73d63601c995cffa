/* Places of whole numbers among keys, in the arrays that views/key_table.py makes. */

#ifndef DRIFTLOCK_LOOKUPS_H
#define DRIFTLOCK_LOOKUPS_H

#include "kernel.h"

typedef struct {
    const int64_t *keys;
    const int32_t *slots;
    int64_t count, last; /* keys; the last slot */
    int shift;           /* 0: a slot for every number */
} Table;

/* Made of the two arrays; 0 where they are none that could be looked up in. */
int table_of(const Py_buffer *keys, const Py_buffer *slots, int shift, Table *table);

/* Where the search for a number begins, in open addressing. */
static inline int64_t table_slot(const Table *table, int64_t wanted) {
    return (int64_t)((uint64_t)wanted * 0x9E3779B97F4A7C15u >> table->shift);
}

/* The place, -1 without one. Whatever the arrays hold: it ends, and the place lies among the keys. */
static inline int64_t table_find(const Table *table, int64_t wanted) {
    if (table->shift == 0) {
        int64_t place = table->slots[wanted < 0 || wanted > table->last ? table->last : wanted];
        return place < table->count ? place : -1;
    }
    int64_t at = table_slot(table, wanted);
    for (int64_t left = table->last; left >= 0; left--, at = (at + 1) & table->last) {
        int64_t place = table->slots[at];
        if (place < 0 || place >= table->count)
            return -1;
        if (table->keys[place] == wanted)
            return place;
    }
    return -1;
}

#endif
