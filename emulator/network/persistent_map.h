// An immutable hash map whose successors share all but a path of nodes with it (a hash trie, 32-way).
//
// With() and Without() cost O(log n) and leave the map they are called on as it was; copies cost one pointer. Internal
// to the network room.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace drydock::network {

// `Hash` and `==` must take every type that Find() is called with, and agree on it with `Key`.
template <class Key, class Value, class Hash>
class PersistentMap {
 public:
  std::size_t size() const { return size_; }

  // nullptr if the key is absent; else valid as long as any map that holds this entry.
  template <class Lookup>
  const Value* Find(const Lookup& key) const {
    const std::uint64_t hash = Hash()(key);
    const Node* node = root_.get();
    for (int shift = 0; node != nullptr; shift += kBits) {
      const Slot* slot = node->At(Bit(hash, shift));
      if (slot == nullptr) return nullptr;
      if (const auto* child = std::get_if<NodePointer>(slot)) {
        node = child->get();
        continue;
      }
      for (const Leaf* leaf = std::get<LeafPointer>(*slot).get(); leaf != nullptr; leaf = leaf->next.get()) {
        if (leaf->key == key) return &leaf->value;
      }
      return nullptr;
    }
    return nullptr;
  }

  [[nodiscard]] PersistentMap With(Key key, Value value) const {
    const std::uint64_t hash = Hash()(key);
    const std::size_t size = size_ + (Find(key) == nullptr ? 1 : 0);
    auto leaf = std::make_shared<const Leaf>(Leaf{hash, std::move(key), std::move(value), nullptr});
    return PersistentMap(Insert(root_.get(), 0, std::move(leaf)), size);
  }

  template <class Lookup>
  [[nodiscard]] PersistentMap Without(const Lookup& key) const {
    if (Find(key) == nullptr) return *this;
    return PersistentMap(Remove(*root_, 0, Hash()(key), key), size_ - 1);
  }

  template <class Visit>
  void ForEach(const Visit& visit) const {
    if (root_ != nullptr) Each(*root_, visit);
  }

  PersistentMap() = default;

 private:
  struct Node;
  struct Leaf;
  using NodePointer = std::shared_ptr<const Node>;
  using LeafPointer = std::shared_ptr<const Leaf>;
  using Slot = std::variant<NodePointer, LeafPointer>;
  static constexpr int kBits = 5;

  // Entries whose hashes are equal in all 64 bits form a chain.
  struct Leaf {
    std::uint64_t hash;
    Key key;
    Value value;
    LeafPointer next;
  };

  // Only the slots in use are stored; `used` says which of the 32 they are.
  struct Node {
    std::uint32_t used = 0;
    std::vector<Slot> slots;

    std::size_t Rank(std::uint32_t bit) const { return static_cast<std::size_t>(std::popcount(used & (bit - 1))); }
    const Slot* At(std::uint32_t bit) const { return (used & bit) != 0 ? &slots[Rank(bit)] : nullptr; }
  };

  PersistentMap(NodePointer root, std::size_t size) : root_(std::move(root)), size_(size) {}

  static std::uint32_t Bit(std::uint64_t hash, int shift) { return std::uint32_t{1} << (hash >> shift & 31); }

  static NodePointer Replaced(const Node& node, std::uint32_t bit, Slot slot) {
    auto copy = std::make_shared<Node>();
    copy->used = node.used | bit;
    copy->slots.reserve(node.slots.size() + 1);
    copy->slots = node.slots;
    const auto at = copy->slots.begin() + static_cast<std::ptrdiff_t>(node.Rank(bit));
    if ((node.used & bit) != 0) {
      *at = std::move(slot);
    } else {
      copy->slots.insert(at, std::move(slot));
    }
    return copy;
  }

  static NodePointer Insert(const Node* node, int shift, LeafPointer leaf) {
    const std::uint32_t bit = Bit(leaf->hash, shift);
    static const Node kEmpty;
    if (node == nullptr) node = &kEmpty;
    const Slot* slot = node->At(bit);
    if (slot == nullptr) return Replaced(*node, bit, std::move(leaf));
    if (const auto* child = std::get_if<NodePointer>(slot)) {
      return Replaced(*node, bit, Insert(child->get(), shift + kBits, std::move(leaf)));
    }
    const LeafPointer& present = std::get<LeafPointer>(*slot);
    if (present->hash == leaf->hash) {
      const Leaf& added = *leaf;
      return Replaced(
          *node, bit,
          std::make_shared<const Leaf>(Leaf{added.hash, added.key, added.value, ChainWithout(present, added.key)}));
    }
    // Two entries in one slot: they part ways further down, at the latest where their 64 bits end.
    NodePointer below = Insert(nullptr, shift + kBits, present);
    return Replaced(*node, bit, Insert(below.get(), shift + kBits, std::move(leaf)));
  }

  template <class Lookup>
  static LeafPointer ChainWithout(const LeafPointer& chain, const Lookup& key) {
    if (chain == nullptr) return nullptr;
    if (chain->key == key) return chain->next;
    return std::make_shared<const Leaf>(Leaf{chain->hash, chain->key, chain->value, ChainWithout(chain->next, key)});
  }

  // The key is known to be there. nullptr when nothing remains.
  template <class Lookup>
  static NodePointer Remove(const Node& node, int shift, std::uint64_t hash, const Lookup& key) {
    const std::uint32_t bit = Bit(hash, shift);
    const Slot& slot = *node.At(bit);
    if (const auto* child = std::get_if<NodePointer>(&slot)) {
      NodePointer remains = Remove(**child, shift + kBits, hash, key);
      if (remains != nullptr) return Replaced(node, bit, std::move(remains));
    } else if (LeafPointer remains = ChainWithout(std::get<LeafPointer>(slot), key)) {
      return Replaced(node, bit, std::move(remains));
    }
    if (node.slots.size() == 1) return nullptr;
    auto copy = std::make_shared<Node>(node);
    copy->slots.erase(copy->slots.begin() + static_cast<std::ptrdiff_t>(node.Rank(bit)));
    copy->used &= ~bit;
    return copy;
  }

  template <class Visit>
  static void Each(const Node& node, const Visit& visit) {
    for (const Slot& slot : node.slots) {
      if (const auto* child = std::get_if<NodePointer>(&slot)) {
        Each(**child, visit);
      } else {
        for (const Leaf* leaf = std::get<LeafPointer>(slot).get(); leaf != nullptr; leaf = leaf->next.get()) {
          visit(leaf->key, leaf->value);
        }
      }
    }
  }

  NodePointer root_;
  std::size_t size_ = 0;
};

}  // namespace drydock::network
