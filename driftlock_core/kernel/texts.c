/* Canonical events as texts: the dictionary of a baseline, and where the pieces of a text begin. */

#include "kernel.h"

typedef struct {
    Py_hash_t hash;
    PyObject *line; /* borrowed; NULL where the place is free */
} Place;

/* Distinct lines, newest first, until they are longer than can be of use. */
typedef struct {
    Place *places;
    size_t mask;
    PyObject **kept; /* borrowed */
    Py_ssize_t count;
    Py_ssize_t bytes; /* of the kept lines and their newlines */
} Distinct;

static int same(PyObject *a, PyObject *b) {
    return a == b || (PyBytes_GET_SIZE(a) == PyBytes_GET_SIZE(b) &&
                      memcmp(PyBytes_AS_STRING(a), PyBytes_AS_STRING(b), (size_t)PyBytes_GET_SIZE(a)) == 0);
}

static int take(Distinct *distinct, PyObject *line) {
    if (!PyBytes_CheckExact(line)) {
        PyErr_SetString(PyExc_TypeError, "canonical events must be bytes");
        return -1;
    }
    Py_hash_t hash = PyObject_Hash(line); /* kept by the object, so computed once in its life */
    if (hash == -1)
        return -1;
    size_t at = (size_t)hash & distinct->mask;
    for (; distinct->places[at].line != NULL; at = (at + 1) & distinct->mask)
        if (distinct->places[at].hash == hash && same(distinct->places[at].line, line))
            return 0;
    distinct->places[at] = (Place){hash, line};
    distinct->kept[distinct->count++] = line;
    distinct->bytes += PyBytes_GET_SIZE(line) + 1;
    return 0;
}

static PyObject *joined(const Distinct *distinct, Py_ssize_t reach) {
    PyObject *text = PyBytes_FromStringAndSize(NULL, distinct->bytes);
    if (text == NULL)
        return NULL;
    char *start = PyBytes_AS_STRING(text), *end = start;
    for (Py_ssize_t i = distinct->count - 1; i >= 0; i--) {
        size_t length = (size_t)PyBytes_GET_SIZE(distinct->kept[i]);
        memcpy(end, PyBytes_AS_STRING(distinct->kept[i]), length);
        end += length;
        *end++ = '\n';
    }
    if (distinct->bytes <= reach)
        return text;
    /* Looking one byte early keeps an event that fits exactly. The text ends in a newline, so one is found. */
    const char *cut = memchr(end - reach - 1, '\n', (size_t)reach + 1);
    PyObject *kept = PyBytes_FromStringAndSize(cut + 1, end - cut - 1);
    Py_DECREF(text);
    return kept;
}

PyObject *kernel_dictionary(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *given;
    Py_ssize_t reach, start, stop;
    if (!PyArg_ParseTuple(args, "Onnn:dictionary", &given, &reach, &start, &stop))
        return NULL;
    if (reach < 0) {
        PyErr_SetString(PyExc_ValueError, "reach must not be negative");
        return NULL;
    }
    PyObject *lines = PySequence_Fast(given, "canonical events must be a sequence");
    if (lines == NULL)
        return NULL;
    if (start < 0 || stop < start || stop > PySequence_Fast_GET_SIZE(lines)) {
        PyErr_SetString(PyExc_ValueError, "start and stop lie outside of the events");
        Py_DECREF(lines);
        return NULL;
    }
    Py_ssize_t count = stop - start;
    /* Each kept line takes a byte at least, so the reach bounds how many there can be. */
    Py_ssize_t most = count <= reach ? count : reach + 1;
    Distinct distinct = {.mask = 16};
    while (distinct.mask < 2 * (size_t)most)
        distinct.mask *= 2;
    distinct.places = PyMem_Calloc(distinct.mask, sizeof(Place));
    distinct.mask--;
    distinct.kept = PyMem_Malloc((size_t)(most + 1) * sizeof(PyObject *));
    PyObject *text = NULL;
    if (distinct.places == NULL || distinct.kept == NULL) {
        PyErr_NoMemory();
    } else {
        Py_ssize_t i = stop - 1;
        /* Bytes hash and compare without running Python, so nobody changes the list meanwhile. */
        while (i >= start && distinct.bytes <= reach && take(&distinct, PySequence_Fast_GET_ITEM(lines, i)) == 0)
            i--;
        if (!PyErr_Occurred())
            text = joined(&distinct, reach);
    }
    PyMem_Free(distinct.places);
    PyMem_Free(distinct.kept);
    Py_DECREF(lines);
    return text;
}

PyObject *kernel_borders(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text;
    Py_ssize_t step;
    if (!PyArg_ParseTuple(args, "Sn:borders", &text, &step))
        return NULL;
    if (step < 1) {
        PyErr_SetString(PyExc_ValueError, "a piece has one line at least");
        return NULL;
    }
    const char *start = PyBytes_AS_STRING(text), *end = start + PyBytes_GET_SIZE(text), *at = start;
    PyObject *borders = PyList_New(0);
    Py_ssize_t lines = 0;
    while (borders != NULL) {
        if (lines % step == 0) {
            PyObject *offset = PyLong_FromSsize_t(at - start);
            if (offset == NULL || PyList_Append(borders, offset) < 0)
                Py_CLEAR(borders);
            Py_XDECREF(offset);
        }
        if (at == end || (at = memchr(at, '\n', (size_t)(end - at))) == NULL)
            break;
        at++;
        lines++;
    }
    return borders;
}
