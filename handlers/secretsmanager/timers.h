// What happens to secrets when time has come.
#pragma once

#include "store/timers.h"

namespace drydock {
struct Engines;
class Ids;
}  // namespace drydock

namespace drydock::secretsmanager {

// Due when a deleted secret's recovery window ends; the key is the secret's name.
inline constexpr const char* kDeleteTimer = "secretsmanager.delete";

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::secretsmanager
