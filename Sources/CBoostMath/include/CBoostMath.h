// Distributions and special functions from Boost.Math, one C function each. A domain error
// comes back as NaN; nothing throws across this border.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

double lightbox_normal_cdf(double x);
double lightbox_normal_quantile(double p);
double lightbox_t_cdf(double degrees, double x);
double lightbox_t_quantile(double degrees, double p);
double lightbox_chi_squared_cdf(double degrees, double x);
double lightbox_chi_squared_quantile(double degrees, double p);
double lightbox_f_cdf(double degrees1, double degrees2, double x);
double lightbox_f_quantile(double degrees1, double degrees2, double p);
double lightbox_beta_cdf(double a, double b, double x);
double lightbox_beta_quantile(double a, double b, double p);
double lightbox_binomial_cdf(double trials, double p, double k);
double lightbox_poisson_cdf(double mean, double k);
double lightbox_log_gamma(double x);
double lightbox_erfc(double x);
double lightbox_erfc_inverse(double x);

#ifdef __cplusplus
}
#endif
