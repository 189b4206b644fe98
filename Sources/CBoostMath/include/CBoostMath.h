// Distributions and special functions from Boost.Math, one C function each: cdf = P(X <= x),
// survival = P(X > x) without cancellation, quantile = the inverse of cdf; of a discrete
// distribution it is rounded up to an integer. A domain error comes back as NaN and an overflow
// as an infinity; nothing throws across this border.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

double lightbox_normal_cdf(double x);
double lightbox_normal_survival(double x);
double lightbox_normal_quantile(double q);
double lightbox_t_cdf(double degrees, double x);
double lightbox_t_survival(double degrees, double x);
double lightbox_t_quantile(double degrees, double q);
double lightbox_noncentral_t_cdf(double degrees, double noncentrality, double x);
double lightbox_noncentral_t_survival(double degrees, double noncentrality, double x);
double lightbox_noncentral_t_quantile(double degrees, double noncentrality, double q);
double lightbox_chi_squared_cdf(double degrees, double x);
double lightbox_chi_squared_survival(double degrees, double x);
double lightbox_chi_squared_quantile(double degrees, double q);
double lightbox_f_cdf(double degrees1, double degrees2, double x);
double lightbox_f_survival(double degrees1, double degrees2, double x);
double lightbox_f_quantile(double degrees1, double degrees2, double q);
double lightbox_beta_cdf(double a, double b, double x);
double lightbox_beta_survival(double a, double b, double x);
double lightbox_beta_quantile(double a, double b, double q);
double lightbox_binomial_cdf(double trials, double p, double x);
double lightbox_binomial_survival(double trials, double p, double x);
double lightbox_binomial_quantile(double trials, double p, double q);
double lightbox_poisson_cdf(double mean, double x);
double lightbox_poisson_survival(double mean, double x);
double lightbox_poisson_quantile(double mean, double q);
double lightbox_log_gamma(double x);
double lightbox_erfc(double x);
double lightbox_erfc_inverse(double x);

#ifdef __cplusplus
}
#endif
