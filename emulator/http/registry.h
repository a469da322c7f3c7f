// The registry protocol under /v2/, which docker, podman, buildah, skopeo, containerd and ECS's agents speak: the OCI
// Distribution Specification with ECR's login and error texts (aws-facts I.2, I.3; platform-facts, "What registry
// clients send").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/core/ids.h"
#include "emulator/http/message.h"
#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::http {

// Thread-safe. Bodies go to and come from files piece by piece: the memory used does not grow with them.
class Registry {
 public:
  Registry(Clock& clock, Ids& ids, store::Database& database, Engines& engines)
      : clock_(clock), ids_(ids), database_(database), engines_(engines) {}

  // Whether a request is for the registry: /v2 and everything under it.
  static bool Serves(std::string_view path) { return path == "/v2" || path.starts_with("/v2/"); }

  // Answers a request that it serves; never throws.
  Response Handle(const Request& request) const;

 private:
  struct Call;  // a request, and who made it

  Response Answer(const Request& request) const;
  Response AnswerManifests(const Call& call) const;
  Response AnswerBlobs(const Call& call) const;
  Response AnswerUploads(const Call& call) const;
  Response AnswerTags(const Call& call) const;
  Response AnswerReferrers(const Call& call) const;

  Response BeginUpload(const Call& call) const;
  Response ContinueUpload(const Call& call) const;
  Response CompleteUpload(const Call& call, const std::string& id) const;

  // Finds out who calls. Throws a Refusal.
  void Authenticate(Call& call) const;
  Context MakeContext(store::Transaction& tx, const Call& call) const;
  template <class Fn>
  auto Read(const Call& call, Fn fn) const;
  template <class Fn>
  auto Write(const Call& call, Fn fn) const;

  Clock& clock_;
  Ids& ids_;
  store::Database& database_;
  Engines& engines_;
};

}  // namespace drydock::http
