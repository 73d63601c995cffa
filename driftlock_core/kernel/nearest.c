/* How far sets of tokens are from the nearest references, as views/text_sets.py defines it: one set after the other. */

#include "buffers.h"

#include <math.h>

enum { INDEX = 5 }; /* arrays that make an index */
enum { NEIGHBOURS = 3, ANY = 1 << 16 }; /* a reference has 16 bits, so there is room for any that can be listed */
static const double GRAIN = 1.0 / 1024; /* bits; weights and sizes are whole multiples of it */
static const int64_t HEAVIEST = INT32_MAX;

typedef struct {
    int32_t start, length; /* of its list */
    int32_t held;          /* references that hold it */
    int32_t mark;          /* 1: the list names those that lack it; 2(n + 1): row n has a byte of ones for each listed */
} Token;

typedef struct {
    const Token *tokens; /* the last stands for all that no reference holds */
    const uint16_t *listed;
    const uint8_t *rows;
    const int64_t *weights, *sizes; /* by number of holders; of each reference */
    Py_ssize_t count, entries, references, marked; /* tokens, listed, and so on; rows */
} Index;

/* Weight added up for each reference: 32 bits wide, carried over before they could overflow. */
typedef struct {
    int32_t *low;
    double *whole; /* exact: whole numbers far below 2^53 */
    int64_t most;  /* no entry of *low* is farther from 0 */
} Sums;

/* What is left out with a set: the references of its group. */
typedef struct {
    const int64_t *groups, *owners;  /* of each set, of each reference */
    const int64_t *chosen, *borders; /* tokens of the references, end to end */
    int32_t *times;                  /* of each token: references of the group at hand that hold it */
    int64_t *touched;                /* tokens that any of them holds */
    Py_ssize_t count;                /* touched */
    int64_t at_hand;
} Apart;

typedef struct {
    Index index;
    Apart apart;
    const int64_t *places, *borders;
    const double *shares;
    Sums sums;
    double *sizes; /* of each reference, what is left out left out */
    double *lacking, *jaccard;
    double *rows;
    Py_ssize_t sets;
} Work;

WIDE static void add_row(int32_t *low, const uint8_t *row, Py_ssize_t references, int32_t weight) {
    for (Py_ssize_t i = 0; i < references; i++)
        low[i] += (int8_t)row[i] & weight;
}

WIDE static void carry(int32_t *low, double *whole, Py_ssize_t references) {
    for (Py_ssize_t i = 0; i < references; i++) {
        whole[i] += low[i];
        low[i] = 0;
    }
}

static void carry_over(Sums *sums, Py_ssize_t references) {
    carry(sums->low, sums->whole, references);
    sums->most = 0;
}

/* Add a token's weight to the references that hold it; returns what is to be added to all of them. */
static int64_t add(const Index *index, const Token *token, int64_t weight, Sums *sums) {
    int64_t to_all = 0, size = weight < 0 ? -weight : weight;
    if (sums->most > HEAVIEST - size)
        carry_over(sums, index->references);
    sums->most += size;
    if (token->mark & 1) {
        to_all = weight;
        weight = -weight;
    }
    if (token->mark > 1) {
        const uint8_t *row = index->rows + (token->mark / 2 - 1) * index->references;
        add_row(sums->low, row, index->references, (int32_t)weight);
        return to_all;
    }
    const uint16_t *listed = index->listed + token->start;
    for (int32_t i = 0; i < token->length; i++) /* in unsigned numbers: what is listed beyond the references may wrap */
        sums->low[listed[i]] = (int32_t)((uint32_t)sums->low[listed[i]] + (uint32_t)weight);
    return to_all;
}

/* Whether list, row and holders of a token lie where there are some. */
static int token_fits(const Index *index, const Token *token) {
    return token->start >= 0 && token->length >= 0 && token->start <= index->entries &&
           token->length <= index->entries - token->start && token->held >= 0 && token->held <= index->references &&
           token->mark >= 0 && token->mark / 2 <= index->marked;
}

static const Token *token_at(const Index *index, int64_t place) {
    return &index->tokens[place < 0 ? index->count - 1 : place];
}

/* Count what the group of a set holds, and what its references weigh less or more without it; -1 for a token that does
   not fit. */
