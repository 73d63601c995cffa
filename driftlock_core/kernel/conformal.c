/* Ranks of summed surprises, as window_views/conformal.py defines them. */

#include "sides.h"

#include <limits.h>

typedef struct {
    int column, both;
    int64_t least;
    int used;
} Asked;

typedef struct {
    const int64_t *table, *ends, *windows, *log;
    Py_ssize_t rows, columns, blocks, k, most;
    Side *sides;    /* the columns, and behind them as many negated */
    Asked *asked;   /* by column */
    int32_t *bits;  /* of the references in one window's pool, by column */
    Surprises surprises;
    int32_t *scratch;
    double *medians, *p;
    PyObject *sums;
} Work;

/* Of two sides the larger surprise, less a bit for the second look. */
WIDE static void larger_bits(int32_t *restrict bits, const int32_t *restrict others, int32_t m) {
    for (int32_t i = 0; i < m; i++) {
        int32_t both = (bits[i] > others[i] ? bits[i] : others[i]) - UNIT;
        bits[i] = both > 0 ? both : 0;
    }
}

WIDE static void add_bits(int32_t *restrict total, const int32_t *restrict bits, int32_t m) {
    for (int32_t i = 0; i < m; i++)
        total[i] += bits[i];
}

WIDE static int32_t count_reaching(const int32_t *total, int32_t limit, int32_t m) {
    int32_t reaching = 0;
    for (int32_t i = 0; i < m; i++)
        reaching += total[i] >= limit;
    return reaching;
}

static int32_t surprise_of_column(const Work *work, int column, Py_ssize_t window, Py_ssize_t first, int32_t m) {
    const Asked *asked = &work->asked[column];
    const Side *side = &work->sides[column], *other = &work->sides[work->columns + column];
    int32_t *bits = work->bits + column * work->most, *others = work->scratch;
    int32_t own = surprise(side, work->log, window, m, asked->least, side->ranks + first, bits);
    if (!asked->both)
        return own;
    int32_t second = surprise(other, work->log, window, m, asked->least, other->ranks + first, others);
    larger_bits(bits, others, m);
    own = (own > second ? own : second) - UNIT;
    return own > 0 ? own : 0;
}

static void judge_window(const Work *work, Py_ssize_t block, Py_ssize_t at, Py_ssize_t first, int32_t m,
                         int32_t *own) {
    Py_ssize_t window = work->windows[block * work->k + at], count = PyTuple_GET_SIZE(work->sums);
    for (int column = 0; column < work->columns; column++)
        if (work->asked[column].used)
            own[column] = surprise_of_column(work, column, window, first, m);
    for (Py_ssize_t sum = 0; sum < count; sum++) {
        PyObject *items = PyTuple_GET_ITEM(work->sums, sum);
        int32_t *total = work->scratch, limit = 0;
        memset(total, 0, (size_t)m * sizeof *total);
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items); i++) {
            long column = PyLong_AsLong(PyTuple_GET_ITEM(PyTuple_GET_ITEM(items, i), 0));
            add_bits(total, work->bits + column * work->most, m);
            limit += own[column];
        }
        work->p[(sum * work->blocks + block) * work->k + at] = (1.0 + count_reaching(total, limit, m)) / (m + 1.0);
    }
}

static int judge_blocks(Work *work, int32_t *own) {
    Py_ssize_t was_first = 0, was_stop = 0;
    for (Py_ssize_t block = 0; block < work->blocks; block++) {
        Py_ssize_t stop = work->ends[block], first = stop > work->most ? stop - work->most : 0;
        int32_t m = (int32_t)(stop - first);
        count_surprises(&work->surprises, m);
        for (int column = 0; column < 2 * work->columns; column++) {
            const Asked *asked = &work->asked[column % work->columns];
            Side *side = &work->sides[column];
            if (column >= work->columns && !asked->both)
                continue;
            count_references(side, was_first, was_stop, first, stop);
            if (asked->used)
                surprise_references(side, &work->surprises, first, m);
            if (column < work->columns) {
                int64_t low = side->distinct[rank_at(side, m, (m - 1) / 2)];
                int64_t high = side->distinct[rank_at(side, m, m / 2)];
                work->medians[block * work->columns + column] = (double)(low + high) / 2;
            }
        }
        was_first = first;
        was_stop = stop;
        for (Py_ssize_t at = 0; at < work->k; at++)
            judge_window(work, block, at, first, m, own);
        if (PyErr_CheckSignals() < 0)
            return -1;
    }
    return 0;
}

/* What is asked of each column, from the sums. */
static int read_sums(Work *work) {
    for (Py_ssize_t sum = 0; sum < PyTuple_GET_SIZE(work->sums); sum++) {
        PyObject *items = PyTuple_GET_ITEM(work->sums, sum);
        if (!PyTuple_Check(items)) {
            PyErr_SetString(PyExc_TypeError, "a sum is a tuple of columns");
            return -1;
        }
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items); i++) {
            Asked asked = {.used = 1};
            long long least;
            if (!PyArg_ParseTuple(PyTuple_GET_ITEM(items, i), "ipL:sum", &asked.column, &asked.both, &least))
                return -1;
            asked.least = least;
            if (asked.column < 0 || asked.column >= work->columns || asked.least < 1) {
                PyErr_SetString(PyExc_ValueError, "a sum names a column that the table does not have");
                return -1;
            }
            asked.both |= work->asked[asked.column].both;
            work->asked[asked.column] = asked;
        }
    }
    return 0;
}

