// The shape of the file beyond the records' tables, which take care of themselves (store/table.cpp).
#pragma once

namespace drydock::store {

class Connection;

// Brings the file up to this binary's version, in the transaction under way. Throws Error when a newer Drydock wrote
// it.
void Migrate(Connection& connection);

}  // namespace drydock::store
