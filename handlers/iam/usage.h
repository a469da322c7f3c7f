// When keys, roles and services were last used. AWS tells of it with hours of delay; here it is true to the minute,
// so that most calls write nothing.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "emulator/core/principal.h"
#include "emulator/core/scope.h"
#include "store/database.h"

namespace drydock::iam {

// Thread-safe.
class Usage {
 public:
  explicit Usage(store::Database& database) : database_(database) {}

  // A call that is over, allowed or denied: sets the access key's and the role's last use, and the use of the service
  // by the user or role. In the call's transaction while there is one (one that only reads notes
  // nothing), else in one of its own.
  void Note(const Principal& principal, const std::string& service, const std::string& region, Timestamp now,
            store::Transaction* transaction);

 private:
  store::Database& database_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Timestamp> noted_;  // guarded by mutex_; by caller and service
};

}  // namespace drydock::iam
