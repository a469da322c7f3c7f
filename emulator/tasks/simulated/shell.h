// The small fixed shell of a simulated container, for ECS Exec: a terminal's bytes in, a terminal's bytes out. Nothing
// is run. Pure.
#pragma once

#include <string>
#include <string_view>

#include "emulator/tasks/runtime.h"

namespace drydock::tasks::simulated {

class Shell {
 public:
  // `command` is a shell ("/bin/sh", "bash"), or one command, which is answered and then all is over.
  Shell(const TaskSpec& task, const ContainerSpec& container, const std::string& command);

  // What is printed first.
  std::string Begin();
  // What typed bytes bring: their echo, and the output of commands.
  std::string Type(std::string_view bytes);
  bool ended() const { return ended_; }

 private:
  std::string Run(const std::string& line);

  const TaskSpec& task_;
  const ContainerSpec& container_;
  const std::string command_;
  std::string line_;
  bool ended_ = false;
};

}  // namespace drydock::tasks::simulated
