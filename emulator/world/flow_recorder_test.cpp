#include "emulator/world/flow_recorder.h"

#include <catch2/catch.hpp>

#include "emulator/network/testing/world.h"
#include "store/records/ec2/flow_log.h"

namespace drydock::world {

namespace {

using namespace network::testing;

const Scope kScope{"123456789012", "eu-central-1"};

World TwoHosts() {
  World w;
  w.AddVpc("vpc-1", {"10.0.0.0/16"});
  w.AddSubnet("subnet-a", "vpc-1", {"10.0.0.0/24"});
  w.AddSubnet("subnet-b", "vpc-1", {"10.0.1.0/24"});
  w.AddGroup("sg-1", "vpc-1", {InAll(), OutAll()});
  w.AddInterface("eni-a", "subnet-a", {"10.0.0.5"}, {"sg-1"});
  w.AddInterface("eni-b", "subnet-b", {"10.0.1.5"}, {"sg-1"});
  return w;
}

void PutFlowLog(store::Database& database, const std::string& id, const std::string& resource) {
  database.Write([&](store::Transaction& tx) {
    records::ec2::FlowLog flow_log;
    flow_log.flow_log_id = id;
    flow_log.resource_id = resource;
    tx.Put(kScope, flow_log);
  });
}

}  // namespace

TEST_CASE("flows are recorded for the resources of flow logs, as long as there are any") {
  Clock clock{Clock::Mode::kManual, Pace::kQuick, {1'764'000'000'000}};
  store::Database database{store::kInMemory};
  FlowRecorder recorder(database, clock);
  const World world = TwoHosts();
  const auto path = Tcp(world, "eni-a", "eni-b", 80);
  CHECK_FALSE(recorder.wanted());
  recorder.Saw(world.topology, path);

  PutFlowLog(database, "fl-vpc", "vpc-1");
  PutFlowLog(database, "fl-a", "eni-a");
  PutFlowLog(database, "fl-b", "subnet-b");
  PutFlowLog(database, "fl-other", "vpc-2");
  CHECK(recorder.wanted());
  recorder.Saw(world.topology, path);
  clock.Advance(Duration(1000));
  recorder.Saw(world.topology, path);
  CHECK(recorder.Take("fl-other").empty());
  CHECK(recorder.Take("fl-vpc").size() == 4);
  CHECK(recorder.Take("fl-b").size() == 2);
  const auto seen = recorder.Take("fl-a");
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].packets == 6);  // both connections are one flow
  CHECK(seen[0].end - seen[0].start == Duration(1000));
  CHECK(seen[0].source_port >= 32768);
  CHECK(seen[1].destination_port == seen[0].source_port);
  CHECK(recorder.Take("fl-a").empty());

  database.Write([](store::Transaction& tx) {
    for (const char* id : {"fl-vpc", "fl-a", "fl-b", "fl-other"}) tx.Erase<records::ec2::FlowLog>(kScope, id);
  });
  CHECK_FALSE(recorder.wanted());
}

}  // namespace drydock::world