/* Room for all that is counted, in one piece; NULL with an exception set. */
static void *arranged(Work *work, Entry **entries, Entry **room, int32_t **own) {
    size_t rows = (size_t)work->rows, most = (size_t)work->most, columns = (size_t)work->columns;
    size_t wide = 2 * columns * (rows + 1), narrow = wide * 3 + 2 * columns * most * 2 + (columns + 3) * most + 2 + columns;
    size_t bytes = wide * sizeof(int64_t) + 2 * rows * sizeof(Entry) + 2 * columns * sizeof(Side) +
                   columns * sizeof(Asked) + narrow * sizeof(int32_t);
    char *all = PyMem_Calloc(1, bytes), *at = all;
    if (all == NULL)
        return PyErr_NoMemory();
    *entries = (Entry *)at;
    *room = *entries + rows;
    int64_t *numbers = (int64_t *)(*room + rows);
    work->sides = (Side *)(numbers + wide);
    work->asked = (Asked *)(work->sides + 2 * columns);
    int32_t *small = (int32_t *)(work->asked + columns);
    for (size_t i = 0; i < 2 * columns; i++) {
        Side *side = &work->sides[i];
        side->distinct = numbers + i * (rows + 1);
        int32_t **slots[] = {&side->ranks, &side->held, &side->at_least};
        for (size_t slot = 0; slot < sizeof slots / sizeof *slots; slot++, small += rows + 1)
            *slots[slot] = small;
        side->bits = small;
        side->step = small + most;
        small += 2 * most;
    }
    work->bits = small;
    work->scratch = small + columns * most;
    work->surprises = (Surprises){work->log, work->scratch + most, work->scratch + 2 * most + 1, 0};
    *own = work->surprises.step + most + 1;
    return all;
}

static int fits(const Work *work, const Py_buffer *views) {
    for (int i = 0; i < 6; i++) {
        const char *format = views[i].format;
        int whole = i < 4 && format != NULL && (strcmp(format, "l") == 0 || strcmp(format, "q") == 0);
        int real = i >= 4 && format != NULL && strcmp(format, "d") == 0;
        if (views[i].itemsize != 8 || !(whole || real) || views[i].ndim != (i == 5 ? 3 : i == 1 || i == 3 ? 1 : 2))
            return 0;
    }
    const Py_ssize_t *windows = views[2].shape, *log = views[3].shape, *medians = views[4].shape, *p = views[5].shape;
    if (work->rows >= INT32_MAX / 2 || work->columns < 1 || work->columns > INT16_MAX || windows[0] != work->blocks ||
        log[0] < 1 << SCALED_BITS || work->most + 2 > log[0] || work->most < 2 || medians[0] != work->blocks ||
        medians[1] != work->columns || p[0] != PyTuple_GET_SIZE(work->sums) || p[1] != work->blocks ||
        p[2] != work->k)
        return 0;
    for (Py_ssize_t block = 0; block < work->blocks; block++)
        if (work->ends[block] < 2 || work->ends[block] > work->rows)
            return 0;
    for (Py_ssize_t i = 0; i < work->blocks * work->k; i++)
        if (work->windows[i] < 0 || work->windows[i] >= work->rows)
            return 0;
    return 1;
}

static int ranked(Work *work, const Py_buffer *views) {
    work->table = views[0].buf;
    work->ends = views[1].buf;
    work->windows = views[2].buf;
    work->log = views[3].buf;
    work->medians = views[4].buf;
    work->p = views[5].buf;
    if (views[0].ndim == 2 && views[1].ndim == 1 && views[2].ndim == 2) {
        work->rows = views[0].shape[0];
        work->columns = views[0].shape[1];
        work->blocks = views[1].shape[0];
        work->k = views[2].shape[1];
    }
    if (!fits(work, views)) {
        PyErr_SetString(PyExc_ValueError, "table, ends, windows and room for the results do not fit together");
        return -1;
    }
    Py_ssize_t most = 0; /* references there really are */
    for (Py_ssize_t block = 0; block < work->blocks; block++)
        most = work->ends[block] > most ? work->ends[block] : most;
    work->most = most < work->most ? most : work->most;
    Entry *entries = NULL, *room = NULL;
    int32_t *own = NULL;
    void *all = arranged(work, &entries, &room, &own);
    if (all == NULL)
        return -1;
    int failed = read_sums(work);
    for (int column = 0; !failed && column < work->columns; column++) {
        Side *side = &work->sides[column];
        rank_side(side, work->table + column, work->rows, work->columns, entries, room);
        if (work->asked[column].both)
            negate_side(side, side + work->columns, work->rows);
    }
    if (!failed)
        failed = judge_blocks(work, own);
    PyMem_Free(all);
    return failed;
}

PyObject *kernel_conformal(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *objects[6];
    Py_buffer views[6];
    Work work = {0};
    int held = 0, failed = 1;
    if (!PyArg_ParseTuple(args, "OOOnO!OOO:conformal", &objects[0], &objects[1], &objects[2], &work.most, &PyTuple_Type,
                          &work.sums, &objects[3], &objects[4], &objects[5]))
        return NULL;
    while (held < 6 && PyObject_GetBuffer(objects[held], &views[held],
                                          PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (held >= 4 ? PyBUF_WRITABLE : 0)) == 0)
        held++;
    if (held == 6)
        failed = ranked(&work, views) < 0;
    while (held > 0)
        PyBuffer_Release(&views[--held]);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}
