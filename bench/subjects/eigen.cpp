// Eigen: expression templates.
#include <Eigen/Dense>

double solve(int n) {
  Eigen::MatrixXd a = Eigen::MatrixXd::Random(n, n);
  Eigen::VectorXd b = Eigen::VectorXd::Constant(n, 1.0);
  Eigen::VectorXd x = (a.transpose() * a + Eigen::MatrixXd::Identity(n, n)).ldlt().solve(a.transpose() * b);
  Eigen::JacobiSVD<Eigen::MatrixXd> svd(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  return x.dot(b) + svd.singularValues().sum();
}
