/*
 * Compressed sizes straight from libzstd: the one inside the installed python-zstandard, found by name in its
 * shared object, never another copy. What zstandard would do is done with the same calls and parameters, so that
 * sizes are the same; compressors.py compares before it trusts.
 */

#include "kernel.h"

#ifndef _WIN32
#include <dlfcn.h>
#endif

/* From zstd.h of the 1.5 line; bind refuses others. The structs are passed by value. */
typedef struct {
    unsigned window_log, chain_log, hash_log, search_log, min_match, target_length;
    int strategy;
} Parameters;
typedef struct {
    void *(*allocate)(void *, size_t);
    void (*release)(void *, void *);
    void *opaque;
} Memory;
enum { BY_REFERENCE = 1, RAW_CONTENT = 1 };
enum { COMPRESSION_LEVEL = 100, CONTENT_SIZE_FLAG = 200, CHECKSUM_FLAG = 201, DICTIONARY_ID_FLAG = 202 };

static struct {
    unsigned (*version)(void);
    unsigned (*is_error)(size_t);
    size_t (*bound)(size_t);
    void *(*create_context)(void);
    size_t (*free_context)(void *);
    size_t (*set_parameter)(void *, int, int);
    size_t (*use_dictionary)(void *, const void *);
    size_t (*compress)(void *, void *, size_t, const void *, size_t);
    Parameters (*parameters)(int, unsigned long long, size_t);
    void *(*create_dictionary)(const void *, size_t, int, int, Parameters, Memory);
    size_t (*free_dictionary)(void *);
} zstd;
static int bound = 0;

PyObject *kernel_bind(PyObject *Py_UNUSED(module), PyObject *path) {
#ifdef _WIN32
    (void)path;
    PyErr_SetString(PyExc_OSError, "extension modules export nothing here");
    return NULL;
#else
    static const struct {
        const char *name;
        void *slot;
    } wanted[] = {
        {"ZSTD_versionNumber", &zstd.version},
        {"ZSTD_isError", &zstd.is_error},
        {"ZSTD_compressBound", &zstd.bound},
        {"ZSTD_createCCtx", &zstd.create_context},
        {"ZSTD_freeCCtx", &zstd.free_context},
        {"ZSTD_CCtx_setParameter", &zstd.set_parameter},
        {"ZSTD_CCtx_refCDict", &zstd.use_dictionary},
        {"ZSTD_compress2", &zstd.compress},
        {"ZSTD_getCParams", &zstd.parameters},
        {"ZSTD_createCDict_advanced", &zstd.create_dictionary},
        {"ZSTD_freeCDict", &zstd.free_dictionary},
    };
    PyObject *encoded;
    if (!PyUnicode_FSConverter(path, &encoded))
        return NULL;
    if (!bound) {
        /* Never closed: digests live until the process ends. */
        void *library = dlopen(PyBytes_AS_STRING(encoded), RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) {
            PyErr_SetString(PyExc_OSError, "the shared object cannot be opened");
            Py_DECREF(encoded);
            return NULL;
        }
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
            void *address = dlsym(library, wanted[i].name);
            if (address == NULL) {
                PyErr_Format(PyExc_OSError, "the shared object does not export %s", wanted[i].name);
                Py_DECREF(encoded);
                return NULL;
            }
            memcpy(wanted[i].slot, &address, sizeof address);
        }
        if (zstd.version() / 100 != 105) {
            PyErr_Format(PyExc_OSError, "libzstd %u is not of the 1.5 line", zstd.version());
            Py_DECREF(encoded);
            return NULL;
        }
        bound = 1;
    }
    Py_DECREF(encoded);
    return PyLong_FromUnsignedLong(zstd.version());
#endif
}

/* A compression context with room for its output. One is kept for the next call. */
typedef struct {
    void *context;
    int level;
    char *room;
    size_t size;
} Bench;

static Bench *spare = NULL; /* the GIL guards it */
enum { ROOM_KEPT = 1 << 20, HOLD_GIL_BELOW = 1 << 16 };

