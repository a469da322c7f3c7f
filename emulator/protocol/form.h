// A form body (or query string) of the query protocols as one trie: Filter.1.Name=x is Filter -> 1 -> Name -> "x".
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::protocol {

class FormNode {
 public:
  // nullptr when the body is not a form: a bad percent-escape, text that is not UTF-8, names nested over 32 levels,
  // one name given twice.
  static std::unique_ptr<FormNode> Parse(std::string_view body);

  const std::optional<std::string>& value() const { return value_; }
  bool has_children() const { return !children_.empty(); }
  const FormNode* child(const std::string& name) const;
  // The children whose names are numbers, in the order of the numbers.
  std::vector<const FormNode*> items() const;
  // Takes a value that is no parameter of the operation (Action, Version) away; nullopt when absent.
  std::optional<std::string> Take(const std::string& name);

  // Whether a decoder has read this node, and the dotted name of a node that none has.
  void MarkRead() const { read_ = true; }
  std::optional<std::string> FirstUnread() const;

 private:
  std::optional<std::string> value_;
  std::map<std::string, std::unique_ptr<FormNode>, std::less<>> children_;
  mutable bool read_ = false;
};

}  // namespace drydock::protocol
