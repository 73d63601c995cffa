/* The module: what Python sees of the kernel. Signatures and meaning stand in _kernel.pyi. */

#include "kernel.h"

#include <stdlib.h>

static PyMethodDef methods[] = {
    {"bind", kernel_bind, METH_O, PyDoc_STR("Find libzstd in a shared object; returns its version number.")},
    {"dictionary", kernel_dictionary, METH_VARARGS, PyDoc_STR("Distinct events by last occurrence, as one text.")},
    {"borders", kernel_borders, METH_VARARGS, PyDoc_STR("Where pieces of so many lines begin.")},
    {"count_at_least", kernel_count_at_least, METH_VARARGS, PyDoc_STR("Entries of each row at or above its limit.")},
    {"median", kernel_median, METH_O, PyDoc_STR("Median of whole numbers.")},
    {"permuted_at_least", kernel_permuted_at_least, METH_VARARGS, PyDoc_STR("Permutations as large as the window.")},
    {"content", kernel_content, METH_VARARGS, PyDoc_STR("Code lengths of windows against baselines.")},
    {"conformal", kernel_conformal, METH_VARARGS, PyDoc_STR("Ranks of summed surprises, and medians.")},
    {"pairs", kernel_pairs, METH_VARARGS, PyDoc_STR("Pairs of equal lines in windows.")},
    {"seat", kernel_seat, METH_VARARGS, PyDoc_STR("Keys put into slots.")},
    {"find", kernel_find, METH_VARARGS, PyDoc_STR("Places of numbers among keys.")},
    {"grams", kernel_grams, METH_VARARGS, PyDoc_STR("Different runs of bytes of texts.")},
    {"contexts", kernel_contexts, METH_VARARGS, PyDoc_STR("Chances of symbols after those before them.")},
    {"nearest", kernel_nearest, METH_VARARGS, PyDoc_STR("Distances of sets to the nearest references.")},
    {NULL, NULL, 0, NULL},
};

static int add_type(PyObject *module, PyType_Spec *spec) {
    PyObject *type = PyType_FromSpec(spec);
    if (type == NULL)
        return -1;
    int result = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DECREF(type);
    return result;
}

static int fill(PyObject *module) {
    /* The one place of the engine that looks at the environment. It decides by which of two ways the same
       numbers are found, never which numbers. */
    const char *wish = getenv("DRIFTLOCK_KERNEL");
    if (wish != NULL && strcmp(wish, "off") == 0) {
        PyErr_SetString(PyExc_ImportError, "DRIFTLOCK_KERNEL=off");
        return -1;
    }
    return add_type(module, &shapes_spec) < 0 || add_type(module, &places_spec) < 0 ||
                    add_type(module, &digest_spec) < 0 || add_type(module, &vocabulary_spec) < 0 ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED}, /* libzstd is bound per process */
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_kernel",
    .m_doc = PyDoc_STR("The engine's inner loops, compiled."),
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__kernel(void) {
    return PyModuleDef_Init(&definition);
}
