// Prepared convolutions: a primitive, the reorders around it, and where each part of the working
// memory lies. One thread each; the parallel loop over the batch is the caller's.
#include "COneDNN.h"

#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Of the OpenMP runtime that oneDNN links; clang has no omp.h of its own.
extern void omp_set_num_threads(int count);

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t layout_t;
#else
typedef const dnnl_memory_desc_t *layout_t;
#endif

/// An argument of the convolution: the caller's layout and the primitive's.
typedef struct {
  int argument;          // DNNL_ARG_*
  layout_t outside;      // plain
  layout_t inside;       // the primitive's
  dnnl_primitive_t reorder;  // NULL where both are the same
  size_t offset;         // of the reordered copy in the workspace
} operand_t;

struct lightbox_convolution {
  lightbox_convolution_key key;
  struct lightbox_convolution *next;
  dnnl_primitive_desc_t description;
  dnnl_primitive_t primitive;
  operand_t operands[3];  // first, second, result
  layout_t scratchpad;
  size_t scratchpad_offset, workspace;
  int usable;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// A reorder to Winograd's layout holds the transform in memory of its own, for one run at a time.
static pthread_mutex_t transforming = PTHREAD_MUTEX_INITIALIZER;
static lightbox_convolution *table[1024];
static dnnl_engine_t engine;

static unsigned bucket(const lightbox_convolution_key *key) {
  uint64_t hash = 14695981039346656037ull;
  const unsigned char *bytes = (const unsigned char *)key;
  for (size_t i = 0; i < sizeof *key; i++) hash = (hash ^ bytes[i]) * 1099511628211ull;
  return (unsigned)(hash >> 32) % 1024;
}

static layout_t make_layout(int rank, const dnnl_dims_t dims, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_t made = NULL;
  dnnl_memory_desc_create_with_tag(&made, rank, dims, dnnl_f32, tag);
  return made;
#else
  dnnl_memory_desc_t *made = malloc(sizeof *made);
  dnnl_memory_desc_init_by_tag(made, rank, dims, dnnl_f32, tag);
  return made;
#endif
}

/// The plain layout of a slab of planes, [batch, channel, depth, height, width], whose channels
/// lie `channel_stride` numbers apart.
static layout_t make_slab_layout(const dnnl_dims_t dims, int64_t channel_stride) {
  dnnl_dims_t strides = {dims[1] * channel_stride, channel_stride, dims[3] * dims[4], dims[4], 1};
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_t made = NULL;
  dnnl_memory_desc_create_with_strides(&made, 5, dims, dnnl_f32, strides);
  return made;
#else
  dnnl_memory_desc_t *made = malloc(sizeof *made);
  dnnl_memory_desc_init_by_strides(made, 5, dims, dnnl_f32, strides);
  return made;
#endif
}

static size_t reserve(size_t *total, size_t bytes) {
  size_t offset = *total;
  *total += (bytes + 63) / 64 * 64;
  return offset;
}

/// The primitive description of a direction; `hint` is the forward one.
static dnnl_status_t describe(dnnl_primitive_desc_t *result, int64_t direction,
                              dnnl_alg_kind_t algorithm, layout_t x, layout_t w, layout_t y,
                              const dnnl_dims_t strides, const dnnl_dims_t dilates,
                              const dnnl_dims_t padding, const dnnl_dims_t end_padding,
                              int64_t frozen, dnnl_primitive_desc_t hint,
                              dnnl_primitive_attr_t attributes) {
  dnnl_prop_kind_t forward = frozen ? dnnl_forward_inference : dnnl_forward_training;
#if DNNL_VERSION_MAJOR >= 3
  if (direction == LIGHTBOX_FORWARD)
    return dnnl_convolution_forward_primitive_desc_create(
        result, engine, forward, algorithm, x, w, NULL, y, strides, dilates, padding, end_padding,
        attributes);
  if (direction == LIGHTBOX_INPUT_GRADIENT)
    return dnnl_convolution_backward_data_primitive_desc_create(
        result, engine, algorithm, x, w, y, strides, dilates, padding, end_padding, hint,
        attributes);
  return dnnl_convolution_backward_weights_primitive_desc_create(
      result, engine, algorithm, x, w, NULL, y, strides, dilates, padding, end_padding, hint,
      attributes);
#else
  dnnl_convolution_desc_t convolution;
  dnnl_status_t status;
  if (direction == LIGHTBOX_FORWARD)
    status = dnnl_dilated_convolution_forward_desc_init(&convolution, forward, algorithm, x, w,
                                                        NULL, y, strides, dilates, padding,
                                                        end_padding);
  else if (direction == LIGHTBOX_INPUT_GRADIENT)
    status = dnnl_dilated_convolution_backward_data_desc_init(&convolution, algorithm, x, w, y,
                                                              strides, dilates, padding,
                                                              end_padding);
  else
    status = dnnl_dilated_convolution_backward_weights_desc_init(
        &convolution, algorithm, x, w, NULL, y, strides, dilates, padding, end_padding);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &convolution, attributes, engine, hint);
#endif
}

