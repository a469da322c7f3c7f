#include "handlers/ecr/timers.h"

#include "handlers/ecr/layers.h"
#include "store/database.h"
#include "store/records/ecr/layer.h"

namespace drydock::ecr {

void RegisterTimers(store::Timers& timers, Engines& engines, Ids&) {
  store::Blobs& blobs = engines.blobs;
  timers.On(kUploadExpired, [&blobs](store::Transaction& tx, const store::Timer& timer) {
    tx.Erase<records::ecr::LayerUpload>(timer.scope, timer.key);
    tx.AfterCommit([&blobs, id = timer.key] { blobs.AbandonUpload(id); });
  });
  // In the transaction: writes take turns, so nobody begins to use the blob between the look and the erasure.
  timers.On(kBlobUnused, [&blobs](store::Transaction& tx, const store::Timer& timer) {
    if (!tx.Get<records::ecr::BlobUse>(timer.scope, timer.key)) blobs.Erase(timer.key);
  });
}

}  // namespace drydock::ecr
