// Services as the API shows them.
#pragma once

#include "api/ecs/Service.h"
#include "emulator/core/context.h"
#include "store/records/ecs/service.h"

namespace drydock::ecs {

// Counts the tasks as they are now.
Service RenderService(Context& context, const records::ecs::Service& service, bool with_tags);

}  // namespace drydock::ecs
