// OpenBLAS and the LAPACK symbols inside it. Debian builds OpenBLAS without LAPACKE, so the
// Fortran entry points are declared here: column-major, every argument a pointer.
#pragma once
#include <cblas.h>

void openblas_set_num_threads(int count);
char *openblas_get_corename(void);
char *openblas_get_config(void);

/// Eigenvalues and eigenvectors of a symmetric matrix (divide and conquer).
void dsyevd_(const char *job, const char *uplo, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info);
/// Cholesky factor of a symmetric positive-definite matrix.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
/// Solution of a general linear system by LU with partial pivoting.
void dgesv_(const int *n, const int *nrhs, double *a, const int *lda, int *pivots, double *b,
            const int *ldb, int *info);
/// Solution of a symmetric positive-definite linear system.
void dposv_(const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b,
            const int *ldb, int *info);
/// QR factorisation by Householder reflections, and the triangle T of their block I - V T V'.
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
             const int *lwork, int *info);
void dlarft_(const char *direct, const char *storev, const int *n, const int *k, const double *v,
             const int *ldv, const double *tau, double *t, const int *ldt);
/// Tridiagonal form of a symmetric band matrix.
void dsbtrd_(const char *vect, const char *uplo, const int *n, const int *kd, double *ab,
             const int *ldab, double *d, double *e, double *q, const int *ldq, double *work,
             int *info);
/// Eigenvalues of a symmetric tridiagonal matrix (root-free QR).
void dsterf_(const int *n, double *d, double *e, int *info);
