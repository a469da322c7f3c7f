// What nearly every handler includes: the precompiled header of the services' rooms. Files still include what they use.
#pragma once

#include <fmt/format.h>

#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/standard_library.h"
#include "emulator/core/text.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/timers.h"