static void bench_free(Bench *bench) {
    if (bench->context != NULL)
        zstd.free_context(bench->context);
    PyMem_RawFree(bench->room);
    PyMem_RawFree(bench);
}

static Bench *bench_take(int level) {
    Bench *bench = spare;
    spare = NULL;
    if (bench == NULL) {
        bench = PyMem_RawCalloc(1, sizeof *bench);
        if (bench == NULL || (bench->context = zstd.create_context()) == NULL) {
            if (bench != NULL)
                bench_free(bench);
            PyErr_NoMemory();
            return NULL;
        }
        /* Checksum, content size and dictionary id off, as compressors.py asks zstandard for. */
        zstd.set_parameter(bench->context, CONTENT_SIZE_FLAG, 0);
        zstd.set_parameter(bench->context, CHECKSUM_FLAG, 0);
        zstd.set_parameter(bench->context, DICTIONARY_ID_FLAG, 0);
    }
    if (bench->level != level) {
        zstd.set_parameter(bench->context, COMPRESSION_LEVEL, level);
        bench->level = level;
    }
    return bench;
}

static void bench_return(Bench *bench) {
    zstd.use_dictionary(bench->context, NULL); /* the digest may die before the context is used again */
    if (bench->size > ROOM_KEPT) {
        PyMem_RawFree(bench->room);
        bench->room = NULL;
        bench->size = 0;
    }
    if (spare == NULL)
        spare = bench;
    else
        bench_free(bench);
}

/* Compressed size of a text, or -1 with an exception set. */
static Py_ssize_t bench_cost(Bench *bench, const char *text, Py_ssize_t length) {
    size_t needed = zstd.bound((size_t)length);
    if (zstd.is_error(needed)) {
        PyErr_SetString(PyExc_ValueError, "the text is too long to compress");
        return -1;
    }
    if (needed > bench->size) {
        char *room = PyMem_RawRealloc(bench->room, needed);
        if (room == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        bench->room = room;
        bench->size = needed;
    }
    size_t size;
    if (length < HOLD_GIL_BELOW) {
        size = zstd.compress(bench->context, bench->room, needed, text, (size_t)length);
    } else {
        Py_BEGIN_ALLOW_THREADS;
        size = zstd.compress(bench->context, bench->room, needed, text, (size_t)length);
        Py_END_ALLOW_THREADS;
    }
    if (zstd.is_error(size)) {
        PyErr_SetString(PyExc_RuntimeError, "libzstd could not compress");
        return -1;
    }
    return (Py_ssize_t)size;
}

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
    if (!bound) {
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
        Memory default_memory = {NULL, NULL, NULL};
        self->digest = zstd.create_dictionary(PyBytes_AS_STRING(dictionary), length, BY_REFERENCE, RAW_CONTENT,
                                              zstd.parameters(level, 0, length), default_memory);
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
        zstd.free_dictionary(self->digest);
    Py_XDECREF(self->dictionary);
    type->tp_free(self);
    Py_DECREF(type);
}

static Bench *digest_bench(Digest *self) {
    Bench *bench = bench_take(self->level);
    if (bench != NULL && zstd.is_error(zstd.use_dictionary(bench->context, self->digest))) {
        bench_free(bench);
        PyErr_SetString(PyExc_RuntimeError, "libzstd refused the dictionary");
        return NULL;
    }
    return bench;
}

static PyObject *digest_cost(Digest *self, PyObject *text) {
    Py_buffer view;
    if (PyObject_GetBuffer(text, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t cost = -1;
    Bench *bench = digest_bench(self);
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
        if (i > 0) {
            const char *text = (const char *)view->buf + start;
            Py_ssize_t length = stop - start, done = i - 1;
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
            if (failed)
                return -1;
        }
        start = stop;
    }
    return 0;
}

static PyObject *digest_costs(Digest *self, PyObject *args) {
    Py_buffer view;
    PyObject *given;
    if (!PyArg_ParseTuple(args, "y*O:costs", &view, &given))
        return NULL;
    PyObject *borders = PySequence_Tuple(given);
    PyObject *costs = borders == NULL ? NULL : PyList_New(0);
    if (costs != NULL) {
        Bench *bench = digest_bench(self);
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
