#include "store/table.h"

#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "store/database.h"
#include "store/testing/temporary_folder.h"

namespace drydock::store::table_test {

struct Subnet {
  std::string subnet_id;
  std::string vpc_id;
  std::optional<std::int32_t> free = {};
  std::optional<Timestamp> created = {};
  bool is_default = false;

  static constexpr TableName kTable{"test_subnet"};
  static constexpr auto kId = Members(&Subnet::subnet_id);
  static constexpr auto kIndexed = Members(&Subnet::vpc_id, &Subnet::free, &Subnet::created, &Subnet::is_default);
};
struct Role {
  std::string name;
  static constexpr TableName kTable{"test_role", ScopeKind::kAccount};
  static constexpr auto kId = Members(&Role::name);
};
struct AccessKey {
  std::string id;
  static constexpr TableName kTable{"test_access_key", ScopeKind::kGlobal};
  static constexpr auto kId = Members(&AccessKey::id);
};
struct TaskDefinition {
  std::string family;
  std::int32_t revision = 0;
  static constexpr TableName kTable{"test_task_definition"};
  static constexpr auto kId = Members(&TaskDefinition::family, &TaskDefinition::revision);
  static constexpr auto kIndexed = Members(&TaskDefinition::family);
};
// Subnet as it was, with fewer look-ups and members and one look-up that it has lost since.
struct OldSubnet {
  std::string subnet_id;
  std::string vpc_id;
  std::string zone;
  static constexpr TableName kTable{"test_subnet"};
  static constexpr auto kId = Members(&OldSubnet::subnet_id);
  static constexpr auto kIndexed = Members(&OldSubnet::zone);
};

}  // namespace drydock::store::table_test
DRYDOCK_SCHEMA(drydock::store::table_test::Subnet, subnet_id, vpc_id, free, created, is_default)
DRYDOCK_SCHEMA(drydock::store::table_test::Role, name)
DRYDOCK_SCHEMA(drydock::store::table_test::AccessKey, id)
DRYDOCK_SCHEMA(drydock::store::table_test::TaskDefinition, family, revision)
DRYDOCK_SCHEMA(drydock::store::table_test::OldSubnet, subnet_id, vpc_id, zone)

