// Events sent to a process of the user's.
#pragma once

#include <string>

#include "emulator/events/event_bus.h"

namespace drydock::http {

// Posts each event as JSON to an http:// URL; throws, for the bus to log, when that is not answered with a 2xx within
// five seconds.
events::EventBus::Sink EventHook(const std::string& url);

}  // namespace drydock::http
