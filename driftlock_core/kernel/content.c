/* Code lengths of windows against baselines, as window_views/content.py defines them: one window after the other. */

#include "kernel.h"

#include <limits.h>

typedef struct {
    const int64_t *ids;
    Py_ssize_t length;
} Events;

/* How often each pair of neighbours stands in a baseline; a place is free where its count is 0. */
typedef struct {
    int64_t *pairs;
    int32_t *counts;
    size_t mask;
} Pairs;

typedef struct {
    Events events;
    const int64_t *which, *log;
    Py_ssize_t windows, logs, hop, window, kinds, baselines;
    Events *known; /* the baselines */
    int32_t *held, *after, *escapes, *here; /* of each template: events, first of a pair, pairs begun; in a window */
    Pairs pairs;
    int64_t *mismatch, *own, *order;
} Work;

static size_t place_of(const Pairs *pairs, int64_t pair) {
    size_t at = (size_t)((uint64_t)pair * 0x9E3779B97F4A7C15u >> 32) & pairs->mask;
    while (pairs->counts[at] != 0 && pairs->pairs[at] != pair)
        at = (at + 1) & pairs->mask;
    return at;
}

/* Count what a baseline holds; returns its distinct templates. */
static Py_ssize_t learn(Work *work, const Events *known) {
    size_t bytes = (size_t)work->kinds * sizeof(int32_t);
    memset(work->held, 0, bytes);
    memset(work->after, 0, bytes);
    memset(work->escapes, 0, bytes);
    memset(work->pairs.counts, 0, (work->pairs.mask + 1) * sizeof(int32_t));
    Py_ssize_t distinct = 0;
    for (Py_ssize_t i = 0; i < known->length; i++) {
        distinct += work->held[known->ids[i]]++ == 0;
        if (i + 1 == known->length)
            break;
        int64_t pair = known->ids[i] * work->kinds + known->ids[i + 1];
        size_t at = place_of(&work->pairs, pair);
        work->pairs.pairs[at] = pair;
        work->escapes[known->ids[i]] += work->pairs.counts[at]++ == 0;
        work->after[known->ids[i]]++;
    }
    return distinct;
}

static void code(Work *work, Py_ssize_t at, Py_ssize_t total) {
    const int64_t *ids = work->events.ids + at * work->hop, *log = work->log;
    int64_t plain = 0, own = 0, order = 0;
    for (Py_ssize_t i = 0; i < work->window; i++) {
        int64_t id = ids[i], cost = log[total] - log[2 * work->held[id] + 1], n = ++work->here[id];
        plain += cost;
        /* The n-th of a template adds n log n - (n - 1) log(n - 1), which makes n log n for all of them. */
        own -= n * log[n] - (n - 1) * log[n - 1];
        if (i == 0)
            continue;
        int64_t before = ids[i - 1], joint = log[work->after[before] + work->escapes[before]];
        int32_t seen = work->pairs.counts[place_of(&work->pairs, before * work->kinds + id)];
        order += seen > 0 ? joint - log[seen] : joint - log[work->escapes[before]] + cost;
    }
    for (Py_ssize_t i = 0; i < work->window; i++)
        work->here[ids[i]] = 0;
    own += work->window * log[work->window];
    work->mismatch[at] = plain - own;
    work->own[at] = own;
    work->order[at] = order;
}

static int code_windows(Work *work) {
    Py_ssize_t total = 0, last = -1;
    for (Py_ssize_t at = 0; at < work->windows; at++) {
        if (work->which[at] != last) {
            last = work->which[at];
            total = 2 * work->known[last].length + learn(work, &work->known[last]) + 1;
            if (PyErr_CheckSignals() < 0)
                return -1;
        }
        code(work, at, total);
    }
    return 0;
}

static int whole(const Py_buffer *view) {
    return view->ndim == 1 && view->itemsize == 8 && view->format != NULL &&
           (strcmp(view->format, "l") == 0 || strcmp(view->format, "q") == 0);
}

