#include "store/credentials.h"

#include <catch2/catch.hpp>

#include "store/database.h"

namespace drydock::store {
namespace {

using records::iam::AccessKey;
using records::sts::Session;

TEST_CASE("secrets are kept sealed and open for their own key only") {
  Database database(kInMemory);
  database.Write([](Transaction& tx) {
    AccessKey key;
    key.id = "AKIAANA";
    key.secret = "secret";
    PutSealed(tx, key);
    Session session;
    session.access_key = "ASIASESSION";
    session.secret = "temporary";
    session.token = "token/+=";
    PutSealed(tx, session);

    auto kept = *tx.Get<AccessKey>({}, std::string("AKIAANA"));
    CHECK(kept.secret.empty());
    CHECK(kept.sealed.find("secret") == std::string::npos);
    auto stolen = kept;
    Open(tx, kept);
    CHECK(kept.secret == "secret");
    stolen.id = "AKIABEN";
    Open(tx, stolen);
    CHECK(stolen.secret.empty());

    auto opened = *tx.Get<Session>({}, std::string("ASIASESSION"));
    CHECK((opened.secret.empty() && opened.token.empty()));
    Open(tx, opened);
    CHECK(opened.secret == "temporary");
    CHECK(opened.token == "token/+=");
  });
}

TEST_CASE("what an earlier version kept in the clear is sealed and still opens") {
  Database database(kInMemory);
  database.Write([](Transaction& tx) {
    AccessKey key;
    key.id = "AKIAOLD";
    key.secret = "old secret";
    tx.Put({}, key);
    AccessKey deleted;
    deleted.id = "AKIAGONE";
    deleted.deleted = true;
    tx.Put({}, deleted);
    Session session;
    session.access_key = "ASIAOLD";
    session.secret = "old";
    session.token = "older";
    tx.Put({}, session);
  });
  database.Write([](Transaction& tx) { SealOldCredentials(tx); });
  database.Write([](Transaction& tx) { SealOldCredentials(tx); });  // nothing is left to do
  database.Read([](Transaction& tx) {
    auto key = *tx.Get<AccessKey>({}, std::string("AKIAOLD"));
    CHECK(key.secret.empty());
    Open(tx, key);
    CHECK(key.secret == "old secret");
    auto session = *tx.Get<Session>({}, std::string("ASIAOLD"));
    CHECK(session.secret.empty());
    Open(tx, session);
    CHECK((session.secret == "old" && session.token == "older"));
    CHECK(tx.Get<AccessKey>({}, std::string("AKIAGONE"))->sealed.empty());
  });
}

}  // namespace
}  // namespace drydock::store
