// What conditions may ask about a question's resource.
#pragma once

#include "emulator/api/access.h"

namespace drydock::api {

// Adds the resource's tags (aws:ResourceTag/…, <service>:ResourceTag/…) and its service's own keys to the question's.
void AddResourceKeys(Question& question);

}  // namespace drydock::api
