#include "model/protocol/command.h"

#include <gtest/gtest.h>

namespace gantry::model::protocol {
namespace {

Buffer json_frame(std::string_view header, std::string_view body = {}) {
  Buffer frame;
  ByteWriter to(frame);
  to.i32(static_cast<std::int32_t>(4 + header.size() + body.size()));
  to.i32(static_cast<std::int32_t>(header.size()));
  to.text(header);
  to.text(body);
  return frame;
}

std::string header_of(const Buffer& frame) {
  return std::string(as_text(Bytes(frame).subspan(8)));
}

TEST(Command, AJavaRequestIsRead) {
  const Buffer frame =
      json_frame(R"({"code":105,"extFields":{"topic":"TopicA"},"flag":0,"language":"JAVA","opaque":1,)"
                 R"("serializeTypeCurrentRPC":"JSON","version":409})");
  CommandView view;
  ASSERT_TRUE(decode(frame, view));
  EXPECT_EQ(view.code, 105);
  EXPECT_EQ(view.opaque, 1);
  EXPECT_EQ(view.version, 409);
  EXPECT_EQ(view.language, Language::java);
  EXPECT_FALSE(view.is_response());
  EXPECT_EQ(view.field("topic"), "TopicA");
  EXPECT_EQ(view.field("nothing"), std::nullopt);
}

TEST(Command, ACppRequestIsReadWithItsNumbersAndItsNewline) {
  const Buffer frame = json_frame(
      "{\"code\":310,\"extFields\":{\"e\":3,\"k\":false,\"b\":null,\"i\":\"KEYS\\u0001k\\u0002\"},"
      "\"language\":\"CPP\",\"remark\":\"\"}\n",
      "body");
  CommandView view;
  ASSERT_TRUE(decode(frame, view));
  EXPECT_EQ(view.field("e"), "3");
  EXPECT_EQ(view.field("k"), "false");
  EXPECT_EQ(view.field("b"), std::nullopt);
  EXPECT_EQ(view.field("i"), std::string_view("KEYS\x01k\x02"));
  EXPECT_EQ(view.language, Language::cpp);
  EXPECT_EQ(as_text(view.body), "body");
}

TEST(Command, EscapesOfEveryKindAreDecoded) {
  const Buffer frame = json_frame(
      R"( { "remark" : "\"\\\/\b\f\n\r\t\u00e9\u4E2D\ud83d\ude80\ud800x" , "x":[{"a":"]"},["\\"]], "code":-7 } )");
  CommandView view;
  ASSERT_TRUE(decode(frame, view));
  EXPECT_EQ(view.remark, "\"\\/\b\f\n\r\t\u00e9\u4e2d\U0001F680\uFFFDx");
  EXPECT_EQ(view.code, -7);
}

TEST(Command, MalformedHeadersAreRefused) {
  for (const std::string_view header :
       {"", "{", "}", "[]", "{}x", R"({"code"})", R"({"code":})", R"({"code":1,})", R"({"code":2147483648})",
        R"({"code":"x"})", R"({"remark":"a)", R"({"remark":"\)", R"({"remark":"\u12"})", R"({"remark":"\q"})",
        R"({"x":[}]})", R"({"x":{"a":1})", R"({"extFields":[]})", R"({"extFields":{"a":tru}})"}) {
    CommandView view;
    EXPECT_FALSE(decode(json_frame(header), view)) << header;
  }
  CommandView view;
  EXPECT_FALSE(decode(json_frame(R"({"x":)" + std::string(100'000, '[')), view));
}

TEST(Command, JsonIsCompactAndSortedAndAResponseAlwaysHasItsMap) {
  Command request = Command::request(RequestCode::get_routeinfo_by_topic);
  request.opaque = 1;
  EXPECT_EQ(header_of(encode(request)), R"({"code":105,"flag":0,"language":"CPP","opaque":1,"version":409})");
  request.fields.set("topic", "TopicA");
  request.fields.set("queueId", -3);
  request.fields.set("unitMode", false);
  EXPECT_EQ(header_of(encode(request)),
            R"({"code":105,"extFields":{"topic":"TopicA","queueId":"-3","unitMode":"false"},"flag":0,)"
            R"("language":"CPP","opaque":1,"version":409})");
  const Command response = Command::response(ResponseCode::system_error, "a\x01\"b\n");
  EXPECT_EQ(header_of(encode(response)),
            R"({"code":1,"extFields":{},"flag":1,"language":"CPP","opaque":0,"remark":"a\u0001\"b\n",)"
            R"("version":409})");
}

TEST(Command, BothFormsCarryEverything) {
  Command command = Command::response(ResponseCode::topic_not_exist, "no such topic \u4e2d");
  command.language = Language::go;
  command.opaque = 77;
  command.fields.set("msgId", "0A\x01\x02");
  command.fields.set("queueOffset", std::int64_t{1} << 40);
  command.body = to_buffer(as_bytes("the body"));
  for (const SerializeType type : {SerializeType::json, SerializeType::rocketmq}) {
    const Buffer frame = encode(command, type);
    EXPECT_EQ(frame_size(frame).value(), frame.size());
    CommandView view;
    ASSERT_TRUE(decode(frame, view));
    EXPECT_EQ(view.type, type);
    EXPECT_EQ(view.to_command(), command);
  }
}

TEST(Command, TheSizeOfAFrameIsCheckedBeforeItIsAwaited) {
  EXPECT_EQ(frame_size(as_bytes("abc")).value(), std::nullopt);
  const auto size = [](std::int32_t length) {
    Buffer word;
    ByteWriter(word).i32(length);
    return frame_size(word);
  };
  EXPECT_EQ(size(-1).error().code, Errc::invalid);
  EXPECT_EQ(size(3).error().code, Errc::invalid);
  EXPECT_EQ(size(4).value(), 8u);
  EXPECT_EQ(size(16 * 1024 * 1024 - 4).value(), frame_bytes_max);
  EXPECT_EQ(size(16 * 1024 * 1024 - 3).error().code, Errc::too_large);
}

// A remark may quote a request, whose bytes may be anything.
TEST(Command, ARemarkIsSentAsUtf8) {
  for (const auto type : {SerializeType::json, SerializeType::rocketmq}) {
    const Buffer frame =
        encode(Command::response(ResponseCode::system_error, "caf\xE9 \xE4\xB8 \uFFFD"), type);
    CommandView view;
    ASSERT_TRUE(decode(frame, view));
    EXPECT_EQ(view.remark, "caf\uFFFD \uFFFD \uFFFD");
  }
}

TEST(Command, AHugeRemarkIsCutAtACharacter) {
  std::string remark(remark_bytes_max - 1, 'x');
  remark += "\u4e2d";
  CommandView view;
  const Buffer frame = encode(Command::response(ResponseCode::system_error, remark));
  ASSERT_TRUE(decode(frame, view));
  EXPECT_EQ(view.remark, std::string(remark_bytes_max - 1, 'x'));
}

TEST(Codes, HaveRocketMqsNames) {
  EXPECT_EQ(name_of(RequestCode::send_message_v2), "SEND_MESSAGE_V2");
  EXPECT_EQ(name_of(ResponseCode::topic_not_exist), "TOPIC_NOT_EXIST");
  EXPECT_EQ(name_of(static_cast<RequestCode>(999)), "UNKNOWN");
}

TEST(Command, AnAnswerWhoseFieldsDoNotFitAHeaderGoesAsAnError) {
  Command answer = Command::response(ResponseCode::success);
  answer.opaque = 7;
  answer.fields.set("value", std::string(3'000'000, '\x01'));  // six characters each in JSON
  CommandView view;
  const Buffer json = encode(answer, SerializeType::json);
  ASSERT_TRUE(decode(json, view));
  EXPECT_EQ(view.code, static_cast<std::int32_t>(ResponseCode::system_error));
  EXPECT_EQ(view.opaque, 7);
  EXPECT_TRUE(view.fields().empty());
  const Buffer fits = encode(answer, SerializeType::rocketmq);
  ASSERT_TRUE(decode(fits, view));
  EXPECT_EQ(view.code, 0);
  answer.fields.set("more", std::string(14'000'000, 'x'));
  const Buffer binary = encode(answer, SerializeType::rocketmq);
  ASSERT_TRUE(decode(binary, view));
  EXPECT_EQ(view.code, static_cast<std::int32_t>(ResponseCode::system_error));
}

}  // namespace
}  // namespace gantry::model::protocol
