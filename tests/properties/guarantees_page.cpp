#include "tests/properties/guarantees_page.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace gantry::properties {

namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

Cells split(std::string_view text, char separator) {
  Cells parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(separator, from), text.size());
    parts.push_back(trimmed(text.substr(from, to - from)));
    from = to + 1;
  }
  return parts;
}

}  // namespace

std::string read_source(const std::string& path) {
  std::ifstream in(GANTRY_SOURCES + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Words in_backticks(std::string_view text) {
  Words found;
  const Cells parts = split(text, '`');
  for (std::size_t i = 1; i < parts.size(); i += 2) found.insert(parts[i]);
  return found;
}

Words words_of(std::string_view text) {
  const Cells words = split(text, ',');
  if (words.size() == 1 && (words[0] == "nothing" || words[0] == "none")) return {};
  return {words.begin(), words.end()};
}

Words Promise::all() const {
  Words words = lost;
  words.insert(repeated.begin(), repeated.end());
  words.insert(late.begin(), late.end());
  return words;
}

GuaranteesPage::GuaranteesPage() : text_(read_source("docs/guarantees.md")) {
  for (const Cells& row : table("| row | flush mode | replicas | what happens | lost | repeated | late |")) {
    const Words name = in_backticks(row.at(0));
    names_.insert(names_.end(), name.begin(), name.end());
    for (const std::string& one : name)
      promises_[one] = {row.at(1), in_backticks(row.at(3)), words_of(row.at(4)), words_of(row.at(5)),
                        words_of(row.at(6))};
  }
}

std::vector<Cells> GuaranteesPage::table(std::string_view head) const {
  std::vector<Cells> rows;
  std::istringstream lines(text_.substr(std::min(text_.find(head), text_.size())));
  std::string line;
  for (int n = 0; std::getline(lines, line) && line.starts_with("|"); ++n) {
    if (n < 2) continue;  // the head, and the line below it
    const Cells cells = split(line, '|');
    rows.emplace_back(cells.begin() + 1, cells.end() - 1);
  }
  return rows;
}

}  // namespace gantry::properties
