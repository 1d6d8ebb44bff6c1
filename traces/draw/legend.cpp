#include "traces/draw/picture.h"
#include "traces/draw/text.h"

namespace gantry::traces::draw {

using story::What;

void add_legend(Picture& picture, Point at) {
  struct Meaning {
    What what;
    const char* text;
  };
  static constexpr Meaning meanings[] = {
      {What::sending, "send begins"},    {What::acknowledged, "SEND_OK"},
      {What::refused, "send fails"},     {What::write, "log written"},
      {What::sync, "log synced"},        {What::sync_failed, "disk fails"},
      {What::consumed, "consumed"},      {What::kill, "crash"},
      {What::start, "starts"},           {What::fault_begin, "fault begins"},
      {What::queue_taken, "queue taken"}};
  double x = at.x + 6;
  for (const Meaning& m : meanings) {
    picture.marks.push_back({{x, at.y}, m.what});
    picture.texts.push_back({{x + 9, at.y}, Align::left, {m.text}, 8, false, true, false});
    x += width_of(m.text, 8) + 26;
  }
  struct Way {
    Line::Kind kind;
    const char* text;
  };
  static constexpr Way ways[] = {
      {Line::Kind::request, "messages sent"},       {Line::Kind::answer, "answer"},
      {Line::Kind::delivery, "messages delivered"}, {Line::Kind::refusal, "answer with an error"},
      {Line::Kind::routine, "without messages"},    {Line::Kind::dead, "not running"}};
  x = at.x;
  for (const Way& way : ways) {
    picture.lines.push_back({{x, at.y + 20}, {x + 28, at.y + 20}, way.kind, true, false});
    picture.texts.push_back({{x + 34, at.y + 20}, Align::left, {way.text}, 8, false, true, false});
    x += width_of(way.text, 8) + 52;
  }
}

}  // namespace gantry::traces::draw
