/* One statistic of windows and its surprises. Values are replaced by their place among the distinct ones; how many
   references reach a place is then counted, never sorted. */

#include "sides.h"

#include <math.h>

enum { SMALL_RUN = 8 };

static void merged(const Entry *from, Entry *to, Py_ssize_t count, Py_ssize_t run) {
    for (Py_ssize_t start = 0; start < count; start += 2 * run) {
        Py_ssize_t middle = start + run < count ? start + run : count;
        Py_ssize_t stop = middle + run < count ? middle + run : count;
        Py_ssize_t a = start, b = middle;
        for (Py_ssize_t i = start; i < stop; i++) {
            int first = a < middle && (b >= stop || from[a].value <= from[b].value);
            to[i] = first ? from[a++] : from[b++];
        }
    }
}

/* By value; returns which of the two arrays holds the result. */
static Entry *sorted(Entry *entries, Entry *room, Py_ssize_t count) {
    for (Py_ssize_t start = 0; start < count; start += SMALL_RUN) {
        Py_ssize_t stop = start + SMALL_RUN < count ? start + SMALL_RUN : count;
        for (Py_ssize_t i = start + 1; i < stop; i++) {
            Entry entry = entries[i];
            Py_ssize_t at = i;
            for (; at > start && entries[at - 1].value > entry.value; at--)
                entries[at] = entries[at - 1];
            entries[at] = entry;
        }
    }
    for (Py_ssize_t run = SMALL_RUN; run < count; run *= 2) {
        merged(entries, room, count, run);
        Entry *swap = entries;
        entries = room;
        room = swap;
    }
    return entries;
}

void rank_side(Side *side, const int64_t *column, Py_ssize_t rows, Py_ssize_t stride, Entry *entries, Entry *room) {
    for (Py_ssize_t row = 0; row < rows; row++)
        entries[row] = (Entry){column[row * stride], (int32_t)row};
    const Entry *order = sorted(entries, room, rows);
    side->kinds = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        if (i == 0 || order[i].value != order[i - 1].value)
            side->distinct[side->kinds++] = order[i].value;
        side->ranks[order[i].row] = side->kinds - 1;
    }
}

void negate_side(const Side *side, Side *other, Py_ssize_t rows) {
    other->kinds = side->kinds;
    for (int32_t i = 0; i < side->kinds; i++)
        other->distinct[i] = -side->distinct[side->kinds - 1 - i];
    for (Py_ssize_t row = 0; row < rows; row++)
        other->ranks[row] = side->kinds - 1 - side->ranks[row];
}

int32_t rank_at(const Side *side, int32_t m, int32_t place) {
    int32_t low = 0, high = side->kinds - 1;
    while (low < high) {
        int32_t middle = (low + high + 1) / 2;
        if (side->at_least[middle] >= m - place)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void count_references(Side *side, Py_ssize_t was_first, Py_ssize_t was_stop, Py_ssize_t first, Py_ssize_t stop) {
    if (first < was_first || first > was_stop || stop < was_stop) {
        memset(side->held, 0, (size_t)side->kinds * sizeof *side->held);
        was_first = was_stop = first;
    }
    for (Py_ssize_t row = was_first; row < first; row++)
        side->held[side->ranks[row]]--;
    for (Py_ssize_t row = was_stop; row < stop; row++)
        side->held[side->ranks[row]]++;
    int32_t reaching = 0;
    side->at_least[side->kinds] = 0;
    for (int32_t rank = side->kinds - 1; rank >= 0; rank--)
        side->at_least[rank] = reaching += side->held[rank];
}

void count_surprises(Surprises *surprises, int32_t m) {
    const int64_t *log = surprises->log;
    if (surprises->counted == m)
        return;
    surprises->counted = m;
    for (int32_t count = 1; count <= m; count++) {
        surprises->by_count[count] = (int32_t)(log[m + 1] - log[count]);
        surprises->step[count] = (int32_t)(log[count] - log[count + 1]);
    }
}

void surprise_references(Side *side, const Surprises *surprises, Py_ssize_t first, int32_t m) {
    const int32_t *ranks = side->ranks + first;
    for (int32_t i = 0; i < m; i++) {
        int32_t count = side->at_least[ranks[i]];
        side->bits[i] = surprises->by_count[count];
        side->step[i] = surprises->step[count];
    }
    int32_t largest = rank_at(side, m, m - 1);
    side->low = side->distinct[rank_at(side, m, m / 2 - 1)];
    side->high = side->distinct[rank_at(side, m, m / 2)];
    side->largest = side->distinct[largest];
    side->second = side->distinct[rank_at(side, m, m - 2)];
    side->top = 0;
    while (side->ranks[first + side->top] != largest)
        side->top++;
}

/* 1024·log2, of large numbers by their leading bits. */
static int64_t whole_log2(const int64_t *log, int64_t number) {
    int exponent;
    frexp((double)number, &exponent);
    int shift = exponent > SCALED_BITS ? exponent - SCALED_BITS : 0;
    return log[number >> shift] + (int64_t)UNIT * shift;
}

static inline int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* Surprises of the references in the pool of a window with some rank. */
WIDE static void pool_bits(int32_t *restrict bits, const int32_t *restrict alone, const int32_t *restrict step,
                           const int32_t *restrict ranks, int32_t rank, int32_t m) {
    for (int32_t i = 0; i < m; i++)
        bits[i] = alone[i] + (ranks[i] <= rank ? step[i] : 0);
}

int32_t surprise(const Side *side, const int64_t *log, Py_ssize_t window, int32_t m, int64_t least, const int32_t *ranks,
                 int32_t *bits) {
    int32_t rank = side->ranks[window];
    pool_bits(bits, side->bits, side->step, ranks, rank, m);
    int64_t value = side->distinct[rank];
    int64_t median = value < side->low ? side->low : value > side->high ? side->high : value;
    int beyond = value > side->largest;
    int64_t first = larger(value, side->largest) - median;
    int64_t next = (beyond ? side->largest : larger(value, side->second)) - median;
    int64_t further = whole_log2(log, larger(first, least)) - whole_log2(log, larger(next, least));
    int32_t tail = (int32_t)(further + further / 2), own = (int32_t)(log[m + 1] - log[1 + side->at_least[rank]]);
    if (beyond)
        own += tail;
    else
        bits[side->top] += tail;
    return own;
}