namespace drydock::store {

using namespace table_test;
using Strings = std::vector<std::string>;

namespace {
const Scope kHere{"111111111111", "eu-central-1"};
const Scope kElsewhere{"111111111111", "us-east-1"};
const Scope kOther{"222222222222", "eu-central-1"};

Strings SubnetIds(const std::vector<Subnet>& subnets) {
  Strings ids;
  for (const Subnet& subnet : subnets) ids.push_back(subnet.subnet_id);
  return ids;
}
void PutSubnets(Database& db) {
  db.Write([](Transaction& tx) {
    tx.Put(kHere, Subnet{.subnet_id = "c", .vpc_id = "v1"});
    tx.Put(kHere, Subnet{.subnet_id = "a", .vpc_id = "v2", .free = 7});
    tx.Put(kElsewhere, Subnet{.subnet_id = "a", .vpc_id = "v1"});
    tx.Put(kHere, Subnet{.subnet_id = "b", .vpc_id = "v1", .created = Timestamp{5}, .is_default = true});
  });
}
}  // namespace

TEST_CASE("records are put, got, replaced and erased within their scope") {
  Database db(kInMemory);
  PutSubnets(db);
  db.Write([](Transaction& tx) {
    REQUIRE(tx.Get<Subnet>(kHere, "a"));
    CHECK(tx.Get<Subnet>(kHere, "a")->vpc_id == "v2");
    CHECK(tx.Get<Subnet>(kElsewhere, "a")->vpc_id == "v1");
    CHECK_FALSE(tx.Get<Subnet>(kOther, "a"));
    CHECK_FALSE(tx.Get<Subnet>(kHere, std::string("nothing")));

    tx.Put(kHere, Subnet{.subnet_id = "c", .vpc_id = "v9"});
    CHECK(tx.Get<Subnet>(kHere, "c")->vpc_id == "v9");
    CHECK(tx.Count<Subnet>(kHere) == 3);

    CHECK(tx.Erase<Subnet>(kHere, "a"));
    CHECK_FALSE(tx.Erase<Subnet>(kHere, "a"));
    CHECK(tx.Get<Subnet>(kElsewhere, "a"));
    CHECK_THROWS_AS(tx.Put(kHere, Subnet{}), std::logic_error);
  });
}

TEST_CASE("a count stays right whatever is put, erased and undone after it") {
  Database db(kInMemory);
  std::mt19937 random(20261126);
  const auto below = [&](unsigned bound) { return random() % bound; };
  const std::vector<Scope> scopes = {kHere, {"111111111111", "us-east-1"}, {"222222222222", "eu-central-1"}};
  const auto change = [&](Transaction& tx) {
    const Scope& scope = scopes[below(3)];
    const std::string id(1, static_cast<char>('a' + below(6)));
    if (below(3) > 0)
      tx.Put(scope, Subnet{.subnet_id = id, .vpc_id = "v"});
    else
      tx.Erase<Subnet>(scope, id);
    const Scope& asked = scopes[below(3)];
    if (below(2) == 0) CHECK(tx.Count<Subnet>(asked) == tx.List<Subnet>(asked).size());
  };
  struct Undo {};
  for (int round = 0; round < 300; ++round) {
    try {
      db.Write([&](Transaction& tx) {
        for (int i = 0; i < 4; ++i) change(tx);
        try {
          tx.Attempt([&] {
            for (int i = 0; i < 3; ++i) change(tx);
            if (below(2) == 0) throw Undo();
          });
        } catch (const Undo&) {
        }
        change(tx);
        for (const Scope& scope : scopes) CHECK(tx.Count<Subnet>(scope) == tx.List<Subnet>(scope).size());
        if (below(3) == 0) throw Undo();
      });
    } catch (const Undo&) {
    }
  }
}

TEST_CASE("lists are in the order of insertion, which a replacement keeps, or of ids") {
  Database db(kInMemory);
  PutSubnets(db);
  db.Write([](Transaction& tx) { tx.Put(kHere, Subnet{.subnet_id = "c", .vpc_id = "v1"}); });
  db.Read([](Transaction& tx) {
    CHECK(SubnetIds(tx.List<Subnet>(kHere)) == Strings{"c", "a", "b"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, {.order = Order::kId})) == Strings{"a", "b", "c"});
    CHECK(tx.List<Subnet>(kOther).empty());
  });
}

TEST_CASE("look-ups find records by an indexed member of any type") {
  Database db(kInMemory);
  PutSubnets(db);
  db.Read([](Transaction& tx) {
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::vpc_id, "v1"))) == Strings{"c", "b"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where("vpc_id", "v1"))) == Strings{"c", "b"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::free, 7))) == Strings{"a"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::free, std::nullopt))) == Strings{"c", "b"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::created, Timestamp{5}))) == Strings{"b"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::vpc_id, "v1").And(&Subnet::is_default, false))) ==
          Strings{"c"});
    CHECK(tx.Count<Subnet>(kHere, Where(&Subnet::vpc_id, "v1")) == 2);
    CHECK(tx.Count<Subnet>(kHere, Where(&Subnet::vpc_id, "v3")) == 0);
    CHECK_THROWS_AS(tx.List<Subnet>(kHere, Where(&Subnet::subnet_id, "a")), std::logic_error);
    CHECK_THROWS_AS(tx.List<Subnet>(kHere, Where("nonsense", "a")), std::logic_error);
  });
  // The columns follow the record.
  db.Write([](Transaction& tx) {
    tx.Put(kHere, Subnet{.subnet_id = "c", .vpc_id = "v3"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::vpc_id, "v1"))) == Strings{"b"});
    CHECK(SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::vpc_id, "v3"))) == Strings{"c"});
  });
}

