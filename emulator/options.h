// What the user chose on the command line or by DRYDOCK_* variables.
#pragma once

#include <filesystem>
#include <string>

namespace drydock {

struct Options {
  std::string host = "127.0.0.1";
  int port = 4566;
  std::string account_id = "000000000000";
  std::filesystem::path data_dir = ".drydock";
  bool ephemeral = false;
  bool realistic_timing = false;
  bool manual_clock = false;
  bool strict_auth = false;
  std::string blocked = "reset";  // what a client that the network refuses sees: reset | drop
  std::string images = "any";     // whether tasks may name images of other registries: any | local
  std::string events_hook;        // an URL that events are posted to; empty: none
  std::string events_log_group;   // a log group that events are written to; empty: none
  std::string log_level = "info";
};

}  // namespace drydock
