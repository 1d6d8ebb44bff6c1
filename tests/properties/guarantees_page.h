#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::properties {

using Words = std::set<std::string>;
using Cells = std::vector<std::string>;

/// The text of a file of this tree; empty when there is none.
std::string read_source(const std::string& path);

/// What stands between backticks.
Words in_backticks(std::string_view text);
/// Words that are separated by commas; none for "nothing" and "none".
Words words_of(std::string_view text);

/// A row of the table of guarantees.
struct Promise {
  std::string flush_mode;
  Words faults;  ///< kinds of faults that the simulator knows
  Words lost, repeated, late;
  Words all() const;
};

/// docs/guarantees.md, as it is read by those who compare it with the code.
class GuaranteesPage {
 public:
  GuaranteesPage();

  const std::string& text() const { return text_; }
  /// The names of the rows, in the order of the page.
  const std::vector<std::string>& names() const { return names_; }
  /// By the names of the rows.
  const std::map<std::string, Promise>& promises() const { return promises_; }
  /// The rows of the table that has this head, without the head; none if the page has no such table.
  std::vector<Cells> table(std::string_view head) const;

 private:
  std::string text_;
  std::vector<std::string> names_;
  std::map<std::string, Promise> promises_;
};

}  // namespace gantry::properties
