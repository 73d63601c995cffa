/* Chances of symbols after those before them, as views/character_model.py defines them. */

#include "buffers.h"
#include "lookups.h"

enum { MOST_ORDERS = 16 };
static const int64_t MOST_SYMBOLS = INT32_MAX; /* gram times alphabet then fits 64 bits */

/* All grams of one length; the number of a gram is its place among the keys. */
typedef struct {
    Table table;
    const double *chances, *escapes; /* of the last symbol of each gram; of each context */
    double *asked;                   /* where this order's chances go, or NULL */
} Order;

typedef struct {
    Order orders[MOST_ORDERS];
    int count;
    int64_t alphabet;
    const int64_t *symbols, *borders;
    Py_ssize_t texts;
    double *chances;
    int64_t *grams; /* of the order before, by where they end; -1 for one the baseline does not hold */
} Work;

/* One order more of a text. From its end to its beginning, so that the gram before is still of the order before. */
static void refine(const Order *order, int number, int64_t alphabet, const int64_t *symbols, int64_t length,
                   double *chances, int64_t *grams) {
    for (int64_t at = length - 1; at >= 0; at--) {
        int64_t before = number == 0 ? 0 : at >= number ? grams[at - 1] : -1, gram = -1;
        if (before >= 0) {
            if (symbols[at] >= 0)
                gram = table_find(&order->table, before * alphabet + symbols[at]);
            chances[at] = gram < 0 ? chances[at] * order->escapes[before] : order->chances[gram];
        }
        grams[at] = gram;
    }
}

static void refine_all(Work *work, double floor) {
    for (Py_ssize_t text = 0; text < work->texts; text++) {
        int64_t start = work->borders[text], length = work->borders[text + 1] - start;
        for (int64_t at = 0; at < length; at++)
            work->chances[at] = floor;
        for (int number = 0; number < work->count; number++) {
            const Order *order = &work->orders[number];
            refine(order, number, work->alphabet, work->symbols + start, length, work->chances, work->grams);
            if (order->asked != NULL)
                memcpy(order->asked + start, work->chances, (size_t)length * sizeof(double));
        }
    }
}

/* One order, from its arrays; *contexts* are those of the order before and become its own. */
static int order_fits(Order *order, const Py_buffer *views, int shift, Py_ssize_t *contexts, Py_ssize_t symbols,
                      int asked) {
    if (!table_of(&views[0], &views[1], shift, &order->table) || views[2].shape[0] < views[0].shape[0] ||
        views[3].shape[0] < *contexts || (asked && views[4].shape[0] != symbols))
        return 0;
    order->chances = views[2].buf;
    order->escapes = views[3].buf;
    order->asked = asked ? views[4].buf : NULL;
    *contexts = views[0].shape[0];
    return *contexts <= INT32_MAX;
}

static int prepare(Work *work, const Py_buffer *text, const Py_buffer *views, const int *shifts, const int *asked) {
    const int64_t *symbols = text[0].buf;
    Py_ssize_t contexts = 1, longest = 0;
    work->symbols = symbols;
    work->borders = text[1].buf;
    work->texts = text[1].shape[0] - 1;
    int fit = are_borders(&text[1], text[0].shape[0]) && work->alphabet > 0 && work->alphabet <= MOST_SYMBOLS;
    for (int number = 0; fit && number < work->count; number++) {
        fit = order_fits(&work->orders[number], views, shifts[number], &contexts, text[0].shape[0], asked[number]);
        views += 4 + asked[number];
    }
    for (Py_ssize_t i = 0; fit && i < text[0].shape[0]; i++)
        fit = symbols[i] < work->alphabet;
    if (!fit) {
        PyErr_SetString(PyExc_ValueError, "symbols, orders and room for the chances do not fit together");
        return -1;
    }
    for (Py_ssize_t i = 0; i < work->texts; i++)
        longest = work->borders[i + 1] - work->borders[i] > longest ? work->borders[i + 1] - work->borders[i] : longest;
    work->chances = PyMem_Malloc((size_t)(longest + 1) * (sizeof(double) + sizeof(int64_t)));
    if (work->chances == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    work->grams = (int64_t *)(work->chances + longest + 1);
    return 0;
}

/* The orders' arrays, one after the other, and the letters that say what each must be. */
static int read_orders(PyObject *orders, PyObject **objects, char *kinds, int *shifts, int *asked) {
    for (Py_ssize_t number = 0; number < PyTuple_GET_SIZE(orders); number++) {
        PyObject *order = PyTuple_GET_ITEM(orders, number);
        if (!PyTuple_Check(order)) {
            PyErr_SetString(PyExc_TypeError, "an order is a tuple of arrays");
            return -1;
        }
        if (!PyArg_ParseTuple(order, "OOiOOO:order", &objects[0], &objects[1], &shifts[number], &objects[2], &objects[3],
                              &objects[4]))
            return -1;
        asked[number] = objects[4] != Py_None;
        strcat(kinds, asked[number] ? "liddD" : "lidd");
        objects += 4 + asked[number];
    }
    return 0;
}

PyObject *kernel_contexts(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *orders, *objects[2 + 5 * MOST_ORDERS];
    Py_buffer views[2 + 5 * MOST_ORDERS];
    char kinds[2 + 5 * MOST_ORDERS + 1] = "ll";
    int shifts[MOST_ORDERS], asked[MOST_ORDERS], failed = 1;
    double floor;
    long long alphabet;
    if (!PyArg_ParseTuple(args, "O!LdOO:contexts", &PyTuple_Type, &orders, &alphabet, &floor, &objects[0], &objects[1]))
        return NULL;
    if (PyTuple_GET_SIZE(orders) > MOST_ORDERS) {
        PyErr_SetString(PyExc_ValueError, "more orders than can be asked for");
        return NULL;
    }
    if (read_orders(orders, objects + 2, kinds, shifts, asked) < 0 || buffers_take(kinds, objects, views) < 0)
        return NULL;
    Work work = {.count = (int)PyTuple_GET_SIZE(orders), .alphabet = alphabet};
    if (prepare(&work, views, views + 2, shifts, asked) == 0) {
        Py_BEGIN_ALLOW_THREADS
        refine_all(&work, floor);
        Py_END_ALLOW_THREADS
        failed = 0;
    }
    PyMem_Free(work.chances);
    buffers_release(views, strlen(kinds));
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}
