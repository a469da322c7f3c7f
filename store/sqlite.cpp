#include "store/sqlite.h"

namespace drydock::store {

namespace {
constexpr int kBusyMilliseconds = 5'000;  // somebody may look into the file with the sqlite3 shell

[[noreturn]] void Fail(sqlite3* handle, int result) {
  throw Error(std::string("the database failed: ") + (handle ? sqlite3_errmsg(handle) : sqlite3_errstr(result)));
}
}  // namespace

Statement::~Statement() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement& Statement::Checked(int result) {
  if (result != SQLITE_OK) Fail(sqlite3_db_handle(statement_), result);
  return *this;
}

Statement& Statement::Bind(std::int64_t value) {
  return Checked(sqlite3_bind_int64(statement_, ++bound_, value));
}

Statement& Statement::Bind(std::string_view value) {
  const char* text = value.data() ? value.data() : "";  // a null pointer would mean NULL
  return Checked(sqlite3_bind_text64(statement_, ++bound_, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

Statement& Statement::Bind(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return Bind(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return Bind(std::string_view(*text));
  return Checked(sqlite3_bind_null(statement_, ++bound_));
}

bool Statement::Step() {
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_ROW && result != SQLITE_DONE) Fail(sqlite3_db_handle(statement_), result);
  return result == SQLITE_ROW;
}

void Statement::Run() {
  while (Step()) {
  }
}

std::string_view Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

Connection::Connection(const std::filesystem::path& file) {
  sqlite3* handle = nullptr;
  const int result =
      sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) Fail(handle, result);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  Execute("PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA synchronous = NORMAL");
  Execute("PRAGMA wal_autocheckpoint = 0");  // see checkpointer.h
}

Connection::~Connection() {
  statements_.clear();
}  // before the connection is closed

Statement Connection::Prepare(std::string_view sql) {
  BeginIfDue();
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) Fail(handle_.get(), result);
    found = statements_.emplace(std::string(sql), Prepared(statement)).first;
  }
  if (sqlite3_stmt_busy(found->second.get())) throw std::logic_error("the statement is in use: " + found->first);
  return Statement(found->second.get());
}

void Connection::Execute(const std::string& sql) {
  BeginIfDue();
  const int result = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) Fail(handle_.get(), result);
}

void Connection::Checkpoint(int mode) {
  const int result = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, mode, nullptr, nullptr);
  if (result != SQLITE_OK && result != SQLITE_BUSY) Fail(handle_.get(), result);
}

void Connection::OnLogged(std::function<void(int pages)> logged) {
  logged_ = std::move(logged);
  sqlite3_wal_hook(
      handle_.get(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->logged_(pages);
        return SQLITE_OK;
      },
      this);
}

void Connection::Begin(bool immediate) {
  if (immediate)
    Prepare("BEGIN IMMEDIATE").Run();
  else
    to_begin_ = true;
}

void Connection::BeginIfDue() {
  if (std::exchange(to_begin_, false)) Prepare("BEGIN").Run();
}

void Connection::Commit() {
  if (!std::exchange(to_begin_, false)) Prepare("COMMIT").Run();
  ready_.merge(newly_ready_);
  newly_ready_.clear();
}

void Connection::Rollback() noexcept {
  to_begin_ = false;
  newly_ready_.clear();
  counts_.clear();
  // SQLite has rolled back by itself after some errors, a full disk for one.
  if (!sqlite3_get_autocommit(handle_.get())) sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Connection::Tables Connection::BeginAttempt() {
  Prepare("SAVEPOINT attempt").Run();
  return newly_ready_;
}

void Connection::EndAttempt() {
  Prepare("RELEASE attempt").Run();
}

void Connection::UndoAttempt(const Tables& ready) {
  newly_ready_ = ready;
  counts_.clear();
  Prepare("ROLLBACK TO attempt").Run();
  Prepare("RELEASE attempt").Run();
}

std::vector<std::pair<std::string, std::string>> Connection::QueryPlans() {
  std::vector<std::pair<std::string, std::string>> plans;
  for (const auto& [sql, prepared] : statements_) plans.emplace_back(sql, "");
  for (auto& [sql, plan] : plans) {
    Statement explain = Prepare("EXPLAIN QUERY PLAN " + sql);
    while (explain.Step()) plan.append(explain.Text(3)).append("\n");
  }
  return plans;
}

}  // namespace drydock::store
