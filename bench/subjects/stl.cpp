// Five headers of the standard library, and a little code that makes their templates work.
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

struct Word {
  std::string text;
  int count = 0;
};

std::vector<Word> mostFrequent(const std::vector<std::string> &words, std::size_t limit) {
  std::map<std::string, int> counts;
  for (const auto &word : words) ++counts[word];
  std::vector<Word> result;
  for (const auto &[text, count] : counts) result.push_back({text, count});
  std::sort(result.begin(), result.end(), [](const Word &a, const Word &b) { return a.count > b.count; });
  if (result.size() > limit) result.resize(limit);
  return result;
}

int main() {
  for (const Word &word : mostFrequent({"a", "b", "a"}, 10)) std::cout << word.text << ' ' << word.count << '\n';
}
