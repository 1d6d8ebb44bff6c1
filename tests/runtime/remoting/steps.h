#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/runtime/remoting/support.h"

namespace gantry::runtime::remoting::test {

inline std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::outstanding: return "outstanding";
    case Ending::answered: return "answered";
    case Ending::one_way: return "one-way";
    case Ending::dropped: return "dropped";
  }
  return "unknown";
}

/// What the steps of a server saw, in order, one line each.
struct Diary {
  /// A step that writes down what it sees. It refuses requests whose body is `refused`.
  Step step(std::string name, std::string refused = {}) {
    Step made;
    made.before = [this, name, refused](RequestContext&,
                                        const CommandView& request) -> std::optional<Command> {
      lines.push_back(name + " before");
      if (refused.empty() || as_text(request.body) != refused) return std::nullopt;
      return Command::response(ResponseCode::no_permission, name + " refuses");
    };
    made.after = after(name);
    return made;
  }
  /// A step that writes down ends alone.
  Step ends(std::string name) {
    Step made;
    made.after = after(std::move(name));
    return made;
  }

  std::vector<std::string> lines;
  std::vector<RequestContext> ended;  // as the after-steps saw them

 private:
  std::function<void(const RequestContext&, Command*)> after(std::string name) {
    return [this, name = std::move(name)](const RequestContext& context, Command* answer) {
      EXPECT_EQ(answer != nullptr, context.ending == Ending::answered);
      std::string line = name + " after " + std::string(name_of(context.ending));
      if (context.answer_code) line += " " + std::to_string(*context.answer_code);
      lines.push_back(std::move(line));
      ended.push_back(context);
    };
  }
};

using Lines = std::vector<std::string>;

}  // namespace gantry::runtime::remoting::test
