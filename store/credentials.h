// The secrets of access keys and of temporary credentials at rest: sealed (store/sealing.h) for their key's id.
#pragma once

#include "store/records/iam/entity.h"
#include "store/records/sts/session.h"
#include "store/table.h"

namespace drydock::store {

// Keeps the key with its secret sealed.
void PutSealed(Transaction& tx, records::iam::AccessKey key);
void PutSealed(Transaction& tx, records::sts::Session session);

// Makes the secret of a key that was read readable; it stays empty when there is none, or none that can be opened.
void Open(Transaction& tx, records::iam::AccessKey& key);
void Open(Transaction& tx, records::sts::Session& session);

// Seals what data folders of earlier versions hold in the clear.
void SealOldCredentials(Transaction& tx);

}  // namespace drydock::store
