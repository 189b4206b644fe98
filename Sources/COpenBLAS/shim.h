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
