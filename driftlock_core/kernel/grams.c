/* Runs of bytes of texts as numbers, as views/near_text.py defines them. */

#include "buffers.h"

#include <math.h>

static const int LENGTHS[] = {3, 5}; /* bytes; ascending, so that all shorter runs are smaller numbers */
static const double EVERY = 4294967296.0; /* mixed numbers lie below it */
enum { FEW = 48, DIGITS = 256 };

static uint64_t mixed(uint64_t gram) {
    static const uint64_t MIXER = 0xD6E8FEB86659FD93u;
    gram *= MIXER;
    return ((gram ^ gram >> 32) * MIXER) >> 32;
}

/* The runs of one length whose mixed number lies below a limit; how many. */
static size_t runs(const unsigned char *text, size_t length, int run, uint64_t limit, uint64_t *found) {
    uint64_t front = 1ull << 8 * run, gram = 0;
    size_t count = 0;
    for (size_t at = 0; at < length; at++) {
        gram = (gram << 8 | text[at]) & (front - 1);
        if (at + 1 < (size_t)run)
            continue;
        found[count] = gram | front;
        count += mixed(gram | front) < limit; /* one that is not taken is written over */
    }
    return count;
}

/* Ascending; digit by digit from the lowest, which takes as many passes as a run has bytes. */
static void sort(uint64_t *numbers, size_t count, int run, uint64_t *room) {
    if (count <= FEW) {
        for (size_t i = 1; i < count; i++) {
            uint64_t number = numbers[i];
            size_t at = i;
            for (; at > 0 && numbers[at - 1] > number; at--)
                numbers[at] = numbers[at - 1];
            numbers[at] = number;
        }
        return;
    }
    uint64_t *from = numbers, *to = room;
    for (int shift = 0; shift < 8 * run; shift += 8) {
        size_t starts[DIGITS] = {0}, sum = 0;
        for (size_t i = 0; i < count; i++)
            starts[from[i] >> shift & (DIGITS - 1)]++;
        for (int digit = 0; digit < DIGITS; digit++) {
            size_t held = starts[digit];
            starts[digit] = sum;
            sum += held;
        }
        for (size_t i = 0; i < count; i++)
            to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint64_t *kept = from;
        from = to;
        to = kept;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof *numbers);
}

static size_t distinct(uint64_t *numbers, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || numbers[i] != numbers[i - 1])
            numbers[kept++] = numbers[i];
    return kept;
}

static uint64_t whole_limit(double limit) {
    if (!(limit > 0.0))
        return 0;
    return limit >= EVERY ? (uint64_t)EVERY : (uint64_t)ceil(limit);
}

/* Room for one text's runs of one length is its length: fewer there cannot be left. */
static size_t fill(const unsigned char *text, const int64_t *borders, Py_ssize_t texts, const double *limits,
                   uint64_t *found, int64_t *counts, uint64_t *room) {
    size_t total = 0;
    for (Py_ssize_t i = 0; i < texts; i++) {
        size_t before = total;
        for (size_t which = 0; which < sizeof LENGTHS / sizeof *LENGTHS; which++) {
            int run = LENGTHS[which];
            size_t length = (size_t)(borders[i + 1] - borders[i]);
            size_t count = runs(text + borders[i], length, run, whole_limit(limits[i]), room);
            sort(room, count, run, room + length);
            count = distinct(room, count);
            memcpy(found + total, room, count * sizeof *found);
            total += count;
        }
        counts[i] = (int64_t)(total - before);
    }
    return total;
}

PyObject *kernel_grams(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *objects[5];
    Py_buffer views[5];
    if (!PyArg_ParseTuple(args, "OOOOO:grams", &objects[0], &objects[1], &objects[2], &objects[3], &objects[4]) ||
        buffers_take("bldLL", objects, views) < 0)
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t texts = views[2].shape[0], length = views[0].shape[0];
    const int64_t *borders = views[1].buf;
    uint64_t *room = NULL;
    if (views[1].shape[0] != texts + 1 || views[4].shape[0] != texts || !are_borders(&views[1], length) ||
        views[3].shape[0] / (Py_ssize_t)(sizeof LENGTHS / sizeof *LENGTHS) < length) {
        PyErr_SetString(PyExc_ValueError, "texts, borders, limits and room for the runs do not fit together");
        goto done;
    }
    Py_ssize_t longest = 0;
    for (Py_ssize_t i = 0; i < texts; i++)
        longest = borders[i + 1] - borders[i] > longest ? borders[i + 1] - borders[i] : longest;
    room = PyMem_New(uint64_t, 2 * longest + 2); /* one more than runs: the last may be one not taken */
    if (room == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    size_t total;
    Py_BEGIN_ALLOW_THREADS
    total = fill(views[0].buf, borders, texts, views[2].buf, views[3].buf, views[4].buf, room);
    Py_END_ALLOW_THREADS
    result = PyLong_FromSize_t(total);
done:
    PyMem_Free(room);
    buffers_release(views, 5);
    return result;
}
