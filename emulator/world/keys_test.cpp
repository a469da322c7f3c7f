#include "emulator/world/keys.h"

#include <catch2/catch.hpp>

#include "store/credentials.h"
#include "store/records/iam/entity.h"
#include "store/records/sts/session.h"

namespace drydock::world {
namespace {

const Scope kAccount{"123456789012", ""};

TEST_CASE("keys that IAM and STS gave out are known as their principals") {
  store::Database database(store::kInMemory);
  const StoredKeys keys(database);
  database.Write([](store::Transaction& tx) {
    records::iam::User user;
    user.name = "ana";
    user.path = "/staff/";
    user.id = "AIDAANA";
    tx.Put(kAccount, user);
    records::iam::AccessKey key;
    key.id = "AKIAANA";
    key.secret = "secret";
    key.owner = kAccount.account;
    key.user = "ana";
    store::PutSealed(tx, key);
    records::sts::Session session;
    session.access_key = "ASIASESSION";
    session.secret = "temporary";
    session.token = "token";
    session.expires = {1000};
    session.account = kAccount.account;
    session.arn = "arn:aws:sts::123456789012:assumed-role/deploy/ci";
    session.user_id = "AROADEPLOY:ci";
    session.type = "AssumedRole";
    store::PutSealed(tx, session);
  });

  const auto user = keys.Find("AKIAANA");
  REQUIRE(user);
  CHECK(user->active);
  CHECK(user->secret == "secret");
  CHECK(user->principal.type == Principal::Type::kUser);
  CHECK(user->principal.arn == "arn:aws:iam::123456789012:user/staff/ana");
  const auto session = keys.Find("ASIASESSION");
  REQUIRE(session);
  CHECK(session->principal.type == Principal::Type::kAssumedRole);
  CHECK(session->session_token == "token");
  CHECK(session->expiration == Timestamp{1000});
  CHECK(!keys.Find("test"));
  CHECK(!keys.Find("AKIAUNKNOWN"));
}

TEST_CASE("a key that was deleted, or whose user was, stays known and is not active") {
  store::Database database(store::kInMemory);
  const StoredKeys keys(database);
  database.Write([](store::Transaction& tx) {
    records::iam::AccessKey key;
    key.id = "AKIAGONE";
    key.owner = kAccount.account;
    key.user = "gone";
    tx.Put({}, key);
  });
  REQUIRE(keys.Find("AKIAGONE"));
  CHECK(!keys.Find("AKIAGONE")->active);
}

}  // namespace
}  // namespace drydock::world
