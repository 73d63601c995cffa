/* A dictionary made ready, and what texts and lines cost when it is known. */

#include "kernel.h"

typedef struct {
    PyObject_HEAD
    PyObject *dictionary; /* bytes: the digest refers to them */
    void *digest;         /* NULL for the empty dictionary */
    int level;
} Digest;

static PyObject *digest_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *dictionary;
    int level;
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) != 0) {
        PyErr_SetString(PyExc_TypeError, "Digest takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "Si:Digest", &dictionary, &level))
        return NULL;
    if (!zstd_is_bound()) {
        PyErr_SetString(PyExc_RuntimeError, "no libzstd is bound");
        return NULL;
    }
    Digest *self = (Digest *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->dictionary = Py_NewRef(dictionary);
    self->level = level;
    size_t length = (size_t)PyBytes_GET_SIZE(dictionary);
    if (length > 0) {
        self->digest = zstd_digest(PyBytes_AS_STRING(dictionary), length, level);
        if (self->digest == NULL) {
            Py_DECREF(self);
            return PyErr_NoMemory();
        }
    }
    return (PyObject *)self;
}

static void digest_dealloc(Digest *self) {
    PyTypeObject *type = Py_TYPE(self);
    if (self->digest != NULL)
        zstd_free_digest(self->digest);
    Py_XDECREF(self->dictionary);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *digest_cost(Digest *self, PyObject *text) {
    Py_buffer view;
    if (PyObject_GetBuffer(text, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t cost = -1;
    Bench *bench = bench_take(self->level, self->digest);
    if (bench != NULL) {
        cost = bench_cost(bench, view.buf, view.len);
        bench_return(bench);
    }
    PyBuffer_Release(&view);
    return cost < 0 ? NULL : PyLong_FromSsize_t(cost);
}

/* The pieces costed last. In quiet streams a piece often is one of them again, and costs what it cost. */
enum { REMEMBERED = 32 };
typedef struct {
    const char *text;
    Py_ssize_t length, cost;
} Piece;

static Py_ssize_t known_cost(const Piece *pieces, Py_ssize_t count, const char *text, Py_ssize_t length) {
    for (Py_ssize_t i = 0; i < count; i++)
        if (pieces[i].length == length && memcmp(pieces[i].text, text, (size_t)length) == 0)
            return pieces[i].cost;
    return -1;
}

/* The cost of the next piece; 0 or -1 with an exception set. */
static int append_cost(Bench *bench, Piece *pieces, Py_ssize_t done, const char *text, Py_ssize_t length,
                       PyObject *costs) {
    Py_ssize_t cost = known_cost(pieces, done < REMEMBERED ? done : REMEMBERED, text, length);
    if (cost < 0)
        cost = bench_cost(bench, text, length);
    if (cost < 0 || PyErr_CheckSignals() < 0)
        return -1;
    pieces[done % REMEMBERED] = (Piece){text, length, cost};
    PyObject *number = PyLong_FromSsize_t(cost);
    if (number == NULL)
        return -1;
    int failed = PyList_Append(costs, number);
    Py_DECREF(number);
    return failed;
}

/* Costs of the pieces between the borders into an empty list. */
static int digest_fill(Bench *bench, const Py_buffer *view, PyObject *borders, PyObject *costs) {
    Piece pieces[REMEMBERED];
    Py_ssize_t start = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(borders); i++) {
        Py_ssize_t stop = PyLong_AsSsize_t(PyTuple_GET_ITEM(borders, i));
        if (stop == -1 && PyErr_Occurred())
            return -1;
        if (stop < start || stop > view->len) {
            PyErr_Format(PyExc_ValueError, "border %zd lies before the one before it or behind the text", i);
            return -1;
        }
        const char *text = (const char *)view->buf + start;
        if (i > 0 && append_cost(bench, pieces, i - 1, text, stop - start, costs) < 0)
            return -1;
        start = stop;
    }
    return 0;
}

/* Costs of each step lines into an empty list. All are joined first: while others run, lines may change. */
static int digest_fill_lines(Bench *bench, PyObject *lines, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t step,
                             PyObject *costs) {
    Piece pieces[REMEMBERED];
    Py_ssize_t count = (stop - start + step - 1) / step, failed = 0;
    Py_ssize_t *lengths = PyMem_New(Py_ssize_t, count + 1);
    if (lengths == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    size_t used = 0;
    for (Py_ssize_t i = 0; i < count && !failed; i++) {
        Py_ssize_t begin = start + i * step, end = stop - begin < step ? stop : begin + step;
        lengths[i] = bench_join(bench, used, lines, begin, end);
        failed = lengths[i] < 0;
        used += failed ? 0 : (size_t)lengths[i];
    }
    const char *text = bench->text;
    for (Py_ssize_t i = 0; i < count && !failed; text += lengths[i], i++)
        failed = append_cost(bench, pieces, i, text, lengths[i], costs) < 0;
    PyMem_Free(lengths);
    return failed ? -1 : 0;
}

static PyObject *digest_line_costs(Digest *self, PyObject *args) {
    PyObject *given;
    Py_ssize_t start, stop, step;
    if (!PyArg_ParseTuple(args, "Onnn:line_costs", &given, &start, &stop, &step))
        return NULL;
    PyObject *lines = PySequence_Fast(given, "canonical events must be a sequence");
    if (lines == NULL)
        return NULL;
    PyObject *costs = NULL;
    if (start < 0 || stop < start || stop > PySequence_Fast_GET_SIZE(lines) || step < 1)
        PyErr_SetString(PyExc_ValueError, "start and stop lie outside of the lines, or the step is none");
    else
        costs = PyList_New(0);
    Bench *bench = costs == NULL ? NULL : bench_take(self->level, self->digest);
    if (bench == NULL) {
        Py_CLEAR(costs);
    } else {
        if (digest_fill_lines(bench, lines, start, stop, step, costs) < 0)
            Py_CLEAR(costs);
        bench_return(bench);
    }
    Py_DECREF(lines);
    return costs;
}

static PyObject *digest_costs(Digest *self, PyObject *args) {
    Py_buffer view;
    PyObject *given;
    if (!PyArg_ParseTuple(args, "y*O:costs", &view, &given))
        return NULL;
    PyObject *borders = PySequence_Tuple(given);
    PyObject *costs = borders == NULL ? NULL : PyList_New(0);
    if (costs != NULL) {
        Bench *bench = bench_take(self->level, self->digest);
        if (bench == NULL) {
            Py_CLEAR(costs);
        } else {
            if (digest_fill(bench, &view, borders, costs) < 0)
                Py_CLEAR(costs);
            bench_return(bench);
        }
    }
    Py_XDECREF(borders);
    PyBuffer_Release(&view);
    return costs;
}

static PyMethodDef digest_methods[] = {
    {"cost", (PyCFunction)digest_cost, METH_O, PyDoc_STR("Compressed size of a text, bytes.")},
    {"line_costs", (PyCFunction)digest_line_costs, METH_VARARGS, PyDoc_STR("Costs of so many lines each, bytes.")},
    {"costs", (PyCFunction)digest_costs, METH_VARARGS, PyDoc_STR("Compressed sizes of its pieces, bytes.")},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot digest_slots[] = {
    {Py_tp_doc, PyDoc_STR("A dictionary made ready, by libzstd itself.")},
    {Py_tp_new, digest_new},
    {Py_tp_dealloc, digest_dealloc},
    {Py_tp_methods, digest_methods},
    {0, NULL},
};
PyType_Spec digest_spec = {
    .name = "driftlock_core.kernel._kernel.Digest",
    .basicsize = sizeof(Digest),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = digest_slots,
};
