#include "CBoostMath.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <limits>

namespace bm = boost::math;
namespace {
template <typename Body>
double guarded(Body body) noexcept {
  try {
    return body();
  } catch (...) {
    return std::numeric_limits<double>::quiet_NaN();
  }
}
}  // namespace

double lightbox_normal_cdf(double x) {
  return guarded([=] { return bm::cdf(bm::normal(), x); });
}
double lightbox_normal_quantile(double p) {
  return guarded([=] { return bm::quantile(bm::normal(), p); });
}
double lightbox_t_cdf(double d, double x) {
  return guarded([=] { return bm::cdf(bm::students_t(d), x); });
}
double lightbox_t_quantile(double d, double p) {
  return guarded([=] { return bm::quantile(bm::students_t(d), p); });
}
double lightbox_chi_squared_cdf(double d, double x) {
  return guarded([=] { return bm::cdf(bm::chi_squared(d), x); });
}
double lightbox_chi_squared_quantile(double d, double p) {
  return guarded([=] { return bm::quantile(bm::chi_squared(d), p); });
}
double lightbox_f_cdf(double d1, double d2, double x) {
  return guarded([=] { return bm::cdf(bm::fisher_f(d1, d2), x); });
}
double lightbox_f_quantile(double d1, double d2, double p) {
  return guarded([=] { return bm::quantile(bm::fisher_f(d1, d2), p); });
}
double lightbox_beta_cdf(double a, double b, double x) {
  return guarded([=] { return bm::cdf(bm::beta_distribution<>(a, b), x); });
}
double lightbox_beta_quantile(double a, double b, double p) {
  return guarded([=] { return bm::quantile(bm::beta_distribution<>(a, b), p); });
}
double lightbox_binomial_cdf(double n, double p, double k) {
  return guarded([=] { return bm::cdf(bm::binomial(n, p), k); });
}
double lightbox_poisson_cdf(double mean, double k) {
  return guarded([=] { return bm::cdf(bm::poisson(mean), k); });
}
double lightbox_log_gamma(double x) {
  return guarded([=] { return bm::lgamma(x); });
}
double lightbox_erfc(double x) {
  return guarded([=] { return bm::erfc(x); });
}
double lightbox_erfc_inverse(double x) {
  return guarded([=] { return bm::erfc_inv(x); });
}
