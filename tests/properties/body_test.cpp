#include "properties/cluster/body.h"

#include <gtest/gtest.h>

namespace gantry::properties::cluster {
namespace {

TEST(Body, IsReadAsItWasMade) {
  const Bodies bodies{{"m1", body_of("m1", 200)}, {"m12", body_of("m12", 1)}};
  EXPECT_EQ(bodies.at("m1").size(), 200u);
  EXPECT_EQ(bodies.at("m12"), "m12|") << "no shorter than what tells its id";
  for (const auto& [id, body] : bodies) EXPECT_EQ(read_body(bodies, body), std::pair(id, true));
  EXPECT_NE(bodies.at("m1").substr(3), body_of("m2", 200).substr(3));
}

TEST(Body, IsNotIntactWhenAnythingOfItDiffers) {
  const Bodies bodies{{"m1", body_of("m1", 50)}};
  const std::string& body = bodies.at("m1");
  for (std::size_t i = 3; i < body.size(); ++i) {
    std::string other = body;
    other[i] ^= 1;
    EXPECT_EQ(read_body(bodies, other), std::pair(std::string("m1"), false)) << i;
  }
  EXPECT_FALSE(read_body(bodies, body.substr(0, 49)).second);
  EXPECT_FALSE(read_body(bodies, body + "a").second);
  EXPECT_EQ(read_body(bodies, body_of("m2", 50)), std::pair(std::string("m2"), false)) << "of no message";
  EXPECT_EQ(read_body(bodies, ""), std::pair(std::string(), false));
}

}  // namespace
}  // namespace gantry::properties::cluster
