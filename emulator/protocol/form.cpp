#include "emulator/protocol/form.h"

#include <algorithm>
#include <charconv>

#include "emulator/core/text.h"

namespace drydock::protocol {

namespace {
constexpr int kMaximumDepth = 32;
}

std::unique_ptr<FormNode> FormNode::Parse(std::string_view body) {
  auto root = std::make_unique<FormNode>();
  std::string name, value;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    if (!DecodeForm(pair.substr(0, equals), name)) return nullptr;
    if (!DecodeForm(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), value))
      return nullptr;
    if (!IsUtf8(name) || !IsUtf8(value)) return nullptr;
    FormNode* node = root.get();
    std::string_view rest = name;
    for (int depth = 0;; ++depth) {
      if (depth == kMaximumDepth) return nullptr;
      const auto dot = rest.find('.');
      auto& child = node->children_[std::string(rest.substr(0, dot))];
      if (!child) child = std::make_unique<FormNode>();
      node = child.get();
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
    if (node->value_) return nullptr;
    node->value_ = value;
  }
  return root;
}

const FormNode* FormNode::child(const std::string& name) const {
  const auto found = children_.find(name);
  return found == children_.end() ? nullptr : found->second.get();
}

std::vector<const FormNode*> FormNode::items() const {
  std::vector<std::pair<long, const FormNode*>> numbered;
  for (const auto& [name, node] : children_) {
    long number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) numbered.emplace_back(number, node.get());
  }
  std::sort(numbered.begin(), numbered.end());
  std::vector<const FormNode*> items;
  for (const auto& [number, node] : numbered) items.push_back(node);
  return items;
}

std::optional<std::string> FormNode::Take(const std::string& name) {
  const auto found = children_.find(name);
  if (found == children_.end()) return std::nullopt;
  auto value = std::move(found->second->value_);
  children_.erase(found);
  return value;
}

std::optional<std::string> FormNode::FirstUnread() const {
  for (const auto& [name, node] : children_) {
    if (!node->read_) {
      // The whole name of the parameter, not only the part that begins to be unknown.
      const FormNode* deepest = node.get();
      std::string full = name;
      while (!deepest->value_ && !deepest->children_.empty()) {
        full += "." + deepest->children_.begin()->first;
        deepest = deepest->children_.begin()->second.get();
      }
      return full;
    }
    if (const auto inner = node->FirstUnread()) return name + "." + *inner;
  }
  return std::nullopt;
}

}  // namespace drydock::protocol
