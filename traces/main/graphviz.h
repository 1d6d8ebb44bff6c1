#pragma once

#include <optional>
#include <string>

namespace gantry::traces {

/// Draws a graph whose places are all fixed with Graphviz's `neato`, into a file whose name ends in .svg or
/// .png; one that ends in .dot gets the graph's own text. What was wrong, or nothing.
std::optional<std::string> draw_to_file(const std::string& dot, const std::string& file);

}  // namespace gantry::traces