static int make_reorder(operand_t *operand, int outward, size_t *workspace) {
  operand->reorder = NULL;
  if (dnnl_memory_desc_equal(operand->outside, operand->inside)) return 1;
  dnnl_primitive_desc_t description = NULL;
  layout_t from = outward ? operand->inside : operand->outside;
  layout_t to = outward ? operand->outside : operand->inside;
  if (dnnl_reorder_primitive_desc_create(&description, from, engine, to, engine, NULL) !=
      dnnl_success)
    return 0;
  dnnl_status_t status = dnnl_primitive_create(&operand->reorder, description);
  dnnl_primitive_desc_destroy(description);
  operand->offset = reserve(workspace, dnnl_memory_desc_get_size(operand->inside));
  return status == dnnl_success;
}

/// Makes [a, b, height, width] into [a, b, depth, height, width].
static void insert_depth(dnnl_dims_t dims, int64_t depth) {
  dims[4] = dims[3];
  dims[3] = dims[2];
  dims[2] = depth;
}

static void build(lightbox_convolution *c) {
  const lightbox_convolution_key *k = &c->key;
  int volume = k->input_depth > 0, rank = volume ? 5 : 4;
  int64_t height = (k->input_height + 2 * k->padding - k->kernel_height) / k->stride + 1;
  int64_t width = (k->input_width + 2 * k->padding - k->kernel_width) / k->stride + 1;
  dnnl_dims_t x = {k->batch, k->input_channels, k->input_height, k->input_width};
  dnnl_dims_t w = {k->output_channels, k->input_channels, k->kernel_height, k->kernel_width};
  dnnl_dims_t y = {k->batch, k->output_channels, height, width};
  dnnl_dims_t strides = {k->stride, k->stride, k->stride}, dilates = {0, 0, 0};
  dnnl_dims_t padding = {k->padding, k->padding};
  dnnl_dims_t end_padding = {k->padding, k->padding};
  if (volume) {
    int64_t padded = k->input_depth + k->front_padding + k->back_padding;
    insert_depth(x, k->input_depth);
    insert_depth(w, k->kernel_depth);
    insert_depth(y, (padded - k->kernel_depth) / k->stride + 1);
    for (int i = 2; i > 0; i--) padding[i] = end_padding[i] = k->padding;
    padding[0] = k->front_padding;
    end_padding[0] = k->back_padding;
  }
  dnnl_alg_kind_t algorithm =
      k->algorithm == LIGHTBOX_WINOGRAD ? dnnl_convolution_winograd : dnnl_convolution_direct;
  layout_t x_plain = volume ? make_slab_layout(x, k->input_channel_stride)
                            : make_layout(rank, x, dnnl_nchw);
  layout_t y_plain = volume ? make_slab_layout(y, k->output_channel_stride)
                            : make_layout(rank, y, dnnl_nchw);
  layout_t w_plain = make_layout(rank, w, volume ? dnnl_oidhw : dnnl_oihw);
  layout_t x_any = make_layout(rank, x, dnnl_format_tag_any);
  layout_t w_any = make_layout(rank, w, dnnl_format_tag_any);
  layout_t y_any = make_layout(rank, y, dnnl_format_tag_any);

  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_attr_create(&attributes);
  dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  dnnl_primitive_desc_t hint = NULL;
  dnnl_status_t status = describe(&hint, LIGHTBOX_FORWARD, algorithm, x_any, w_any, y_any, strides,
                                  dilates, padding, end_padding, k->frozen, NULL, attributes);
  if (status == dnnl_success && k->direction != LIGHTBOX_FORWARD) {
    status = describe(&c->description, k->direction, algorithm, x_any, w_any, y_any, strides,
                      dilates, padding, end_padding, 0, hint, attributes);
    dnnl_primitive_desc_destroy(hint);
  } else {
    c->description = hint;
  }
  dnnl_primitive_attr_destroy(attributes);
  if (status != dnnl_success) return;
  if (dnnl_primitive_create(&c->primitive, c->description) != dnnl_success) return;

  typedef struct {
    int argument;
    layout_t plain;
    dnnl_query_t query;
  } role_t;
  role_t roles[3][3] = {
      {{DNNL_ARG_SRC, x_plain, dnnl_query_src_md},
       {DNNL_ARG_WEIGHTS, w_plain, dnnl_query_weights_md},
       {DNNL_ARG_DST, y_plain, dnnl_query_dst_md}},
      {{DNNL_ARG_DIFF_DST, y_plain, dnnl_query_diff_dst_md},
       {DNNL_ARG_WEIGHTS, w_plain, dnnl_query_weights_md},
       {DNNL_ARG_DIFF_SRC, x_plain, dnnl_query_diff_src_md}},
      {{DNNL_ARG_SRC, x_plain, dnnl_query_src_md},
       {DNNL_ARG_DIFF_DST, y_plain, dnnl_query_diff_dst_md},
       {DNNL_ARG_DIFF_WEIGHTS, w_plain, dnnl_query_diff_weights_md}}};
  for (int i = 0; i < 3; i++) {
    operand_t *operand = &c->operands[i];
    operand->argument = roles[k->direction][i].argument;
    operand->outside = roles[k->direction][i].plain;
    operand->inside =
        dnnl_primitive_desc_query_md(c->description, roles[k->direction][i].query, 0);
    if (!operand->inside || !make_reorder(operand, i == 2, &c->workspace)) return;
  }
  c->scratchpad = dnnl_primitive_desc_query_md(c->description, dnnl_query_scratchpad_md, 0);
  c->scratchpad_offset =
      reserve(&c->workspace, c->scratchpad ? dnnl_memory_desc_get_size(c->scratchpad) : 0);
  c->usable = 1;
}