static int leave_out(Work *work, int64_t group) {
    const Index *index = &work->index;
    Apart *apart = &work->apart;
    for (Py_ssize_t i = 0; i < apart->count; i++)
        apart->times[apart->touched[i]] = 0;
    apart->count = 0;
    apart->at_hand = group;
    for (Py_ssize_t reference = 0; reference < index->references; reference++) {
        if (apart->owners[reference] != group)
            continue;
        for (int64_t i = apart->borders[reference]; i < apart->borders[reference + 1]; i++)
            if (apart->times[apart->chosen[i]]++ == 0)
                apart->touched[apart->count++] = apart->chosen[i];
    }
    memset(work->sums.whole, 0, (size_t)index->references * sizeof(double));
    int64_t to_all = 0;
    for (Py_ssize_t i = 0; i < apart->count; i++) {
        const Token *token = &index->tokens[apart->touched[i]];
        if (!token_fits(index, token))
            return -1;
        int64_t times = apart->times[apart->touched[i]], left = token->held > times ? token->held - times : 0;
        to_all += add(index, token, index->weights[left] - index->weights[token->held], &work->sums);
    }
    carry_over(&work->sums, index->references);
    for (Py_ssize_t reference = 0; reference < index->references; reference++)
        work->sizes[reference] =
            ((double)index->sizes[reference] + (double)to_all + work->sums.whole[reference]) * GRAIN;
    return 0;
}

/* The set's weight that each reference lacks, and the share of the union's that is not shared. */
WIDE static void measure(const double *shared_grains, const double *sizes, Py_ssize_t references, double to_all,
                         double whole, double share, double *lacking, double *jaccard) {
    for (Py_ssize_t i = 0; i < references; i++)
        lacking[i] = (shared_grains[i] + to_all) * GRAIN;
    if (share != 1.0)
        for (Py_ssize_t i = 0; i < references; i++)
            lacking[i] /= share;
    for (Py_ssize_t i = 0; i < references; i++) {
        double shared = lacking[i], larger = whole > shared ? whole : shared, both = whole + sizes[i] - shared;
        both = both > larger ? both : larger;
        jaccard[i] = (both - shared) / (both > 0 ? both : 1.0);
        lacking[i] = whole - shared;
    }
}

/* Mean of the smallest three that are not left out, each divided, of fewer where there are fewer; 1 where there are
   none. What is smaller is so divided as well. */
static double mean_of_least(const double *values, double divisor, Py_ssize_t references, const int64_t *owners,
                            int64_t group) {
    double least[NEIGHBOURS] = {INFINITY, INFINITY, INFINITY}, total = 0;
    int found = 0;
    for (Py_ssize_t i = 0; i < references; i++) {
        double value = values[i];
        if (!(value < least[NEIGHBOURS - 1]) || (owners != NULL && owners[i] == group))
            continue;
        int at = NEIGHBOURS - 1;
        for (; at > 0 && least[at - 1] > value; at--)
            least[at] = least[at - 1];
        least[at] = value;
    }
    for (; found < NEIGHBOURS && least[found] < INFINITY; found++)
        total += least[found] / divisor;
    return found > 0 ? total / found : 1.0;
}

/* Both distances of one set; -1 for a token that does not fit. */
static int compare(Work *work, Py_ssize_t set) {
    const Index *index = &work->index;
    Apart *apart = work->apart.groups != NULL ? &work->apart : NULL;
    if (apart != NULL && (set == 0 || apart->groups[set] != apart->at_hand) &&
        leave_out(work, apart->groups[set]) < 0)
        return -1;
    memset(work->sums.whole, 0, (size_t)index->references * sizeof(double));
    int64_t grains = 0, to_all = 0;
    for (int64_t i = work->borders[set]; i < work->borders[set + 1]; i++) {
        const Token *token = token_at(index, work->places[i]);
        int64_t held = token->held, times = apart != NULL ? apart->times[token - index->tokens] : 0;
        if (!token_fits(index, token))
            return -1;
        held = held > times ? held - times : 0;
        grains += index->weights[held];
        to_all += add(index, token, index->weights[held], &work->sums);
    }
    carry_over(&work->sums, index->references);
    double share = work->shares[set], whole = (double)grains * GRAIN / share;
    measure(work->sums.whole, work->sizes, index->references, (double)to_all, whole, share, work->lacking,
            work->jaccard);
    const int64_t *owners = apart != NULL ? apart->owners : NULL;
    int64_t group = apart != NULL ? apart->at_hand : 0;
    work->rows[2 * set] = mean_of_least(work->lacking, whole > 0 ? whole : 1.0, index->references, owners, group);
    work->rows[2 * set + 1] = mean_of_least(work->jaccard, 1.0, index->references, owners, group);
    return 0;
}

