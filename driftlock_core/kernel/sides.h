/* One statistic of windows among their references: for conformal.c. */

#ifndef DRIFTLOCK_SIDES_H
#define DRIFTLOCK_SIDES_H

#include "kernel.h"

enum { UNIT = 1024, SCALED_BITS = 20 }; /* UNIT to the bit; the table of logarithms has 2^20 entries */

typedef struct {
    int64_t value;
    int32_t row;
} Entry;

/* One column, large values being what surprises; of a negated one all is the other way round. */
typedef struct {
    int32_t *ranks;    /* of each row: distinct values below its own */
    int64_t *distinct; /* values, ascending */
    int32_t *held;     /* of each rank: references that have it */
    int32_t *at_least; /* of each rank: references that reach it; one more entry, 0 */
    int32_t *bits, *step; /* of each reference: its surprise, and what a window that reaches it adds */
    int32_t kinds;
    Py_ssize_t top; /* the oldest of the largest references */
    int64_t low, high, largest, second;
} Side;

/* Of who is reached by so many references, in a pool of them and a window, and what one more takes away. */
typedef struct {
    const int64_t *log;
    int32_t *by_count, *step;
    int32_t counted; /* references for which these two were made */
} Surprises;

/* Ranks of a column's values, which stand a stride apart. */
void rank_side(Side *side, const int64_t *column, Py_ssize_t rows, Py_ssize_t stride, Entry *entries, Entry *room);
/* The same with small values in the place of large ones. */
void negate_side(const Side *side, Side *other, Py_ssize_t rows);
/* The rank that stands at a place of the references in order, 0 for the smallest. */
int32_t rank_at(const Side *side, int32_t m, int32_t place);
/* Count the references from row first to row stop, told what was counted before. */
void count_references(Side *side, Py_ssize_t was_first, Py_ssize_t was_stop, Py_ssize_t first, Py_ssize_t stop);
void count_surprises(Surprises *surprises, int32_t m);
/* Surprises of the references of a block, whichever window is judged. */
void surprise_references(Side *side, const Surprises *surprises, Py_ssize_t first, int32_t m);
/* A window's surprise, and into bits those of the references in its pool. */
int32_t surprise(const Side *side, const int64_t *log, Py_ssize_t window, int32_t m, int64_t least, const int32_t *ranks,
                 int32_t *bits);

#endif
