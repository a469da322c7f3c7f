#include "emulator/network/aws_prefix_lists.h"

#include <catch2/catch.hpp>

#include <set>

namespace drydock::network {

TEST_CASE("AWS's prefix lists: known ids, always the same, and no two of a region overlap") {
  const auto lists = AwsPrefixLists("us-east-1");
  CHECK(lists.at(0).name == "com.amazonaws.us-east-1.s3");
  CHECK(lists.at(0).id == "pl-63a5400a");  // aws-facts B.7
  CHECK(lists.at(1).id == "pl-02cd2c6b");
  const Cidr pool = *Cidr::Parse("198.18.0.0/16");
  std::set<std::string> ids;
  for (const char* region : {"us-east-1", "us-west-2", "eu-central-1", "eu-west-1", "moon-1"}) {
    const auto of_region = AwsPrefixLists(region);
    for (std::size_t i = 0; i < of_region.size(); ++i) {
      CHECK(ids.insert(of_region[i].id).second);
      CHECK(of_region[i].id.size() == 11);
      CHECK(pool.Contains(of_region[i].entries.at(0)));
      CHECK_FALSE(of_region[i].entries.at(0).Contains(*Address::Parse("198.18.0.1")));  // of services without a list
      for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(of_region[i].entries[0].Overlaps(of_region[j].entries[0]));
      CHECK(of_region[i].id == AwsPrefixLists(region)[i].id);
    }
  }
}

}  // namespace drydock::network