const lightbox_convolution *lightbox_convolution_prepare(const lightbox_convolution_key *key) {
  unsigned index = bucket(key);
  omp_set_num_threads(1);  // of the calling thread: primitives are made for one thread
  pthread_mutex_lock(&lock);
  if (!engine) dnnl_engine_create(&engine, dnnl_cpu, 0);
  lightbox_convolution *found = table[index];
  while (found && memcmp(&found->key, key, sizeof *key)) found = found->next;
  if (!found && engine) {
    found = calloc(1, sizeof *found);
    found->key = *key;
    build(found);
    found->next = table[index];
    table[index] = found;
  }
  pthread_mutex_unlock(&lock);
  return found && found->usable ? found : NULL;
}

size_t lightbox_convolution_workspace(const lightbox_convolution *c) { return c->workspace; }

size_t lightbox_convolution_weights(const lightbox_convolution *c) {
  const operand_t *operand = &c->operands[1];
  return operand->reorder ? dnnl_memory_desc_get_size(operand->inside) : 0;
}

int lightbox_convolution_shares_weights(const lightbox_convolution *a,
                                        const lightbox_convolution *b) {
  return dnnl_memory_desc_equal(a->operands[1].inside, b->operands[1].inside);
}

int lightbox_convolution_prepare_weights(const lightbox_convolution *c, const float *weights,
                                         void *prepared) {
  omp_set_num_threads(1);
  const operand_t *operand = &c->operands[1];
  dnnl_stream_t stream = NULL;
  dnnl_memory_t from = NULL, to = NULL;
  dnnl_status_t status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
  if (status == dnnl_success)
    status = dnnl_memory_create(&from, operand->outside, engine, (void *)weights);
  if (status == dnnl_success)
    status = dnnl_memory_create(&to, operand->inside, engine, prepared);
  if (status == dnnl_success) {
    dnnl_exec_arg_t pair[2] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    pthread_mutex_lock(&transforming);
    status = dnnl_primitive_execute(operand->reorder, stream, 2, pair);
    dnnl_stream_wait(stream);
    pthread_mutex_unlock(&transforming);
  }
  if (from) dnnl_memory_destroy(from);
  if (to) dnnl_memory_destroy(to);
  if (stream) dnnl_stream_destroy(stream);
  return status;
}

