// A record type's table:
//   position   the rowid: the order of insertion
//   account, region, id   the unique key; '' where the record has no account or region
//   document   the whole record as JSON
//   <member>   one column for each member in kIndexed, a copy of the document's
// Never WITHOUT ROWID: SQLite would then pass over the look-ups' indexes.
#include "store/table.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "store/document.h"
#include "store/sqlite.h"

namespace drydock::store {

namespace {

// Joined ids: a separator that sorts before all text, and an escape for values that hold either.
constexpr char kSeparator = '\x1f';
constexpr char kEscape = '\x1e';

const char* ColumnType(const Field& field) {
  return field.type->kind == Kind::kString ? "TEXT" : "INTEGER";
}

Value ReadMember(const Field& field, const void* record) {
  const void* content = field.type->get(static_cast<const char*>(record) + field.offset);
  if (!content) return std::monostate();
  switch (field.type->kind) {
    case Kind::kBoolean:
      return std::int64_t{*static_cast<const bool*>(content)};
    case Kind::kInteger:
      return std::int64_t{*static_cast<const std::int32_t*>(content)};
    case Kind::kLong:
      return *static_cast<const std::int64_t*>(content);
    case Kind::kTimestamp:
      return static_cast<const Timestamp*>(content)->milliseconds;
    default:
      return *static_cast<const std::string*>(content);  // Members() admits no other kind
  }
}

// The scope as the type's rows have it.
Scope Narrowed(const RecordType& type, const Scope& scope) {
  switch (type.scope) {
    case ScopeKind::kGlobal:
      return {};
    case ScopeKind::kAccount:
      return {scope.account, ""};
    case ScopeKind::kRegion:
      break;
  }
  return scope;
}

std::unordered_set<std::string> ColumnsOf(Connection& connection, const RecordType& type) {
  std::unordered_set<std::string> columns;
  Statement statement = connection.Prepare("SELECT name FROM pragma_table_info(?)");
  statement.Bind(std::string_view(type.table));
  while (statement.Step()) columns.insert(statement.String(0));
  return columns;
}

std::string IndexName(const RecordType& type, const std::string& column) {
  return fmt::format("{}_by_{}", type.table, column);
}

void CreateTable(Connection& connection, const RecordType& type) {
  connection.Execute(
      fmt::format("CREATE TABLE \"{0}\" (position INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, "
                  "id TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (account, region, id)); "
                  "CREATE INDEX \"{0}_in_scope\" ON \"{0}\" (account, region)",
                  type.table));
}

// Gives the table the indexed columns of the type, filled from the documents, and drops those it no longer has.
void AlterColumns(Connection& connection, const RecordType& type, std::unordered_set<std::string> columns) {
  for (const char* fixed : {"position", "account", "region", "id", "document"}) columns.erase(fixed);
  for (const Field* field : type.indexed) {
    const std::string name = field->name;
    if (columns.erase(name)) continue;
    connection.Execute(
        fmt::format("ALTER TABLE \"{0}\" ADD COLUMN \"{1}\" {2}; "
                    "UPDATE \"{0}\" SET \"{1}\" = json_extract(document, '$.{1}'); "
                    "CREATE INDEX \"{3}\" ON \"{0}\" (account, region, \"{1}\")",
                    type.table, name, ColumnType(*field), IndexName(type, name)));
  }
  for (const std::string& name : columns) {
    connection.Execute(fmt::format("DROP INDEX IF EXISTS \"{2}\"; ALTER TABLE \"{0}\" DROP COLUMN \"{1}\"", type.table,
                                   name, IndexName(type, name)));
  }
}

// What a transaction finds in the file.
enum class Shape {
  kMissing,  // no table: nothing was ever put
  kOlder,    // the table lacks an indexed column: only its documents can be asked
  kUpToDate,
};

Shape PrepareTable(Connection& connection, const RecordType& type, bool writable) {
  if (connection.IsReady(&type)) return Shape::kUpToDate;
  const auto columns = ColumnsOf(connection, type);
  if (writable) {
    if (columns.empty()) CreateTable(connection, type);
    AlterColumns(connection, type, columns);
  } else {
    if (columns.empty()) return Shape::kMissing;
    for (const Field* field : type.indexed) {
      if (!columns.contains(field->name)) return Shape::kOlder;
    }
  }
  connection.MarkReady(&type);
  return Shape::kUpToDate;
}

const Field& IndexedField(const RecordType& type, const std::string& member) {
  for (const Field* field : type.indexed) {
    if (member == field->name) return *field;
  }
  throw std::logic_error(fmt::format("{} has no look-up by {}", type.table, member));
}

// " WHERE …" for the scope and the query's conditions, and the values for its parameters.
std::string Conditions(const RecordType& type, Shape shape, const Scope* scope, const Query& query,
                       std::vector<Value>& values) {
  if (!scope && query.where.empty()) return " WHERE TRUE";
  std::string sql = " WHERE TRUE";
  if (scope) {
    sql = " WHERE account = ? AND region = ?";
    const Scope narrowed = Narrowed(type, *scope);
    values.insert(values.end(), {narrowed.account, narrowed.region});
  }
  bool first = true;
  for (const Condition& condition : query.where) {
    const char* name = IndexedField(type, condition.member).name;
    // A plus keeps SQLite from choosing the index of a later condition.
    const char* filter = std::exchange(first, false) ? "" : "+";
    sql += shape == Shape::kUpToDate ? fmt::format(" AND {}\"{}\"", filter, name)
                                     : fmt::format(" AND json_extract(document, '$.{}')", name);
    if (std::holds_alternative<std::monostate>(condition.value)) {
      sql += " IS NULL";
    } else {
      sql += " = ?";
      values.push_back(condition.value);
    }
  }
  return sql;
}

std::int64_t ParsePosition(const std::string& text) {
  std::int64_t position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument("not a position in a list: " + text);
  }
  return position;
}

const Field* FieldAt(const Schema& schema, std::ptrdiff_t offset) {
  for (const Field& field : schema) {
    if (static_cast<std::ptrdiff_t>(field.offset) == offset) return &field;
  }
  throw std::logic_error(fmt::format("an id or indexed member is missing from the schema of {}", schema.name));
}

}  // namespace

