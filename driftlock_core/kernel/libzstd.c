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

void *zstd_digest(const char *dictionary, size_t length, int level) {
    Memory default_memory = {NULL, NULL, NULL};
    return zstd.create_dictionary(dictionary, length, BY_REFERENCE, RAW_CONTENT, zstd.parameters(level, 0, length),
                                  default_memory);
}

void zstd_free_digest(void *digest) {
    zstd.free_dictionary(digest);
}

int zstd_is_bound(void) {
    return bound;
}

static Bench *spare = NULL; /* the GIL guards it */
enum { ROOM_KEPT = 1 << 20, HOLD_GIL_BELOW = 1 << 16 };

static void bench_free(Bench *bench) {
    if (bench->context != NULL)
        zstd.free_context(bench->context);
    PyMem_RawFree(bench->room);
    PyMem_RawFree(bench->text);
    PyMem_RawFree(bench);
}

static Bench *bench_at(int level) {
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

Bench *bench_take(int level, const void *digest) {
    Bench *bench = bench_at(level);
    if (bench != NULL && zstd.is_error(zstd.use_dictionary(bench->context, digest))) {
        bench_free(bench);
        PyErr_SetString(PyExc_RuntimeError, "libzstd refused the dictionary");
        return NULL;
    }
    return bench;
}

void bench_return(Bench *bench) {
    zstd.use_dictionary(bench->context, NULL); /* the digest may die before the context is used again */
    if (bench->size > ROOM_KEPT) {
        PyMem_RawFree(bench->room);
        bench->room = NULL;
        bench->size = 0;
    }
    if (bench->text_size > ROOM_KEPT) {
        PyMem_RawFree(bench->text);
        bench->text = NULL;
        bench->text_size = 0;
    }
    if (spare == NULL)
        spare = bench;
    else
        bench_free(bench);
}

Py_ssize_t bench_cost(Bench *bench, const char *text, Py_ssize_t length) {
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

Py_ssize_t bench_join(Bench *bench, size_t used, PyObject *lines, Py_ssize_t start, Py_ssize_t stop) {
    size_t length = 0;
    for (Py_ssize_t i = start; i < stop; i++) {
        PyObject *line = PySequence_Fast_GET_ITEM(lines, i);
        if (!PyBytes_CheckExact(line)) {
            PyErr_SetString(PyExc_TypeError, "canonical events must be bytes");
            return -1;
        }
        length += (size_t)PyBytes_GET_SIZE(line) + 1;
    }
    if (used + length > bench->text_size) {
        size_t size = 2 * (used + length);
        char *text = PyMem_RawRealloc(bench->text, size);
        if (text == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        bench->text = text;
        bench->text_size = size;
    }
    char *end = bench->text + used;
    for (Py_ssize_t i = start; i < stop; i++) {
        PyObject *line = PySequence_Fast_GET_ITEM(lines, i);
        memcpy(end, PyBytes_AS_STRING(line), (size_t)PyBytes_GET_SIZE(line));
        end += PyBytes_GET_SIZE(line);
        *end++ = '\n';
    }
    return (Py_ssize_t)length;
}
