#include "traces/draw/dot.h"

#include <iterator>

#include <fmt/format.h>

#include "traces/draw/text.h"

namespace gantry::traces::draw {

using story::What;

namespace {

constexpr const char* orange = "#E69F00";
constexpr const char* sky = "#56B4E9";
constexpr const char* green = "#009E73";
constexpr const char* blue = "#0072B2";
constexpr const char* vermillion = "#D55E00";
constexpr const char* purple = "#CC79A7";
constexpr const char* grey = "#707070";
constexpr double points_per_inch = 72;

struct Look {
  const char* shape;
  const char* fill;
  const char* edge;
  double size;  // points
  const char* sign = "";
};

Look look_of(What what) {
  switch (what) {
    case What::sending: return {"circle", "white", blue, 8};
    case What::acknowledged: return {"circle", green, "black", 9};
    case What::refused: return {"circle", vermillion, "black", 8};
    case What::write: return {"square", orange, "black", 8};
    case What::write_failed: return {"square", "white", vermillion, 9, "×"};
    case What::sync: return {"diamond", "black", "black", 10};
    case What::sync_failed: return {"diamond", "white", vermillion, 12, "×"};
    case What::consumed: return {"invtriangle", green, "black", 11};
    case What::kill:
    case What::power_loss: return {"octagon", vermillion, "black", 13, "×"};
    case What::end: return {"octagon", "white", "black", 9};
    case What::start:
    case What::power_on: return {"triangle", sky, "black", 11};
    case What::fault_begin: return {"box", purple, "black", 8};
    case What::fault_end: return {"box", "white", purple, 8};
    case What::queue_taken: return {"house", "white", "black", 9};
    case What::queue_lost: return {"invhouse", "white", "black", 9};
    case What::stored:
    case What::audit: return {"hexagon", "white", "black", 11};
    case What::log: return {"note", "white", grey, 8};
    case What::frame: return {"circle", "black", "black", 3.5};
  }
  return {"circle", "black", "black", 3.5};
}

const char* style_of(Line::Kind kind) {
  switch (kind) {
    case Line::Kind::request: return R"(color="#0072B2",penwidth=1.3)";
    case Line::Kind::answer: return R"(color="#0072B2",style=dashed,penwidth=1.1)";
    case Line::Kind::delivery: return R"(color="#009E73",penwidth=1.5)";
    case Line::Kind::refusal: return R"(color="#D55E00",style=dashed,penwidth=1.3)";
    case Line::Kind::routine: return R"(color="#707070",penwidth=0.8)";
    case Line::Kind::lane: return R"(color="#505050",penwidth=1.2)";
    case Line::Kind::gap: return R"(color="#909090",style=dotted,penwidth=1.2)";
    case Line::Kind::dead: return R"(color="#C8C8C8",style=dashed,penwidth=0.8)";
  }
  return "";
}

bool is_arrow(Line::Kind kind) {
  return kind != Line::Kind::lane && kind != Line::Kind::gap && kind != Line::Kind::dead;
}

std::string quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    // Other signs below a space stand in no picture.
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

class Writer {
 public:
  explicit Writer(const Picture& p) : p_(p) {}

  std::string dot() {
    out_ =
        "graph run {\n"
        "  // Every place is fixed: neato -n2 -Tsvg\n"
        "  graph [outputorder=edgesfirst,splines=line,bgcolor=white,pad=0.1]\n"
        "  node [fontname=\"Helvetica,Arial,sans-serif\",fixedsize=true,label=\"\"]\n"
        "  edge [dir=none,arrowsize=0.7]\n";
    corner({0, 0});
    corner({p_.width, p_.height});
    for (const Box& box : p_.boxes) add(box);
    for (const Line& line : p_.lines) add(line);
    for (const Text& text : p_.headers) add(text, true);
    for (const Text& text : p_.texts) add(text, false);
    for (const Mark& mark : p_.marks) add(mark);
    return std::move(out_) + "}\n";
  }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> form, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<Args>(args)...);
  }
  /// Graphviz counts y upwards.
  std::string at(Point p) const { return fmt::format("pos=\"{:.1f},{:.1f}\"", p.x, p_.height - p.y); }
  static std::string size(double width, double height) {
    return fmt::format("width={:.3f},height={:.3f}", width / points_per_inch, height / points_per_inch);
  }

  std::size_t corner(Point p) {
    put("  n{} [shape=point,style=invis,{},{}]\n", next_, size(0.5, 0.5), at(p));
    return next_++;
  }

  void add(const Box& box) {
    const Point middle{(box.from.x + box.to.x) / 2, (box.from.y + box.to.y) / 2};
    put("  n{} [shape=box,style=\"filled,dashed\",color=\"{}\",fillcolor=\"{}\",{},{}]\n", next_++,
        box.hits_process ? vermillion : purple, box.hits_process ? "#D55E0026" : "#CC79A733",
        size(box.to.x - box.from.x, box.to.y - box.from.y), at(middle));
  }

  void add(const Line& line) {
    Point to = line.to;
    const bool arrow = is_arrow(line.kind);
    // The tip stands beside the mark at the other end.
    if (arrow && line.arrives) to.x += to.x > line.from.x ? -3 : 3;
    const std::size_t from = corner(line.from), end = corner(to);
    put("  n{} -- n{} [{}{}{}]\n", from, end, style_of(line.kind),
        arrow ? (line.arrives ? ",dir=forward" : ",dir=forward,arrowhead=tee") : "",
        line.several ? ",penwidth=2.4" : "");
  }

  void add(const Text& text, bool framed) {
    double width = 0;
    std::string label;
    const char* const end = text.align == Align::left ? "\\l" : text.align == Align::right ? "\\r" : "\\n";
    for (const std::string& line : text.lines) {
      width = std::max(width, width_of(line, text.size, text.bold));
      label += quoted(line) + end;
    }
    width += framed ? 14 : 4;
    const double height = static_cast<double>(text.lines.size()) * (text.size + 2) + (framed ? 6 : -1);
    Point middle = text.at;
    if (text.align == Align::left) middle.x += width / 2 - 2;
    if (text.align == Align::right) middle.x -= width / 2 - 2;
    const char* const look =
        framed          ? "shape=box,style=\"filled,rounded\",fillcolor=\"#EDF4FA\",color=\"#0072B2\""
        : text.on_white ? "shape=plaintext,style=filled,fillcolor=\"#FFFFFFC0\""
                        : "shape=plaintext";
    put("  n{} [{},margin=0,label=\"{}\",fontsize={},fontcolor=\"{}\"{},{},{}]\n", next_++, look, label,
        text.size, text.faint ? "#505050" : "black", text.bold ? ",fontname=\"Helvetica-Bold\"" : "",
        size(width, height), at(middle));
  }

  void add(const Mark& mark) {
    const Look look = look_of(mark.what);
    put("  n{} "
        "[shape={},style=filled,fillcolor=\"{}\",color=\"{}\",label=\"{}\",fontsize=9,fontcolor=\"{}\","
        "margin=0,{},{}]\n",
        next_++, look.shape, look.fill, look.edge, look.sign,
        std::string_view(look.fill) == "white" ? vermillion : "white", size(look.size, look.size),
        at(mark.at));
  }

  const Picture& p_;
  std::string out_;
  std::size_t next_ = 0;
};

}  // namespace

std::string to_dot(const Picture& picture) {
  return Writer(picture).dot();
}

}  // namespace gantry::traces::draw