static int count_kinds(Work *work, const Events *events) {
    for (Py_ssize_t i = 0; i < events->length; i++) {
        if (events->ids[i] < 0 || events->ids[i] > INT32_MAX / 4)
            return -1;
        if (events->ids[i] >= work->kinds)
            work->kinds = events->ids[i] + 1;
    }
    return 0;
}

static int fits(Work *work) {
    Py_ssize_t longest = 0;
    work->kinds = 1;
    if (work->hop < 1 || work->window < 1 || count_kinds(work, &work->events) < 0)
        return 0;
    for (Py_ssize_t i = 0; i < work->baselines; i++) {
        longest = work->known[i].length > longest ? work->known[i].length : longest;
        if (count_kinds(work, &work->known[i]) < 0)
            return 0;
    }
    for (Py_ssize_t at = 0; at < work->windows; at++)
        if (work->which[at] < 0 || work->which[at] >= work->baselines)
            return 0;
    size_t places = 16;
    while (places < 2 * (size_t)longest)
        places *= 2;
    work->pairs.mask = places - 1;
    return longest < INT32_MAX / 4 && work->logs > 2 * longest + work->kinds + 1 && work->logs > work->window &&
           (work->windows == 0 || (work->windows - 1) * work->hop + work->window <= work->events.length);
}

static int arrange_and_code(Work *work) {
    size_t kinds = (size_t)work->kinds, places = work->pairs.mask + 1;
    char *all = PyMem_Calloc(1, places * sizeof(int64_t) + (4 * kinds + places) * sizeof(int32_t));
    if (all == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    work->pairs.pairs = (int64_t *)all;
    work->pairs.counts = (int32_t *)(work->pairs.pairs + places);
    work->held = work->pairs.counts + places;
    work->after = work->held + kinds;
    work->escapes = work->after + kinds;
    work->here = work->escapes + kinds;
    int failed = code_windows(work);
    PyMem_Free(all);
    return failed;
}

PyObject *kernel_content(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *baselines, *objects[6];
    Work work = {0};
    if (!PyArg_ParseTuple(args, "O!OOOnnOOO:content", &PyTuple_Type, &baselines, &objects[0], &objects[1], &objects[2],
                          &work.hop, &work.window, &objects[3], &objects[4], &objects[5]))
        return NULL;
    Py_ssize_t known = PyTuple_GET_SIZE(baselines), held = 0, wanted = known + 6;
    int failed = 1;
    Py_buffer *views = PyMem_New(Py_buffer, wanted);
    work.known = PyMem_New(Events, known + 1);
    if (views == NULL || work.known == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (; held < wanted; held++) {
        PyObject *object = held < 6 ? objects[held] : PyTuple_GET_ITEM(baselines, held - 6);
        int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (held >= 3 && held < 6 ? PyBUF_WRITABLE : 0);
        if (PyObject_GetBuffer(object, &views[held], flags) < 0)
            goto done;
        if (!whole(&views[held])) {
            held++;
            goto unfit;
        }
        if (held >= 6)
            work.known[held - 6] = (Events){views[held].buf, views[held].shape[0]};
    }
    work.which = views[0].buf;
    work.windows = views[0].shape[0];
    work.events = (Events){views[1].buf, views[1].shape[0]};
    work.log = views[2].buf;
    work.logs = views[2].shape[0];
    work.mismatch = views[3].buf;
    work.own = views[4].buf;
    work.order = views[5].buf;
    work.baselines = known;
    for (int i = 3; i < 6; i++)
        if (views[i].shape[0] != work.windows)
            goto unfit;
    if (!fits(&work))
        goto unfit;
    failed = arrange_and_code(&work) < 0;
    goto done;
unfit:
    PyErr_SetString(PyExc_ValueError, "baselines, events, windows and logarithms do not fit together");
done:
    while (views != NULL && held > 0)
        PyBuffer_Release(&views[--held]);
    PyMem_Free(views);
    PyMem_Free(work.known);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}
