/* What the parts of the compiled kernel share. Every function needs the GIL unless it says otherwise. */

#ifndef DRIFTLOCK_KERNEL_H
#define DRIFTLOCK_KERNEL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* shapes.c: canonical events by shape */
extern PyType_Spec shapes_spec;

/* digest.c: costs by the libzstd that python-zstandard brings along */
extern PyType_Spec digest_spec;
PyObject *kernel_bind(PyObject *module, PyObject *path);

/* texts.c: canonical events as texts */
PyObject *kernel_dictionary(PyObject *module, PyObject *args);
PyObject *kernel_borders(PyObject *module, PyObject *args);

/* counts.c: ranks and permutations */
PyObject *kernel_count_at_least(PyObject *module, PyObject *args);
PyObject *kernel_permuted_at_least(PyObject *module, PyObject *args);

#endif