TEST_CASE("pages lead from one to the next, whatever comes and goes meanwhile") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    for (const char* id : {"e", "d", "c", "b", "a"}) tx.Put(kHere, Subnet{.subnet_id = id, .vpc_id = "v"});
  });
  const auto order = GENERATE(Order::kInsertion, Order::kId);
  db.Write([&](Transaction& tx) {
    Query query = Where(&Subnet::vpc_id, "v");
    query.order = order;
    query.limit = 2;
    Strings ids;
    for (bool more = true; more;) {
      const auto page = tx.ListPage<Subnet>(kHere, query);
      for (const auto& id : SubnetIds(page.records)) ids.push_back(id);
      query.after = page.next;
      more = !page.next.empty();
      if (ids.size() == 2) tx.Erase<Subnet>(kHere, ids.back());  // the page before this one ended with it
    }
    CHECK(ids == (order == Order::kId ? Strings{"a", "b", "c", "d", "e"} : Strings{"e", "d", "c", "b", "a"}));
    query = {.after = "b", .limit = 4};
    query.order = Order::kId;
    CHECK(tx.ListPage<Subnet>(kHere, query).next.empty());
    CHECK_THROWS_AS(tx.ListPage<Subnet>(kHere, {.after = "no number"}), std::invalid_argument);
  });
}

TEST_CASE("a record without region, or without account, ignores that part of a scope") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    tx.Put(kHere, Role{"admin"});
    tx.Put(kHere, AccessKey{"AKIA"});
    CHECK(tx.Get<Role>(kElsewhere, "admin"));
    CHECK_FALSE(tx.Get<Role>(kOther, "admin"));
    CHECK(tx.Get<AccessKey>(kOther, "AKIA"));
    CHECK(tx.List<AccessKey>({}).size() == 1);
  });
}

TEST_CASE("an id of several members is unambiguous and orders as they do") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    for (const int revision : {10, 9, 2}) tx.Put(kHere, TaskDefinition{"web", revision});
    tx.Put(kHere, TaskDefinition{"we", 3});
    CHECK(tx.Get<TaskDefinition>(kHere, "web", 9));
    CHECK_FALSE(tx.Get<TaskDefinition>(kHere, "web", 3));
    std::vector<std::int32_t> revisions;
    for (const auto& definition : tx.List<TaskDefinition>(kHere, {.order = Order::kId})) {
      revisions.push_back(definition.revision);
    }
    CHECK(revisions == std::vector<std::int32_t>{3, 2, 9, 10});
  });
  CHECK(JoinId({"a\x1f", "b"}) != JoinId({"a",
                                          "\x1f"
                                          "b"}));
  CHECK(JoinId({"a\x1e", "b"}) != JoinId({"a",
                                          "\x1e"
                                          "b"}));
  CHECK(JoinId({"a\x1f"
                "b"}) ==
        "a\x1f"
        "b");
}

TEST_CASE("all scopes together are listed with the scope of each record") {
  Database db(kInMemory);
  PutSubnets(db);
  const auto all = db.Read([](Transaction& tx) { return tx.ListAll<Subnet>(); });
  REQUIRE(all.size() == 4);
  CHECK(all[0].first == kHere);
  CHECK(all[0].second.subnet_id == "c");
  CHECK(all[2].first == kElsewhere);
}

TEST_CASE("a table that nobody has written to is empty, also for reads") {
  testing::TemporaryFolder folder;
  Database file(folder.path());
  Database memory(kInMemory);
  for (Database* db : {&file, &memory}) {
    db->Read([](Transaction& tx) {
      CHECK_FALSE(tx.Get<Subnet>(kHere, "a"));
      CHECK(tx.List<Subnet>(kHere, Where(&Subnet::vpc_id, "v")).empty());
      CHECK(tx.Count<Subnet>(kHere) == 0);
      CHECK(tx.ListAll<Subnet>().empty());
    });
    PutSubnets(*db);
    CHECK(db->Read([](Transaction& tx) { return tx.Count<Subnet>(kHere); }) == 3);
  }
}

