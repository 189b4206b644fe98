#include "CBoostMath.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <limits>

namespace bm = boost::math;
namespace bp = boost::math::policies;
namespace {
// Errors come back as values (NaN, infinity), discrete quantiles as the smallest integer k with
// P(X <= k) >= p.
using Policy = bp::policy<
    bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>,
    bp::overflow_error<bp::ignore_error>, bp::underflow_error<bp::ignore_error>,
    bp::evaluation_error<bp::ignore_error>, bp::discrete_quantile<bp::integer_round_up>>;

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
  return guarded([=] { return bm::cdf(bm::normal_distribution<double, Policy>(), x); });
}
double lightbox_normal_survival(double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::normal_distribution<double, Policy>(), x)); });
}
double lightbox_normal_quantile(double q) {
  return guarded([=] { return bm::quantile(bm::normal_distribution<double, Policy>(), q); });
}
double lightbox_t_cdf(double degrees, double x) {
  return guarded([=] { return bm::cdf(bm::students_t_distribution<double, Policy>(degrees), x); });
}
double lightbox_t_survival(double degrees, double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::students_t_distribution<double, Policy>(degrees), x)); });
}
double lightbox_t_quantile(double degrees, double q) {
  return guarded([=] { return bm::quantile(bm::students_t_distribution<double, Policy>(degrees), q); });
}
double lightbox_noncentral_t_cdf(double degrees, double noncentrality, double x) {
  return guarded([=] { return bm::cdf(bm::non_central_t_distribution<double, Policy>(degrees, noncentrality), x); });
}
double lightbox_noncentral_t_survival(double degrees, double noncentrality, double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::non_central_t_distribution<double, Policy>(degrees, noncentrality), x)); });
}
double lightbox_noncentral_t_quantile(double degrees, double noncentrality, double q) {
  return guarded([=] { return bm::quantile(bm::non_central_t_distribution<double, Policy>(degrees, noncentrality), q); });
}
double lightbox_chi_squared_cdf(double degrees, double x) {
  return guarded([=] { return bm::cdf(bm::chi_squared_distribution<double, Policy>(degrees), x); });
}
double lightbox_chi_squared_survival(double degrees, double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::chi_squared_distribution<double, Policy>(degrees), x)); });
}
double lightbox_chi_squared_quantile(double degrees, double q) {
  return guarded([=] { return bm::quantile(bm::chi_squared_distribution<double, Policy>(degrees), q); });
}
double lightbox_f_cdf(double degrees1, double degrees2, double x) {
  return guarded([=] { return bm::cdf(bm::fisher_f_distribution<double, Policy>(degrees1, degrees2), x); });
}
double lightbox_f_survival(double degrees1, double degrees2, double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::fisher_f_distribution<double, Policy>(degrees1, degrees2), x)); });
}
double lightbox_f_quantile(double degrees1, double degrees2, double q) {
  return guarded([=] { return bm::quantile(bm::fisher_f_distribution<double, Policy>(degrees1, degrees2), q); });
}
double lightbox_beta_cdf(double a, double b, double x) {
  return guarded([=] { return bm::cdf(bm::beta_distribution<double, Policy>(a, b), x); });
}
double lightbox_beta_survival(double a, double b, double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::beta_distribution<double, Policy>(a, b), x)); });
}
double lightbox_beta_quantile(double a, double b, double q) {
  return guarded([=] { return bm::quantile(bm::beta_distribution<double, Policy>(a, b), q); });
}
double lightbox_binomial_cdf(double trials, double p, double x) {
  return guarded([=] { return bm::cdf(bm::binomial_distribution<double, Policy>(trials, p), x); });
}
double lightbox_binomial_survival(double trials, double p, double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::binomial_distribution<double, Policy>(trials, p), x)); });
}
double lightbox_binomial_quantile(double trials, double p, double q) {
  return guarded([=] { return bm::quantile(bm::binomial_distribution<double, Policy>(trials, p), q); });
}
double lightbox_poisson_cdf(double mean, double x) {
  return guarded([=] { return bm::cdf(bm::poisson_distribution<double, Policy>(mean), x); });
}
double lightbox_poisson_survival(double mean, double x) {
  return guarded([=] { return bm::cdf(bm::complement(bm::poisson_distribution<double, Policy>(mean), x)); });
}
double lightbox_poisson_quantile(double mean, double q) {
  return guarded([=] { return bm::quantile(bm::poisson_distribution<double, Policy>(mean), q); });
}
double lightbox_log_gamma(double x) {
  return guarded([=] { return bm::lgamma(x, Policy()); });
}
double lightbox_erfc(double x) {
  return guarded([=] { return bm::erfc(x, Policy()); });
}
double lightbox_erfc_inverse(double x) {
  return guarded([=] { return bm::erfc_inv(x, Policy()); });
}
