// A day of a ship's logbook, summed up: some hundred lines that lean on the standard library, as much C++ does.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <regex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace logbook {

struct Sighting {
  char quadrant;
  double bearing;
  bool confirmed;
  std::string what;
  short distance;
};

struct Sounding {
  double depth;
};

struct Remark {
  std::string text;
};

using Entry = std::variant<Sighting, Sounding, Remark>;

template <class... Visitors> struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors> Overloaded(Visitors...) -> Overloaded<Visitors...>;

class Watch {
public:
  explicit Watch(std::string officer) : officer(std::move(officer)) {}
  virtual ~Watch() = default;

  void note(Entry entry) { entries.push_back(std::move(entry)); }

  template <class Kind> std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto &entry : entries)
      if (const auto *match = std::get_if<Kind>(&entry)) found.push_back(*match);
    return found;
  }

  std::optional<double> shallowest() const {
    auto soundings = all<Sounding>();
    auto least = std::min_element(soundings.begin(), soundings.end(),
                                  [](const Sounding &a, const Sounding &b) { return a.depth < b.depth; });
    return least == soundings.end() ? std::nullopt : std::optional<double>(least->depth);
  }

  const std::string &name() const { return officer; }

private:
  std::string officer;
  std::vector<Entry> entries;
};

template <class Range, class Start> auto sum(const Range &range, Start start) {
  return std::accumulate(std::begin(range), std::end(range), start);
}

std::map<std::string, std::vector<double>> depthsByOfficer(const std::vector<std::unique_ptr<Watch>> &watches) {
  std::map<std::string, std::vector<double>> depths;
  for (const auto &watch : watches)
    for (const auto &sounding : watch->all<Sounding>()) depths[watch->name()].push_back(sounding.depth);
  return depths;
}

std::unordered_map<std::string, int> words(const Watch &watch) {
  static const std::regex word("[A-Za-z]+");
  std::unordered_map<std::string, int> counts;
  for (const auto &remark : watch.all<Remark>()) {
    for (std::sregex_iterator at(remark.text.begin(), remark.text.end(), word), end; at != end; ++at) ++counts[at->str()];
  }
  return counts;
}

} // namespace logbook

int main() {
  using namespace logbook;
  std::vector<std::unique_ptr<Watch>> watches;
  watches.push_back(std::make_unique<Watch>("Starbuck"));
  watches.back()->note(Sighting{'N', 12.5, true, "a spout", 3});
  watches.back()->note(Sounding{41.5});
  watches.back()->note(Remark{"wind from the west, sea from the west"});

  std::function<void(const Entry &)> show = [](const Entry &entry) {
    std::visit(Overloaded{
                   [](const Sighting &it) { std::cout << it.quadrant << it.bearing << ' ' << it.what << '\n'; },
                   [](const Sounding &it) { std::cout << it.depth << " fathoms\n"; },
                   [](const Remark &it) { std::cout << it.text << '\n'; },
               },
               entry);
  };
  for (const auto &sighting : watches.back()->all<Sighting>()) show(sighting);
  for (const auto &[officer, depths] : depthsByOfficer(watches)) {
    std::cout << officer << ": " << sum(depths, 0.0) / static_cast<double>(depths.size()) << '\n';
  }
  for (const auto &[word, count] : words(*watches.back())) std::cout << word << ' ' << count << '\n';
  return watches.back()->shallowest().value_or(0) < 10;
}
