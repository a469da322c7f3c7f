#include "emulator/core/schema.h"

#include <catch2/catch.hpp>

namespace {
struct Leaf {
  std::string name;
  std::optional<std::int32_t> port;
};
struct Tree {
  std::string id;
  std::vector<Leaf> leaves;
  drydock::List<std::string> labels;
  drydock::Map<std::string> tags;
  drydock::Box<Tree> child;
  std::optional<Leaf> crown;
};
}  // namespace
DRYDOCK_SCHEMA(Leaf, name, port)
DRYDOCK_SCHEMA(Tree, id, leaves, labels, tags, child, crown)

using namespace drydock;

TEST_CASE("a record's schema reaches every member by its table") {
  const Schema& schema = SchemaOf<Tree>();
  REQUIRE(schema.count == 6);
  Tree tree;
  auto* base = reinterpret_cast<char*>(&tree);
  for (const Field& field : schema) {
    void* slot = base + field.offset;
    if (std::string(field.name) == "id") *static_cast<std::string*>(field.type->emplace(slot)) = "oak";
    if (std::string(field.name) == "leaves") {
      void* list = field.type->emplace(slot);
      REQUIRE(field.type->element().kind == Kind::kStructure);
      static_cast<Leaf*>(field.type->append(list))->name = "first";
    }
    if (std::string(field.name) == "child") static_cast<Tree*>(field.type->emplace(slot))->id = "acorn";
  }
  CHECK(tree.id == "oak");
  CHECK(tree.leaves.at(0).name == "first");
  CHECK(tree.child->id == "acorn");
}

TEST_CASE("absent and empty lists differ when the type knows the difference") {
  Tree tree;
  const Field& labels = SchemaOf<Tree>().fields[2];
  const auto* slot = reinterpret_cast<const char*>(&tree) + labels.offset;
  CHECK(labels.type->get(slot) == nullptr);
  tree.labels.present = true;
  CHECK(labels.type->get(slot) != nullptr);
}

TEST_CASE("a box copies deeply") {
  Tree tree;
  tree.child.emplace().id = "acorn";
  Tree copy = tree;
  copy.child->id = "other";
  CHECK(tree.child->id == "acorn");
}
