// Documents: a record as JSON text, written and read by walking its schema.
//
// A member that is absent is left out; so is a List or Map that is not present. A Timestamp is a number of
// milliseconds since 1970, a Blob a base64 string. The text reads well in the sqlite3 shell:
//   SELECT json_extract(document, '$.cidr_block') FROM ec2_subnet;
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/schema.h"

namespace drydock::store {

// Throws std::logic_error for a number that JSON cannot express.
std::string WriteDocument(const Schema& schema, const void* record);

// Fills the record, which must be fresh: members that the document lacks keep their defaults, and members that the
// schema lacks are passed over. Throws Error for text that is not such a document.
void ReadDocument(const Schema& schema, std::string_view document, void* record);

}  // namespace drydock::store
