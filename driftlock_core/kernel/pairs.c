/* Pairs of equal lines in windows, as window_views/like_lines.py defines them. */

#include "buffers.h"

typedef struct {
    const int64_t *lines;
    Py_ssize_t count, hop, window, windows;
    int64_t *found;
    int64_t *keys;   /* by place in the table */
    int32_t *held;   /* of each key in the window at hand; while filling, 1 marks a place that is taken */
    int32_t *places; /* of each line */
    size_t mask;
} Work;

static void find_places(Work *work) {
    for (Py_ssize_t i = 0; i < work->count; i++) {
        size_t at = (size_t)((uint64_t)work->lines[i] * 0x9E3779B97F4A7C15u >> 32) & work->mask;
        while (work->held[at] != 0 && work->keys[at] != work->lines[i])
            at = (at + 1) & work->mask;
        work->held[at] = 1;
        work->keys[at] = work->lines[i];
        work->places[i] = (int32_t)at;
    }
    for (Py_ssize_t i = 0; i < work->count; i++)
        work->held[work->places[i]] = 0;
}

static void count_pairs(Work *work) {
    for (Py_ssize_t at = 0; at < work->windows; at++) {
        const int32_t *places = work->places + at * work->hop;
        int64_t pairs = 0;
        for (Py_ssize_t i = 0; i < work->window; i++)
            pairs += work->held[places[i]]++;
        for (Py_ssize_t i = 0; i < work->window; i++)
            work->held[places[i]] = 0;
        work->found[at] = pairs;
    }
}

static int fits(const Work *work) {
    return work->hop >= 1 && work->window >= 1 && work->count < INT32_MAX / 4 && work->windows <= work->count &&
           (work->windows == 0 ||
            (work->count >= work->window && (work->count - work->window) / work->hop >= work->windows - 1));
}

static int arrange_and_count(Work *work) {
    size_t places = 16;
    while (places < 2 * (size_t)work->count)
        places *= 2;
    work->mask = places - 1;
    char *all = PyMem_Calloc(1, places * (sizeof(int64_t) + sizeof(int32_t)) + (size_t)work->count * sizeof(int32_t));
    if (all == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    work->keys = (int64_t *)all;
    work->held = (int32_t *)(work->keys + places);
    work->places = work->held + places;
    find_places(work);
    count_pairs(work);
    PyMem_Free(all);
    return 0;
}

PyObject *kernel_pairs(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *objects[2];
    Py_buffer views[2];
    Work work = {0};
    if (!PyArg_ParseTuple(args, "OnnO:pairs", &objects[0], &work.hop, &work.window, &objects[1]) ||
        buffers_take("lL", objects, views) < 0)
        return NULL;
    work.lines = views[0].buf;
    work.count = views[0].shape[0];
    work.found = views[1].buf;
    work.windows = views[1].shape[0];
    int failed = !fits(&work);
    if (failed)
        PyErr_SetString(PyExc_ValueError, "lines and windows do not fit together");
    else
        failed = arrange_and_count(&work) < 0;
    buffers_release(views, 2);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}
