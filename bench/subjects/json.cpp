// nlohmann-json: most of the tree is instantiations.
#include <nlohmann/json.hpp>

struct Point {
  int x, y;
  NLOHMANN_DEFINE_TYPE_INTRUSIVE(Point, x, y)
};

int sum(const std::string &text) {
  auto document = nlohmann::json::parse(text);
  int total = 0;
  for (const auto &point : document.at("points").get<std::vector<Point>>()) total += point.x + point.y;
  document["total"] = total;
  return static_cast<int>(document.dump(2).size());
}