RecordType::RecordType(TableName name, const Schema& record_schema, const std::vector<std::ptrdiff_t>& id_offsets,
                       const std::vector<std::ptrdiff_t>& indexed_offsets)
    : table(name.name), scope(name.scope), schema(record_schema) {
  for (const auto offset : id_offsets) id.push_back(FieldAt(schema, offset));
  for (const auto offset : indexed_offsets) indexed.push_back(FieldAt(schema, offset));

  get_sql = fmt::format("SELECT document FROM \"{}\" WHERE account = ? AND region = ? AND id = ?", table);
  erase_sql = fmt::format("DELETE FROM \"{}\" WHERE account = ? AND region = ? AND id = ?", table);
  std::string columns, parameters, updates;
  for (const Field* field : indexed) {
    columns += fmt::format(", \"{}\"", field->name);
    parameters += ", ?";
    updates += fmt::format(", \"{0}\" = excluded.\"{0}\"", field->name);
  }
  // An update, unlike INSERT OR REPLACE, leaves the row in its place.
  put_sql = fmt::format(
      "INSERT INTO \"{}\" (account, region, id, document{}) VALUES (?, ?, ?, ?{}) "
      "ON CONFLICT (account, region, id) DO UPDATE SET document = excluded.document{}",
      table, columns, parameters, updates);
}

std::string JoinId(const std::vector<IdPart>& parts) {
  const auto text = [](const IdPart& part) -> std::string {
    if (const auto* string = std::get_if<std::string_view>(&part)) return std::string(*string);
    return fmt::format("{:019}", std::get<std::int64_t>(part));  // as many digits as the largest has
  };
  if (parts.size() == 1) return text(parts.front());
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) joined += kSeparator;
    for (const char c : text(parts[i])) {
      if (c == kSeparator || c == kEscape) joined += kEscape;
      joined += c;
    }
  }
  return joined;
}

std::string IdOfRecord(const RecordType& type, const void* record) {
  std::vector<Value> values;
  for (const Field* field : type.id) values.push_back(ReadMember(*field, record));
  std::vector<IdPart> parts;
  for (const Value& value : values) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
      parts.emplace_back(*integer);
    else
      parts.emplace_back(std::string_view(std::get<std::string>(value)));
  }
  return JoinId(parts);
}

void Transaction::RequireWritable() const {
  if (!writable_) throw std::logic_error("a write in a transaction that only reads");
}

void Transaction::AfterCommit(std::function<void()> action) {
  after_commit_.push_back(std::move(action));
}

bool Transaction::GetRecord(const RecordType& type, const Scope& scope, const std::string& id, void* record) {
  if (PrepareTable(connection_, type, writable_) == Shape::kMissing) return false;
  Statement statement = connection_.Prepare(type.get_sql);
  statement.Bind(Narrowed(type, scope)).Bind(std::string_view(id));
  if (!statement.Step()) return false;
  ReadDocument(type.schema, statement.Text(0), record);
  return true;
}

