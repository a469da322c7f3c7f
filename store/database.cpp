#include "store/database.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "emulator/core/log.h"
#include "store/checkpointer.h"
#include "store/migrations.h"
#include "store/sqlite.h"

namespace drydock::store {

// The exclusive lock on a data folder, for as long as this lives. The kernel gives it up with the process.
class Database::FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder) {
    CreateFolder(folder);
    const auto path = folder / "drydock.lock";
    file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) throw Error("cannot write to the data folder " + folder.string() + ": " + Reason(errno));
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      close(file_);
      throw Error(reason == EWOULDBLOCK ? "another Drydock is using the data folder " + folder.string() +
                                              "; stop it or choose another --data-dir"
                                        : "cannot lock the data folder " + folder.string() + ": " + Reason(reason));
    }
  }
  ~FolderLock() { close(file_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  static std::string Reason(int error) { return std::generic_category().message(error); }

  // The folder holds secrets in clear text, so a new one is its owner's alone.
  static void CreateFolder(const std::filesystem::path& folder) {
    std::error_code error;
    const auto parent = std::filesystem::absolute(folder).parent_path();
    std::filesystem::create_directories(parent, error);
    const bool created = !error && mkdir(folder.c_str(), 0700) == 0;
    if (!created && !error && errno != EEXIST) error = {errno, std::generic_category()};
    if (!error && !std::filesystem::is_directory(folder)) error = std::make_error_code(std::errc::not_a_directory);
    if (error) throw Error("cannot create the data folder " + folder.string() + ": " + error.message());
  }

  int file_ = -1;
};

// The turn to use the connection that writes.
class Database::WriterTurn {
 public:
  explicit WriterTurn(Database& database) : database_(database) {
    database_.RefuseNesting();
    database_.write_mutex_.lock();
    database_.writing_thread_ = std::this_thread::get_id();
  }
  ~WriterTurn() {
    database_.writing_thread_ = std::thread::id();
    database_.write_mutex_.unlock();
  }
  WriterTurn(const WriterTurn&) = delete;
  WriterTurn& operator=(const WriterTurn&) = delete;

 private:
  Database& database_;
};

namespace {

// Begins a transaction of SQLite's and rolls it back unless it was committed.
class Bracket {
 public:
  Bracket(Connection& connection, bool immediate) : connection_(connection) { connection_.Begin(immediate); }
  ~Bracket() {
    if (!committed_) connection_.Rollback();
  }
  Bracket(const Bracket&) = delete;
  Bracket& operator=(const Bracket&) = delete;

  void Commit() {
    connection_.Commit();
    committed_ = true;
  }

 private:
  Connection& connection_;
  bool committed_ = false;
};

// The commit stands, so what an action throws must not look like a failed transaction.
void RunAfter(const std::vector<std::function<void()>>& actions) {
  for (const auto& action : actions) {
    try {
      action();
    } catch (const std::exception& error) {
      log::Error("an action after a commit failed: {}", error.what());
    }
  }
}

}  // namespace

Database::Database(const std::filesystem::path& folder)
    : file_(folder / "drydock.db"), lock_(std::make_unique<FolderLock>(folder)) {
  try {
    writer_ = std::make_unique<Connection>(file_);
    {
      Statement mode = writer_->Prepare("PRAGMA journal_mode = WAL");
      if (!mode.Step() || mode.Text(0) != "wal") throw Error("its file system does not support a write-ahead log");
    }
    checkpointer_ = std::make_unique<Checkpointer>(file_, write_mutex_);
    writer_->OnLogged([this](int pages) { checkpointer_->Logged(pages); });
    Bracket bracket(*writer_, true);
    Migrate(*writer_);
    bracket.Commit();
  } catch (const Error& error) {
    throw Error("cannot open " + file_.string() + ": " + error.what());
  }
}

Database::Database(InMemory) : writer_(std::make_unique<Connection>(":memory:")) {
  Bracket bracket(*writer_, true);
  Migrate(*writer_);
  bracket.Commit();
}

Database::~Database() = default;

void Database::RefuseNesting() const {
  if (writing_thread_ == std::this_thread::get_id()) {
    throw std::logic_error("a transaction was started inside another one");
  }
}

std::unique_ptr<Connection> Database::TakeReader() {
  {
    std::lock_guard lock(readers_mutex_);
    if (!idle_readers_.empty()) {
      auto reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
  }
  auto reader = std::make_unique<Connection>(file_);
  reader->Execute("PRAGMA query_only = ON");
  return reader;
}

void Database::RunRead(const TransactionFunction& fn) {
  std::vector<std::function<void()>> after;
  const auto run = [&](Connection& connection) {
    Bracket bracket(connection, false);
    Transaction tx(connection, false);
    fn(tx);
    bracket.Commit();
    after = std::move(tx.after_commit_);
  };
  if (file_.empty()) {
    WriterTurn turn(*this);
    run(*writer_);
  } else {
    RefuseNesting();
    auto reader = TakeReader();
    // A reader that threw has rolled back and is as good as before.
    const auto give_back = [this](Connection* connection) {
      std::lock_guard lock(readers_mutex_);
      idle_readers_.emplace_back(connection);
    };
    std::unique_ptr<Connection, decltype(give_back)> borrowed(reader.release(), give_back);
    run(*borrowed);
  }
  RunAfter(after);
}

void Database::RunWrite(const TransactionFunction& fn) {
  Commit commit;
  std::vector<std::function<void()>> after;
  {
    WriterTurn turn(*this);
    Bracket bracket(*writer_, true);
    Transaction tx(*writer_, true);
    fn(tx);
    bracket.Commit();
    commit = {++sequence_, std::move(tx.changes_), tx.earliest_timer_};
    after = std::move(tx.after_commit_);
  }
  if (!commit.changes.empty() || commit.earliest_timer) Announce(commit);
  RunAfter(after);
}

Subscription Database::OnCommit(std::function<void(const Commit&)> subscriber) {
  auto subscription = std::make_shared<Subscriber>(std::move(subscriber));
  std::lock_guard lock(subscribers_mutex_);
  std::erase_if(subscribers_, [](const auto& weak) { return weak.expired(); });
  subscribers_.push_back(subscription);
  return subscription;
}

void Database::Announce(const Commit& commit) {
  std::vector<std::shared_ptr<Subscriber>> subscribers;
  {
    std::lock_guard lock(subscribers_mutex_);
    for (const auto& weak : subscribers_) {
      if (auto subscriber = weak.lock()) subscribers.push_back(std::move(subscriber));
    }
  }
  for (const auto& subscriber : subscribers) {
    try {
      (*subscriber)(commit);
    } catch (const std::exception& error) {
      log::Error("a subscriber to commits failed: {}", error.what());
    }
  }
}

std::vector<std::pair<std::string, std::string>> Database::QueryPlans() {
  WriterTurn turn(*this);
  return writer_->QueryPlans();
}

}  // namespace drydock::store
