#include "emulator/tasks/simulated/session_message.h"

#include <catch2/catch.hpp>

#include "emulator/core/text.h"
#include "emulator/tasks/simulated/shell.h"

using namespace drydock;
using namespace drydock::tasks;
using namespace drydock::tasks::simulated;

TEST_CASE("a session message is what it was after the wire") {
  SessionMessage message;
  message.type = "input_stream_data";
  message.sequence = 7;
  message.flags = 1;
  message.id = "01234567-89ab-cdef-0123-456789abcdee";
  message.created = {1'764'000'000'123};
  message.payload_type = SessionMessage::Payload::kOutput;
  message.payload = "ls\r";
  std::string bytes = Encode(message);
  CHECK(bytes.size() == 123);
  CHECK(Hex(bytes.substr(0, 4)) == "00000074");
  CHECK(bytes.substr(4, 32) == "input_stream_data               ");
  CHECK(Hex(bytes.substr(64, 16)) == "0123456789abcdee0123456789abcdef");  // the halves have changed places
  const auto read = DecodeSessionMessage(bytes);
  REQUIRE(read);
  CHECK(read->type == message.type);
  CHECK(read->sequence == 7);
  CHECK(read->id == message.id);
  CHECK(read->created == message.created);
  CHECK(read->payload_type == SessionMessage::Payload::kOutput);
  CHECK(read->payload == "ls\r");

  CHECK_FALSE(DecodeSessionMessage(bytes.substr(0, 119)));
  CHECK_FALSE(DecodeSessionMessage(bytes.substr(0, 122)));
  bytes.back() = 'x';
  CHECK_FALSE(DecodeSessionMessage(bytes));
}

TEST_CASE("the shell of a simulated container") {
  TaskSpec task;
  task.private_address = "10.0.10.5";
  task.availability_zone = "eu-west-1a";
  ContainerSpec container;
  container.name = "web";
  container.environment = {{"MODE", "plain"}, {"PASSWORD", "hunter2", true}};
  Shell shell(task, container, "/bin/sh");
  CHECK(shell.Begin().ends_with("# "));
  CHECK(shell.Type("prinX\x7ftenv MODE\r") == "prinX\b \btenv MODE\r\nplain\r\n# ");
  CHECK(shell.Type("env\n") == "env\r\nMODE=plain\r\nPASSWORD=(a secret of 7 bytes)\r\n# ");
  CHECK(shell.Type("hostname\r") == "hostname\r\nip-10-0-10-5.eu-west-1.compute.internal\r\n# ");
  CHECK(shell.Type("curl x\r").find("curl: not found") != std::string::npos);
  CHECK(shell.Type("xyz\x03") == "xyz^C\r\n# ");
  CHECK_FALSE(shell.ended());
  shell.Type("exit\r");
  CHECK(shell.ended());

  Shell once(task, container, "echo a  b");
  CHECK(once.Begin() == "a b\r\n");
  CHECK(once.ended());
}
