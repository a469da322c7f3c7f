#include "emulator/tasks/simulated/shell.h"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/tasks/simulated/page.h"

namespace drydock::tasks::simulated {

namespace {

constexpr char kPrompt[] = "# ";
constexpr char kNewLine[] = "\r\n";
constexpr char kInterrupt = 0x03, kEndOfInput = 0x04, kBackspace = 0x08, kDelete = 0x7f;

bool IsShell(const std::string& command) {
  const std::string name = command.substr(command.rfind('/') + 1);
  return name == "sh" || name == "bash" || name == "ash" || name == "zsh";
}

std::string Shown(const EnvironmentVariable& variable) {
  return variable.secret ? fmt::format("(a secret of {} bytes)", variable.value.size()) : variable.value;
}

}  // namespace

Shell::Shell(const TaskSpec& task, const ContainerSpec& container, const std::string& command)
    : task_(task), container_(container), command_(command) {}

std::string Shell::Begin() {
  if (!IsShell(command_)) {
    ended_ = true;
    return Run(command_);
  }
  return fmt::format("The container {} is simulated: nothing runs in it. \"help\" tells what this shell knows.{}{}",
                     container_.name, kNewLine, kPrompt);
}

std::string Shell::Type(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (ended_) break;
    if (c == '\r' || c == '\n') {
      out += kNewLine;
      out += Run(std::exchange(line_, {}));
      if (!ended_) out += kPrompt;
    } else if (c == kInterrupt) {
      line_.clear();
      out += std::string("^C") + kNewLine + kPrompt;
    } else if (c == kEndOfInput) {
      ended_ = line_.empty();
    } else if (c == kBackspace || c == kDelete) {
      if (line_.empty()) continue;
      line_.pop_back();
      out += "\b \b";
    } else if (static_cast<unsigned char>(c) >= ' ') {
      line_ += c;
      out += c;
    }
  }
  return out;
}

std::string Shell::Run(const std::string& line) {
  std::vector<std::string> words = Split(line, ' ');
  std::erase(words, "");
  if (words.empty()) return "";
  const std::string name = words.front().substr(words.front().rfind('/') + 1);
  words.erase(words.begin());
  std::string out;
  const auto say = [&](const std::string& text) { out += text + kNewLine; };
  if (name == "help") {
    say("echo, env, exit, help, hostname, id, printenv, pwd, whoami");
  } else if (name == "echo") {
    say(Join(words, " "));
  } else if (name == "env" || (name == "printenv" && words.empty())) {
    for (const auto& variable : container_.environment) say(variable.name + "=" + Shown(variable));
  } else if (name == "printenv") {
    for (const auto& variable : container_.environment)
      if (variable.name == words.front()) say(Shown(variable));
  } else if (name == "hostname") {
    say(Hostname(task_.private_address, task_.availability_zone));
  } else if (name == "id") {
    say("uid=0(root) gid=0(root) groups=0(root)");
  } else if (name == "whoami") {
    say("root");
  } else if (name == "pwd") {
    say("/");
  } else if (name == "exit") {
    ended_ = true;
  } else {
    say(fmt::format("sh: {}: not found (this container is simulated)", name));
  }
  return out;
}

}  // namespace drydock::tasks::simulated
