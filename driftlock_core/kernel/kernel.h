/* What the parts of the compiled kernel share. Every function needs the GIL unless it says otherwise. */

#ifndef DRIFTLOCK_KERNEL_H
#define DRIFTLOCK_KERNEL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Loops that take each number for itself, or add whole ones, in vectors as wide as the processor has: the same numbers
   everywhere. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* shapes.c: canonical events by shape */
extern PyType_Spec shapes_spec;

/* values.c: numbers and those that came before at their places */
extern PyType_Spec places_spec;

/* libzstd.c: the library that python-zstandard brings along */
typedef struct {
    void *context; /* of compression */
    int level;
    char *room; /* for what comes out */
    size_t size;
    char *text; /* for lines joined */
    size_t text_size;
} Bench;

PyObject *kernel_bind(PyObject *module, PyObject *path);
int zstd_is_bound(void);
/* A raw dictionary made ready, which must stay where it is; NULL without memory. */
void *zstd_digest(const char *dictionary, size_t length, int level);
void zstd_free_digest(void *digest);
/* One to work at, given back after use; NULL with an exception set. Without a digest texts are compressed alone. */
Bench *bench_take(int level, const void *digest);
void bench_return(Bench *bench);
/* Compressed size of a text, or -1 with an exception set. */
Py_ssize_t bench_cost(Bench *bench, const char *text, Py_ssize_t length);
/* Some lines, each followed by a newline, put behind what the text uses; their length or -1. */
Py_ssize_t bench_join(Bench *bench, size_t used, PyObject *lines, Py_ssize_t start, Py_ssize_t stop);

/* digest.c: costs given a dictionary */
extern PyType_Spec digest_spec;

/* texts.c: canonical events as texts */
PyObject *kernel_dictionary(PyObject *module, PyObject *args);
PyObject *kernel_borders(PyObject *module, PyObject *args);

/* counts.c: ranks and permutations */
PyObject *kernel_count_at_least(PyObject *module, PyObject *args);
PyObject *kernel_median(PyObject *module, PyObject *numbers);
PyObject *kernel_permuted_at_least(PyObject *module, PyObject *args);

/* content.c: code lengths of windows */
PyObject *kernel_content(PyObject *module, PyObject *args);

/* conformal.c: ranks of summed surprises */
PyObject *kernel_conformal(PyObject *module, PyObject *args);

/* pairs.c: equal lines of windows */
PyObject *kernel_pairs(PyObject *module, PyObject *args);

/* lookups.c: numbers among keys */
PyObject *kernel_seat(PyObject *module, PyObject *args);
PyObject *kernel_find(PyObject *module, PyObject *args);

/* grams.c: runs of bytes */
PyObject *kernel_grams(PyObject *module, PyObject *args);

/* words.c: words and their numbers */
extern PyType_Spec vocabulary_spec;

/* contexts.c: symbols after those before them */
PyObject *kernel_contexts(PyObject *module, PyObject *args);

/* nearest.c: sets of tokens and the nearest references */
PyObject *kernel_nearest(PyObject *module, PyObject *args);

#endif
