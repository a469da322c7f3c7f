// Who a call is made as.
#pragma once

#include <string>

namespace drydock {

struct Principal {
  enum class Type { kRoot, kUser, kAssumedRole, kService };
  Type type = Type::kRoot;
  std::string account;
  std::string arn;         // arn:aws:iam::A:root, arn:aws:iam::A:user/N, arn:aws:sts::A:assumed-role/R/S
  std::string user_id;     // the account's id for root; AIDA…; AROA…:session
  std::string access_key;  // empty for calls that Drydock makes itself
  std::string service;     // kService: ecs.amazonaws.com

  static Principal Root(const std::string& account) {
    return {Type::kRoot, account, "arn:aws:iam::" + account + ":root", account, "", ""};
  }
};

}  // namespace drydock