int lightbox_convolution_run(const lightbox_convolution *c, const float *first,
                             const float *second, float *result, void *workspace,
                             const void *prepared) {
  omp_set_num_threads(1);
  dnnl_stream_t stream = NULL;
  dnnl_status_t status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
  if (status != dnnl_success) return status;
  float *pointers[3] = {(float *)first, (float *)second, result};
  dnnl_memory_t outside[3] = {NULL, NULL, NULL}, inside[3] = {NULL, NULL, NULL};
  dnnl_exec_arg_t arguments[4];
  for (int i = 0; i < 3 && status == dnnl_success; i++) {
    const operand_t *operand = &c->operands[i];
    status = dnnl_memory_create(&outside[i], operand->outside, engine, pointers[i]);
    int ready = i == 1 && prepared;
    if (operand->reorder && status == dnnl_success)
      status = dnnl_memory_create(
          &inside[i], operand->inside, engine,
          ready ? (void *)prepared : (char *)workspace + operand->offset);
    if (operand->reorder && i < 2 && !ready && status == dnnl_success) {
      dnnl_exec_arg_t pair[2] = {{DNNL_ARG_FROM, outside[i]}, {DNNL_ARG_TO, inside[i]}};
      status = dnnl_primitive_execute(operand->reorder, stream, 2, pair);
    }
    arguments[i].arg = operand->argument;
    arguments[i].memory = operand->reorder ? inside[i] : outside[i];
  }
  dnnl_memory_t scratchpad = NULL;
  if (status == dnnl_success && c->scratchpad)
    status = dnnl_memory_create(&scratchpad, c->scratchpad, engine,
                                (char *)workspace + c->scratchpad_offset);
  if (status == dnnl_success) {
    arguments[3].arg = DNNL_ARG_SCRATCHPAD;
    arguments[3].memory = scratchpad;
    status = dnnl_primitive_execute(c->primitive, stream, scratchpad ? 4 : 3, arguments);
  }
  if (status == dnnl_success && c->operands[2].reorder) {
    dnnl_exec_arg_t pair[2] = {{DNNL_ARG_FROM, inside[2]}, {DNNL_ARG_TO, outside[2]}};
    status = dnnl_primitive_execute(c->operands[2].reorder, stream, 2, pair);
  }
  dnnl_stream_wait(stream);
  for (int i = 0; i < 3; i++) {
    if (outside[i]) dnnl_memory_destroy(outside[i]);
    if (inside[i]) dnnl_memory_destroy(inside[i]);
  }
  if (scratchpad) dnnl_memory_destroy(scratchpad);
  dnnl_stream_destroy(stream);
  return status;
}
