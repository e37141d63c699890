/* The two sums of second_stage.py, over all strings of phones and over the right one, with their posteriors.

   The same numbers as denominator() and numerator() there, ten and fifty times as fast; compiled by faster.py for this
   processor with PADDED, the number of phones made up to whole vectors. Never does: keep anything between calls. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef float vec __attribute__((vector_size(64), aligned(64)));
#define WIDE 16
#define PARTS (PADDED / WIDE)
#define GROUP 4 /* lessons at once, so that what is read of the grammar is used four times */
#define TINY 1e-30f
#define AT(base, place) (*(vec *)((base) + (place)))

static float *room(size_t count) {
  void *made = NULL;
  return posix_memalign(&made, 64, sizeof(float) * count) ? NULL : made;
}

/* likely and posterior (lessons, frames, 2 * phones); after [second][first][third] and back [second][third][first],
   rows padded; a state is (phone before, phone), started or stayed. 0 when memory was found. */
int denominator(const float *likely, const long *lengths, const float *single, const float *after, const float *turned,
                int lessons, int frames, int phones, float *posterior, double *total) {
  size_t size = (size_t)phones * PADDED, all = GROUP * size;
  float *started = room(all * frames), *stayed = room(all * frames), *sums = room((size_t)GROUP * frames);
  float *half = room(all), *back = room(all), *moved = room(all);
  float first[GROUP][PADDED] __attribute__((aligned(64))), later[GROUP][PADDED] __attribute__((aligned(64)));
  int missing = !started || !stayed || !sums || !half || !back || !moved;
  for (int from = 0; from < lessons && !missing; from += GROUP) {
    int own = lessons - from < GROUP ? lessons - from : GROUP, longest = 0;
    for (int q = 0; q < own; q++) {
      if (lengths[from + q] > longest) longest = lengths[from + q];
      total[from + q] = 0;
    }
    memset(half, 0, sizeof(float) * all);
    for (int way = 0; way < 2; way++) { /* there and back */
      for (size_t x = 0; way && x < all; x++) back[x] = 1;
      for (int step = 0; step < longest; step++) {
        int t = way ? longest - 1 - step : step;
        float *s = started + t * all, *y = stayed + t * all;
        memset(first, 0, sizeof first);
        memset(later, 0, sizeof later);
        for (int q = 0; q < own; q++)
          for (int k = 0; k < phones && t < lengths[from + q]; k++) {
            const float *now = likely + ((size_t)(from + q) * frames + t) * 2 * phones + 2 * k;
            first[q][k] = now[0], later[q][k] = now[1];
          }
        if (!way && !t)
          for (int q = 0; q < GROUP; q++)
            for (int i = 0; i < phones; i++)
              for (int j = 0; j < PADDED; j++) {
                s[q * size + i * PADDED + j] = j < phones ? single[i] * single[j] * first[q][j] : 0;
                y[q * size + i * PADDED + j] = 0;
              }
        for (int q = 0; q < own && way; q++) {
          if (t >= lengths[from + q]) continue;
          vec begin[PARTS] = {0}, on[PARTS] = {0};
          for (size_t x = 0; x < size; x += PADDED)
            for (int n = 0; n < PARTS; n++) {
              vec behind = AT(back, q * size + x + n * WIDE);
              begin[n] += AT(s, q * size + x + n * WIDE) * behind;
              on[n] += AT(y, q * size + x + n * WIDE) * behind;
            }
          float whole = 0;
          for (int k = 0; k < PADDED; k++) whole += begin[k / WIDE][k % WIDE] + on[k / WIDE][k % WIDE];
          if (whole < TINY) whole = TINY;
          float *found = posterior + ((size_t)(from + q) * frames + t) * 2 * phones;
          for (int k = 0; k < phones; k++) {
            found[2 * k] = begin[k / WIDE][k % WIDE] / whole;
            found[2 * k + 1] = on[k / WIDE][k % WIDE] / whole;
          }
        }
        if (t) { /* every state to every phone after it, or from it */
          float *source = half;
          for (size_t x = 0; way && x < all; x += WIDE) AT(half, x) = AT(back, x) * AT(first[x / size], x % PADDED);
          for (int j = 0; j < phones; j++) {
            vec sum[GROUP][PARTS] = {{{0}}};
            const float *grammar = (way ? turned : after) + j * size;
            for (int i = 0; i < phones; i++) {
              const float *h = source + (way ? j * PADDED + i : i * PADDED + j);
              for (int n = 0; n < PARTS; n++) {
                vec weight = *(const vec *)(grammar + i * PADDED + n * WIDE);
                for (int q = 0; q < GROUP; q++) sum[q][n] += weight * h[q * size];
              }
            }
            for (int q = 0; q < GROUP; q++)
              for (int n = 0; n < PARTS; n++)
                AT(way ? moved : s, q * size + j * PADDED + n * WIDE) =
                    way ? sum[q][n] : sum[q][n] * AT(first[q], n * WIDE);
          }
          for (size_t x = 0; !way && x < all; x += WIDE) AT(y, x) = AT(half, x) * AT(later[x / size], x % PADDED);
        }
        for (int q = 0; q < own; q++) {
          if (t >= lengths[from + q]) {
            if (!way) memset(half + q * size, 0, sizeof(float) * size);
            continue;
          }
          if (!way) {
            vec sum = {0};
            for (size_t x = q * size; x < (q + 1) * size; x += WIDE) sum += AT(s, x) + AT(y, x);
            float whole = 0;
            for (int n = 0; n < WIDE; n++) whole += sum[n];
            if (whole < TINY) whole = TINY;
            sums[t * GROUP + q] = whole;
            total[from + q] += log(whole);
            for (size_t x = q * size; x < (q + 1) * size; x += WIDE) {
              AT(s, x) /= whole, AT(y, x) /= whole;
              AT(half, x) = (AT(s, x) + AT(y, x)) * .5f;
            }
          } else if (t) {
            float share = .5f / sums[t * GROUP + q];
            for (int i = 0; i < phones; i++)
              for (int j = 0; j < phones; j++) {
                float *one = back + q * size + i * PADDED + j;
                *one = share * (moved[q * size + j * PADDED + i] + *one * later[q][j]);
              }
          }
        }
      }
    }
  }
  free(started), free(stayed), free(sums), free(half), free(back), free(moved);
  return missing;
}