TEST_CASE("a table made in a transaction that is rolled back is made again") {
  Database db(kInMemory);
  CHECK_THROWS_AS(db.Write([](Transaction& tx) {
    tx.Put(kHere, Role{"admin"});
    throw std::runtime_error("no");
  }),
                  std::runtime_error);
  db.Write([](Transaction& tx) {
    CHECK_FALSE(tx.Get<Role>(kHere, "admin"));
    tx.Put(kHere, Role{"admin"});
  });
  CHECK(db.Read([](Transaction& tx) { return tx.Count<Role>(kHere); }) == 1);
}

TEST_CASE("a record that has grown reads older tables, and its new look-ups find older rows") {
  testing::TemporaryFolder folder;
  {
    Database db(folder.path());
    db.Write([](Transaction& tx) {
      tx.Put(kHere, OldSubnet{"a", "v1", "z1"});
      tx.Put(kHere, OldSubnet{"b", "v2", "z1"});
    });
  }
  {
    Database db(folder.path());
    const auto in_v2 = [](Transaction& tx) { return SubnetIds(tx.List<Subnet>(kHere, Where(&Subnet::vpc_id, "v2"))); };
    CHECK(db.Read(in_v2) == Strings{"b"});  // from the documents: a read does not alter the table
    CHECK(db.Read([](Transaction& tx) { return tx.Get<Subnet>(kHere, "a")->free; }) == std::nullopt);
    db.Write([](Transaction& tx) { tx.Put(kHere, Subnet{.subnet_id = "c", .vpc_id = "v2"}); });
    CHECK(db.Read(in_v2) == Strings{"b", "c"});
    CHECK(db.Write(in_v2) == Strings{"b", "c"});
  }
  // And back: a look-up that was given up and returns is filled anew.
  Database db(folder.path());
  const auto in_z1 = [](Transaction& tx) { return tx.Count<OldSubnet>(kHere, Where(&OldSubnet::zone, "z1")); };
  CHECK(db.Read(in_z1) == 2);
  CHECK(db.Write(in_z1) == 2);
}

TEST_CASE("every statement about records uses an index; none but ListAll reads a whole table or sorts") {
  Database db(kInMemory);
  PutSubnets(db);
  db.Write([](Transaction& tx) {
    tx.Get<Subnet>(kHere, "a");
    for (const auto order : {Order::kInsertion, Order::kId}) {
      tx.List<Subnet>(kHere, {.order = order});
      tx.ListPage<Subnet>(kHere, {.order = order, .after = "1", .limit = 2});
    }
    Query query = Where(&Subnet::vpc_id, "v1");
    tx.List<Subnet>(kHere, query);
    tx.Count<Subnet>(kHere, query);
    query.after = "1";
    query.limit = 2;
    tx.ListPage<Subnet>(kHere, query);
    tx.Count<Subnet>(kHere);
    tx.Erase<Subnet>(kHere, "a");
    tx.ListAll<Subnet>();
  });
  int look_ups = 0;
  for (const auto& [sql, plan] : db.QueryPlans()) {
    if (sql.find("\"test_subnet\"") == std::string::npos || sql.find("WHERE TRUE") != std::string::npos) continue;
    INFO(sql << "\n" << plan);
    CHECK(plan.find("SCAN") == std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    if (sql.find("\"vpc_id\" = ?") != std::string::npos) {
      CHECK(plan.find("test_subnet_by_vpc_id (account=? AND region=? AND vpc_id=?") != std::string::npos);
      ++look_ups;
    }
  }
  CHECK(look_ups == 3);
}

}  // namespace drydock::store
