/* Whole numbers counted: ranks among references, and permutations as large as what was observed. */

#include "kernel.h"

#include <stdlib.h>

static int is_signed(const Py_buffer *view) {
    return view->format != NULL && view->format[0] != '\0' && strchr("ilq", view->format[0]) != NULL &&
           view->format[1] == '\0' && (view->itemsize == 4 || view->itemsize == 8);
}

WIDE static int64_t count_32(const int32_t *row, Py_ssize_t length, int32_t limit) {
    int32_t count = 0; /* of int32 too, so that the comparison's lanes can be added as they are */
    for (Py_ssize_t i = 0; i < length; i++)
        count += row[i] >= limit;
    return count;
}

WIDE static int64_t count_64(const int64_t *row, Py_ssize_t length, int64_t limit) {
    int64_t count = 0;
    for (Py_ssize_t i = 0; i < length; i++)
        count += row[i] >= limit;
    return count;
}

static int counted(const Py_buffer *rows, const Py_buffer *limits, const Py_buffer *counts) {
    int narrow = rows->itemsize == 4;
    if (rows->ndim != 2 || limits->ndim != 1 || counts->ndim != 1 || !is_signed(rows) || !is_signed(limits) ||
        !is_signed(counts) || counts->itemsize != 8 || limits->itemsize != rows->itemsize ||
        limits->shape[0] != rows->shape[0] || counts->shape[0] != rows->shape[0] ||
        limits->strides[0] != limits->itemsize || counts->strides[0] != 8 ||
        (rows->shape[1] > 1 && rows->strides[1] != rows->itemsize) || rows->shape[1] > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "rows, limits and counts do not fit together");
        return -1;
    }
    for (Py_ssize_t i = 0; i < rows->shape[0]; i++) {
        const char *row = (const char *)rows->buf + i * rows->strides[0];
        ((int64_t *)counts->buf)[i] =
            narrow ? count_32((const int32_t *)row, rows->shape[1], ((const int32_t *)limits->buf)[i])
                   : count_64((const int64_t *)row, rows->shape[1], ((const int64_t *)limits->buf)[i]);
    }
    return 0;
}