static int index_fits(const Index *index, const Py_buffer *views) {
    if (index->count < 1 || views[0].shape[0] != 4 * index->count || index->references < 1 || index->references > ANY ||
        views[3].shape[0] != index->references + 1)
        return 0;
    for (Py_ssize_t i = 0; i <= index->references; i++)
        if (index->weights[i] < 0 || index->weights[i] > HEAVIEST)
            return 0;
    for (Py_ssize_t i = 0; i < index->references; i++)
        if (index->sizes[i] < 0 || index->sizes[i] > INT64_C(1) << 50)
            return 0;
    return 1;
}

static int places_fit(const Index *index, const Py_buffer *places, int64_t least) {
    const int64_t *place = places->buf;
    for (Py_ssize_t i = 0; i < places->shape[0]; i++)
        if (place[i] < least || place[i] >= index->count)
            return 0;
    return 1;
}

static int apart_fits(const Work *work, const Py_buffer *views) {
    return views[0].shape[0] == work->sets && views[1].shape[0] == work->index.references &&
           views[3].shape[0] == work->index.references + 1 && are_borders(&views[3], views[2].shape[0]) &&
           places_fit(&work->index, &views[2], 0);
}

static int compare_all(Work *work) {
    size_t references = (size_t)work->index.references, tokens = (size_t)work->index.count;
    size_t apart = work->apart.groups != NULL ? tokens : 0;
    char *all = PyMem_Calloc(1, (4 * references + apart) * 8 + (ANY + apart) * sizeof(int32_t));
    if (all == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    work->sizes = (double *)all;
    work->sums.whole = work->sizes + references;
    work->lacking = work->sums.whole + references;
    work->jaccard = work->lacking + references;
    work->apart.touched = (int64_t *)(work->jaccard + references);
    work->sums.low = (int32_t *)(work->apart.touched + apart);
    work->apart.times = work->sums.low + ANY;
    for (size_t i = 0; i < references; i++)
        work->sizes[i] = (double)work->index.sizes[i] * GRAIN;
    int failed = 0;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t set = 0; set < work->sets && !failed; set++)
        failed = compare(work, set) < 0;
    Py_END_ALLOW_THREADS
    PyMem_Free(all);
    if (failed)
        PyErr_SetString(PyExc_ValueError, "index and lists do not fit together");
    return failed ? -1 : 0;
}

/* What was handed over: the index, then sets and room for their distances, then what is left out. */
static int fitted(Work *work, const Py_buffer *views, int apart) {
    const Py_buffer *given = views + INDEX;
    work->index = (Index){.tokens = views[0].buf, .listed = views[1].buf, .rows = views[2].buf, .weights = views[3].buf,
                          .sizes = views[4].buf, .count = views[0].shape[0] / 4, .entries = views[1].shape[0],
                          .references = views[4].shape[0]};
    if (work->index.references > 0)
        work->index.marked = views[2].shape[0] / work->index.references;
    work->places = given[0].buf;
    work->borders = given[1].buf;
    work->shares = given[2].buf;
    work->rows = given[3].buf;
    work->sets = given[2].shape[0];
    if (apart)
        work->apart = (Apart){.groups = given[4].buf, .owners = given[5].buf, .chosen = given[6].buf,
                              .borders = given[7].buf};
    return index_fits(&work->index, views) && given[1].shape[0] == work->sets + 1 &&
           are_borders(&given[1], given[0].shape[0]) && places_fit(&work->index, &given[0], INT64_MIN) &&
           given[3].shape[0] == 2 * work->sets && (!apart || apart_fits(work, given + 4));
}

PyObject *kernel_nearest(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *index, *apart, *objects[INDEX + 8], **given = objects + INDEX;
    Py_buffer views[INDEX + 8];
    if (!PyArg_ParseTuple(args, "O!OOOOO:nearest", &PyTuple_Type, &index, &given[0], &given[1], &given[2], &apart,
                          &given[3]) ||
        !PyArg_ParseTuple(index, "OOOOO:index", &objects[0], &objects[1], &objects[2], &objects[3], &objects[4]))
        return NULL;
    int leaves_out = apart != Py_None;
    if (leaves_out && !PyTuple_Check(apart)) {
        PyErr_SetString(PyExc_TypeError, "what is left out is a tuple of arrays");
        return NULL;
    }
    if (leaves_out && !PyArg_ParseTuple(apart, "OOOO:apart", &given[4], &given[5], &given[6], &given[7]))
        return NULL;
    const char *kinds = leaves_out ? "ihblllldDllll" : "ihblllldD";
    if (buffers_take(kinds, objects, views) < 0)
        return NULL;
    Work work = {0};
    int failed = 1;
    if (fitted(&work, views, leaves_out))
        failed = compare_all(&work) < 0;
    else
        PyErr_SetString(PyExc_ValueError, "index, sets and room for their distances do not fit together");
    buffers_release(views, strlen(kinds));
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}