namespace {
void CorrectCount(Connection& connection, const RecordType& type, const Scope& scope, int by) {
  const auto count = connection.counts().find({&type, scope});
  if (count != connection.counts().end()) count->second += by;
}
}  // namespace

void Transaction::PutRecord(const RecordType& type, const Scope& scope, const void* record) {
  RequireWritable();
  PrepareTable(connection_, type, writable_);
  Change change{type.table, Narrowed(type, scope), IdOfRecord(type, record)};
  if (change.id.empty()) throw std::logic_error(fmt::format("a record without an id for {}", type.table));
  {
    Statement statement = connection_.Prepare(type.put_sql);
    statement.Bind(change.scope).Bind(std::string_view(change.id));
    statement.Bind(std::string_view(WriteDocument(type.schema, record)));
    for (const Field* field : type.indexed) statement.Bind(ReadMember(*field, record));
    connection_.ForgetLastRowId();
    statement.Run();
  }
  if (connection_.LastRowId() != 0) CorrectCount(connection_, type, change.scope, 1);
  changes_.push_back(std::move(change));
}

bool Transaction::EraseRecord(const RecordType& type, const Scope& scope, const std::string& id) {
  RequireWritable();
  PrepareTable(connection_, type, writable_);
  Change change{type.table, Narrowed(type, scope), id, true};
  {
    Statement statement = connection_.Prepare(type.erase_sql);
    statement.Bind(change.scope).Bind(std::string_view(id));
    statement.Run();
  }
  if (connection_.Changes() == 0) return false;
  CorrectCount(connection_, type, change.scope, -1);
  changes_.push_back(std::move(change));
  return true;
}

void Transaction::Attempt(const std::function<void()>& fn) {
  const auto changes = changes_.size(), actions = after_commit_.size();
  const auto timer = earliest_timer_;
  const auto ready = connection_.BeginAttempt();
  try {
    fn();
  } catch (...) {
    connection_.UndoAttempt(ready);
    changes_.erase(changes_.begin() + static_cast<std::ptrdiff_t>(changes), changes_.end());
    after_commit_.resize(actions);
    earliest_timer_ = timer;
    throw;
  }
  connection_.EndAttempt();
}

std::size_t Transaction::CountRecords(const RecordType& type, const Scope& scope, const Query& query) {
  const Shape shape = PrepareTable(connection_, type, writable_);
  std::vector<Value> values;
  const std::string where = Conditions(type, shape, &scope, query, values);
  if (shape == Shape::kMissing) return 0;
  // Quotas ask this before everything that is made, and SQLite would go through all rows of the scope each time.
  const bool keeps = writable_ && query.where.empty();
  const std::pair<const void*, Scope> key(&type, Narrowed(type, scope));
  if (keeps) {
    const auto known = connection_.counts().find(key);
    if (known != connection_.counts().end()) return static_cast<std::size_t>(known->second);
  }
  Statement statement = connection_.Prepare(fmt::format("SELECT COUNT(*) FROM \"{}\"{}", type.table, where));
  for (const Value& value : values) statement.Bind(value);
  statement.Step();
  if (keeps) connection_.counts()[key] = statement.Integer(0);
  return static_cast<std::size_t>(statement.Integer(0));
}

std::string Transaction::ListRecords(const RecordType& type, const Scope* scope, const Query& query,
                                     const std::function<void*(Scope)>& append) {
  const Shape shape = PrepareTable(connection_, type, writable_);
  std::vector<Value> values;
  std::string sql = fmt::format("SELECT account, region, position, id, document FROM \"{}\"", type.table);
  sql += Conditions(type, shape, scope, query, values);
  const bool by_id = query.order == Order::kId;
  const char* const order = by_id ? "id" : "position";
  if (!query.after.empty()) {
    sql += fmt::format(" AND {} > ?", order);
    values.push_back(by_id ? Value(query.after) : Value(ParsePosition(query.after)));
  }
  sql += fmt::format(" ORDER BY {}", order);
  if (query.limit > 0) {
    sql += " LIMIT ?";  // one more, to know whether something follows
    values.emplace_back(static_cast<std::int64_t>(query.limit) + 1);
  }
  if (shape == Shape::kMissing) return {};

  Statement statement = connection_.Prepare(sql);
  for (const Value& value : values) statement.Bind(value);
  std::string last;
  for (std::size_t count = 0; statement.Step(); ++count) {
    if (query.limit > 0 && count == query.limit) return last;
    ReadDocument(type.schema, statement.Text(4),
                 append(scope ? Scope() : Scope{statement.String(0), statement.String(1)}));
    last = statement.String(by_id ? 3 : 2);
  }
  return {};
}

}  // namespace drydock::store
