// The local authority: it issues what RequestCertificate asks for. Clients trust its certificate (GET /_drydock/ca).
#pragma once

#include <string>

#include "emulator/core/clock.h"
#include "handlers/acm/x509.h"
#include "store/table.h"

namespace drydock::acm {

// Made on first use and kept. Valid from a day before it was made for ten years.
IssuedCertificate LocalAuthority(store::Transaction& tx, Timestamp now);

}  // namespace drydock::acm