/* string (lessons, most) numbers of phones, windows (lessons, most, 2) where each may lie, counts (lessons). */
int numerator(const float *likely, const long *lengths, const long *string, const long *windows, const long *counts,
              int lessons, int frames, int outputs, int most, float *posterior, double *total, unsigned char *found) {
  size_t all = (size_t)frames * most;
  float *start = room(all), *stay = room(all), *first = room(all), *later = room(all), *sums = room(frames);
  float *half = room(most), *back = room(most + 1);
  int missing = !start || !stay || !first || !later || !sums || !half || !back;
  for (int b = 0; b < lessons && !missing; b++) {
    int n = counts[b], length = lengths[b];
    const long *own = string + (size_t)b * most, *window = windows + (size_t)b * most * 2;
    double sum = 0;
    for (int t = 0; t < length; t++) {
      const float *now = likely + ((size_t)b * frames + t) * outputs;
      float *s = start + (size_t)t * most, *y = stay + (size_t)t * most, whole = 0;
      float *f = first + (size_t)t * most, *l = later + (size_t)t * most;
      for (int i = 0; i < n; i++) {
        int allowed = t >= window[2 * i] && t < window[2 * i + 1];
        f[i] = allowed ? now[2 * own[i]] : 0, l[i] = allowed ? now[2 * own[i] + 1] : 0;
        s[i] = t ? (i ? half[i - 1] * f[i] : 0) : (i ? 0 : f[0]);
        y[i] = t ? half[i] * l[i] : 0;
        whole += s[i] + y[i];
      }
      if (whole < TINY) whole = TINY;
      sums[t] = whole, sum += log(whole);
      for (int i = 0; i < n; i++) s[i] /= whole, y[i] /= whole;
      for (int i = 0; i < n; i++) half[i] = .5f * (s[i] + y[i]);
    }
    float end = 2 * half[n - 1];
    found[b] = end > 1e-20f && sum > -1e4;
    total[b] = sum + log(end < TINY ? TINY : end);
    memset(back, 0, sizeof(float) * (most + 1));
    back[n - 1] = 1;
    for (int t = length - 1; t >= 0; t--) {
      float *s = start + (size_t)t * most, *y = stay + (size_t)t * most, whole = 0;
      float *f = first + (size_t)t * most, *l = later + (size_t)t * most;
      float *now = posterior + ((size_t)b * frames + t) * outputs;
      for (int i = 0; i < n; i++) whole += (s[i] + y[i]) * back[i];
      if (whole < TINY) whole = TINY;
      for (int i = 0; i < n; i++) {
        now[2 * own[i]] += s[i] * back[i] / whole;
        now[2 * own[i] + 1] += y[i] * back[i] / whole;
      }
      for (int i = 0; i < n && t; i++)
        back[i] = .5f / sums[t] * ((i < n - 1 ? back[i + 1] * f[i + 1] : 0) + back[i] * l[i]);
    }
  }
  free(start), free(stay), free(first), free(later), free(sums), free(half), free(back);
  return missing;
}
