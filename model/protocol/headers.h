#pragma once

/// Every typed header. Include the one that you need where compile time matters.
#include "model/protocol/admin_headers.h"
#include "model/protocol/consume_headers.h"
#include "model/protocol/namesrv_headers.h"
#include "model/protocol/send_headers.h"