PyObject *kernel_count_at_least(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *objects[3];
    static const int flags[3] = {PyBUF_STRIDED_RO | PyBUF_FORMAT, PyBUF_STRIDED_RO | PyBUF_FORMAT,
                                 PyBUF_STRIDED | PyBUF_FORMAT};
    Py_buffer views[3];
    int held = 0, failed = 1;
    if (!PyArg_ParseTuple(args, "OOO:count_at_least", &objects[0], &objects[1], &objects[2]))
        return NULL;
    while (held < 3 && PyObject_GetBuffer(objects[held], &views[held], flags[held]) == 0)
        held++;
    if (held == 3)
        failed = counted(&views[0], &views[1], &views[2]) < 0;
    while (held > 0)
        PyBuffer_Release(&views[--held]);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static void swap(int64_t *a, int64_t *b) {
    int64_t kept = *a;
    *a = *b;
    *b = kept;
}

/* Order numbers so far that the one at a place stands where it would if all were sorted, none before it larger.
   Sizes are often equal: those equal to the pivot are set apart, so that many of them make it faster. */
static int64_t select_place(int64_t *numbers, Py_ssize_t count, Py_ssize_t place) {
    Py_ssize_t first = 0, stop = count;
    while (stop - first > 1) {
        int64_t a = numbers[first], b = numbers[first + (stop - first) / 2], c = numbers[stop - 1];
        int64_t pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        Py_ssize_t below = first, at = first, above = stop;
        while (at < above) {
            if (numbers[at] < pivot)
                swap(&numbers[below++], &numbers[at++]);
            else if (numbers[at] > pivot)
                swap(&numbers[at], &numbers[--above]);
            else
                at++;
        }
        if (place < below)
            stop = below;
        else if (place >= above)
            first = above;
        else
            return pivot;
    }
    return numbers[place];
}

PyObject *kernel_median(PyObject *Py_UNUSED(module), PyObject *given) {
    Py_buffer view;
    if (PyObject_GetBuffer(given, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0)
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t count = view.len / 8;
    int64_t *numbers = NULL;
    if (view.ndim != 1 || !is_signed(&view) || view.itemsize != 8 || count == 0) {
        PyErr_SetString(PyExc_ValueError, "a median is taken of whole numbers of 64 bits, one at least");
    } else if ((numbers = PyMem_New(int64_t, count)) == NULL) {
        PyErr_NoMemory();
    } else {
        memcpy(numbers, view.buf, (size_t)view.len);
        int64_t low = select_place(numbers, count, (count - 1) / 2), high = low;
        if (count % 2 == 0)
            high = select_place(numbers, count, count / 2);
        result = PyFloat_FromDouble((double)(low + high) / 2);
    }
    PyMem_Free(numbers);
    PyBuffer_Release(&view);
    return result;
}

enum { MOST_PLACES = 1 << 16, FEW_KEYS = 64 }; /* places are 16 bits wide */

typedef struct {
    uint64_t key;
    uint32_t place;
} Key;

static uint64_t big_endian(const unsigned char *bytes) {
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* By key, then by place: what a stable sort gives. */
static int by_key(const void *a, const void *b) {
    const Key *first = a, *second = b;
    if (first->key != second->key)
        return first->key < second->key ? -1 : 1;
    return first->place < second->place ? -1 : 1;
}

/* Few keys are put in order one by one, which keeps the order of equal ones. */
static void sort_keys(Key *keys, Py_ssize_t count) {
    if (count > FEW_KEYS) {
        qsort(keys, (size_t)count, sizeof *keys, by_key);
        return;
    }
    for (Py_ssize_t i = 1; i < count; i++) {
        Key key = keys[i];
        Py_ssize_t at = i;
        for (; at > 0 && keys[at - 1].key > key.key; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

static const int64_t MOST_BYTES = 1LL << 40; /* a cost; no sum of MOST_PLACES of them overflows */

/* Costs in the order of their keys, and the size of the window, which the last k costs make. */
static int64_t *shuffled(const Py_buffer *keys, PyObject *pool, Py_ssize_t k, int64_t *observed) {
    Py_ssize_t count = PyTuple_GET_SIZE(pool);
    Key *order = PyMem_Malloc((size_t)count * sizeof *order);
    int64_t *costs = PyMem_Malloc((size_t)count * sizeof *costs);
    if (order == NULL || costs == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        order[i].key = big_endian((const unsigned char *)keys->buf + 8 * i);
        order[i].place = (uint32_t)i;
    }
    sort_keys(order, count);
    *observed = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        long long cost = PyLong_AsLongLong(PyTuple_GET_ITEM(pool, order[i].place));
        if (cost == -1 && PyErr_Occurred())
            goto failed;
        if (cost < 0 || cost > MOST_BYTES) {
            PyErr_SetString(PyExc_ValueError, "a cost lies outside of what can be summed exactly");
            goto failed;
        }
        costs[i] = cost;
        if (order[i].place >= (size_t)(count - k))
            *observed += cost;
    }
    PyMem_Free(order);
    return costs;
failed:
    PyMem_Free(order);
    PyMem_Free(costs);
    return NULL;
}

PyObject *kernel_permuted_at_least(PyObject *Py_UNUSED(module), PyObject *args) {
    Py_buffer keys, chosen;
    PyObject *pool;
    Py_ssize_t k;
    if (!PyArg_ParseTuple(args, "y*O!y*n:permuted_at_least", &keys, &PyTuple_Type, &pool, &chosen, &k))
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(pool), rows;
    int64_t *costs = NULL, observed;
    if (count == 0 || count > MOST_PLACES || keys.len != 8 * count || k < 1 || k > count ||
        chosen.len % (2 * k) != 0 || (uintptr_t)chosen.buf % 2 != 0) {
        PyErr_SetString(PyExc_ValueError, "keys, pool and chosen places do not fit together");
        goto done;
    }
    costs = shuffled(&keys, pool, k, &observed);
    if (costs == NULL)
        goto done;
    rows = chosen.len / (2 * k);
    const uint16_t *place = chosen.buf;
    Py_ssize_t at_least = 0;
    for (Py_ssize_t row = 0; row < rows; row++) {
        int64_t sum = 0;
        for (Py_ssize_t i = 0; i < k; i++, place++) {
            if (*place >= count) {
                PyErr_SetString(PyExc_ValueError, "a chosen place lies outside of the pool");
                goto done;
            }
            sum += costs[*place];
        }
        at_least += sum >= observed;
    }
    result = PyLong_FromSsize_t(at_least);
done:
    PyMem_Free(costs);
    PyBuffer_Release(&keys);
    PyBuffer_Release(&chosen);
    return result;
}
