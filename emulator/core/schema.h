// Schemas: const tables that say how to reach the members of a plain struct.
//
// The structs of the AWS API are generated (emulator/api/generate.py) together with their tables; the store's records
// write theirs by hand with DRYDOCK_FIELD. One decoder, one encoder, one validator and the store walk these tables, so
// no code is generated or written per struct. Everything here is immutable and may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace drydock {

// A list or map of the API that knows whether it was there at all: JSON tells `[]` from a missing member, and so do
// some operations. A list that was filled counts as present.
template <class T>
struct List : std::vector<T> {
  using std::vector<T>::vector;
  List() = default;
  List(std::vector<T> values) : std::vector<T>(std::move(values)), present(true) {}  // NOLINT: meant to convert
  bool present = false;
};
template <class T>
struct Map : std::map<std::string, T> {
  using std::map<std::string, T>::map;
  Map() = default;
  Map(std::map<std::string, T> values) : std::map<std::string, T>(std::move(values)), present(true) {}  // NOLINT
  bool present = false;
};

// A point in time as AWS's wire knows it: milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t milliseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// Bytes that JSON and XML carry as base64.
struct Blob {
  std::string bytes;
  auto operator<=>(const Blob&) const = default;
};

// A value that may be absent and whose type may contain itself. Copies deeply.
template <class T>
class Box {
 public:
  Box() = default;
  Box(const Box& other) { *this = other; }
  Box(Box&&) noexcept = default;
  Box& operator=(const Box& other) {
    if (this != &other) value_.assign(other.value_.begin(), other.value_.end());
    return *this;
  }
  Box& operator=(Box&&) noexcept = default;
  explicit operator bool() const { return !value_.empty(); }
  bool has_value() const { return !value_.empty(); }
  T& emplace() {
    value_.clear();
    return value_.emplace_back();
  }
  const T& operator*() const { return value_.front(); }
  T& operator*() { return value_.front(); }
  const T* operator->() const { return &value_.front(); }
  T* operator->() { return &value_.front(); }

 private:
  std::vector<T> value_;  // a vector may hold an incomplete type; an optional may not
};

enum class Kind { kBoolean, kInteger, kLong, kDouble, kString, kTimestamp, kBlob, kStructure, kList, kMap };

struct Schema;

// How to read and write a slot of some C++ type whose content is of `kind`. The content of a slot is
//   kBoolean bool, kInteger int32_t, kLong int64_t, kDouble double, kString std::string, kTimestamp Timestamp,
//   kBlob Blob, kStructure the struct itself, kList and kMap the container itself.
struct Type {
  Kind kind;
  // The content, or nullptr when the slot is absent. Plain (non-optional) slots are always present.
  const void* (*get)(const void* slot);
  // Makes the slot present with an empty content and returns that content.
  void* (*emplace)(void* slot);
  // kStructure: the table of its members. A function, because schemas may refer to each other in circles.
  const Schema& (*schema)() = nullptr;
  // kList, kMap: the element (map: the mapped value).
  const Type& (*element)() = nullptr;
  std::size_t (*size)(const void* content) = nullptr;
  const void* (*at)(const void* list, std::size_t index) = nullptr;
  void* (*append)(void* list) = nullptr;
  // kMap: calls `visit` for each entry in key order; `insert` returns the slot of a new or existing key.
  void (*each)(const void* map, void* context,
               void (*visit)(void* context, const std::string& key, const void* slot)) = nullptr;
  void* (*insert)(void* map, const std::string& key) = nullptr;
};

// What AWS's model allows for a member's value (for a list or map: its size; for a string: its length).
struct Constraints {
  std::optional<double> minimum;
  std::optional<double> maximum;
  const char* pattern = nullptr;             // RE2 syntax, matched as AWS does: against the whole value
  const char* const* enumeration = nullptr;  // ends with nullptr
  const Constraints* element = nullptr;      // of a list's elements or a map's values
  const Constraints* key = nullptr;          // of a map's keys
};

// One member of a struct.
struct Field {
  const char* name;    // as AWS's model spells it; in records, as the JSON document spells it
  std::size_t offset;  // from the start of the struct
  const Type* type;
  // The wire: how requests spell the member, how answers do, and what list items are called. Records leave them alone.
  const char* request_name = nullptr;
  const char* response_name = nullptr;
  const char* item_name = nullptr;  // query, XML: the element around each list item
  bool required = false;
  const Constraints* constraints = nullptr;
  bool sensitive = false;  // never written to logs or the audit trail
};

struct Schema {
  const char* name;
  const Field* fields;
  std::size_t count;
  const Field* begin() const { return fields; }
  const Field* end() const { return fields + count; }
};

// A struct's table. Generated structs and records specialise it:
//   template <> const Schema& SchemaOf<Subnet>();
template <class T>
const Schema& SchemaOf();

namespace schema_internal {

template <class T>
struct ContentKind;
template <>
struct ContentKind<bool> {
  static constexpr Kind value = Kind::kBoolean;
};
template <>
struct ContentKind<std::int32_t> {
  static constexpr Kind value = Kind::kInteger;
};
template <>
struct ContentKind<std::int64_t> {
  static constexpr Kind value = Kind::kLong;
};
template <>
struct ContentKind<double> {
  static constexpr Kind value = Kind::kDouble;
};
template <>
struct ContentKind<std::string> {
  static constexpr Kind value = Kind::kString;
};
template <>
struct ContentKind<Timestamp> {
  static constexpr Kind value = Kind::kTimestamp;
};
template <>
struct ContentKind<Blob> {
  static constexpr Kind value = Kind::kBlob;
};
template <class T>
struct ContentKind {
  static constexpr Kind value = Kind::kStructure;
};

template <class T>
constexpr const Schema& (*SchemaFunction())() {
  if constexpr (ContentKind<T>::value == Kind::kStructure)
    return &SchemaOf<T>;
  else
    return nullptr;
}

// A plain slot: always present.
template <class T>
struct Slot {
  static constexpr Type type{ContentKind<T>::value, [](const void* slot) { return slot; },
                             [](void* slot) -> void* { return slot; }, SchemaFunction<T>()};
};

template <class T, class Holder>
struct OptionalSlot {
  static constexpr Type type{ContentKind<T>::value,
                             [](const void* slot) -> const void* {
                               const auto& holder = *static_cast<const Holder*>(slot);
                               return holder.has_value() ? &*holder : nullptr;
                             },
                             [](void* slot) -> void* { return &static_cast<Holder*>(slot)->emplace(); },
                             SchemaFunction<T>()};
};
template <class T>
struct Slot<std::optional<T>> : OptionalSlot<T, std::optional<T>> {};
template <class T>
struct Slot<Box<T>> : OptionalSlot<T, Box<T>> {};

template <class Container, bool kKnowsPresence>
struct ListSlot {
  using Element = typename Container::value_type;
  static constexpr Type type{
      Kind::kList,
      [](const void* slot) -> const void* {
        if constexpr (kKnowsPresence) {
          const auto& list = *static_cast<const Container*>(slot);
          return list.present || !list.empty() ? slot : nullptr;
        } else {
          return slot;
        }
      },
      [](void* slot) -> void* {
        if constexpr (kKnowsPresence) static_cast<Container*>(slot)->present = true;
        static_cast<Container*>(slot)->clear();
        return slot;
      },
      nullptr,
      []() -> const Type& { return Slot<Element>::type; },
      [](const void* list) { return static_cast<const Container*>(list)->size(); },
      [](const void* list, std::size_t i) -> const void* { return &(*static_cast<const Container*>(list))[i]; },
      [](void* list) -> void* { return &static_cast<Container*>(list)->emplace_back(); }};
};
template <class T>
struct Slot<List<T>> : ListSlot<List<T>, true> {};
template <class T>
struct Slot<std::vector<T>> : ListSlot<std::vector<T>, false> {};

template <class Container, bool kKnowsPresence>
struct MapSlot {
  using Element = typename Container::mapped_type;
  static constexpr Type type{
      Kind::kMap,
      [](const void* slot) -> const void* {
        if constexpr (kKnowsPresence) {
          const auto& map = *static_cast<const Container*>(slot);
          return map.present || !map.empty() ? slot : nullptr;
        } else {
          return slot;
        }
      },
      [](void* slot) -> void* {
        if constexpr (kKnowsPresence) static_cast<Container*>(slot)->present = true;
        static_cast<Container*>(slot)->clear();
        return slot;
      },
      nullptr,
      []() -> const Type& { return Slot<Element>::type; },
      [](const void* map) { return static_cast<const Container*>(map)->size(); },
      nullptr,
      nullptr,
      [](const void* map, void* context, void (*visit)(void*, const std::string&, const void*)) {
        for (const auto& [key, value] : *static_cast<const Container*>(map)) visit(context, key, &value);
      },
      [](void* map, const std::string& key) -> void* { return &(*static_cast<Container*>(map))[key]; }};
};
template <class T>
struct Slot<Map<T>> : MapSlot<Map<T>, true> {};
template <class T>
struct Slot<std::map<std::string, T>> : MapSlot<std::map<std::string, T>, false> {};

}  // namespace schema_internal

// The Type of a C++ type: scalars, std::optional, Box, List, Map, std::vector, std::map, and structs with a schema.
template <class T>
constexpr const Type& TypeOf() {
  return schema_internal::Slot<T>::type;
}

}  // namespace drydock

// A field of a record: DRYDOCK_FIELD(Subnet, vpc_id).
#define DRYDOCK_FIELD(Struct, member)                                                   \
  ::drydock::Field {                                                                    \
#member, offsetof(Struct, member), &::drydock::TypeOf < decltype(Struct::member)>() \
  }

// A record's table, written under the struct, outside of its namespace, in the header:
//   DRYDOCK_SCHEMA(drydock::records::ec2::Subnet, subnet_id, vpc_id, cidr_block, tags)
// with up to 40 members.
#define DRYDOCK_SCHEMA(Struct, ...)                                                                  \
  template <>                                                                                        \
  inline const ::drydock::Schema& drydock::SchemaOf<Struct>() {                                      \
    static constexpr ::drydock::Field fields[] = {DRYDOCK_EACH(DRYDOCK_FIELD, Struct, __VA_ARGS__)}; \
    static constexpr ::drydock::Schema schema{#Struct, fields, sizeof fields / sizeof *fields};      \
    return schema;                                                                                   \
  }

// DRYDOCK_EACH(m, s, a, b, c) is m(s, a), m(s, b), m(s, c).
#define DRYDOCK_PARENTHESES ()
#define DRYDOCK_EXPAND(...) DRYDOCK_EXPAND3(DRYDOCK_EXPAND3(DRYDOCK_EXPAND3(DRYDOCK_EXPAND3(__VA_ARGS__))))
#define DRYDOCK_EXPAND3(...) DRYDOCK_EXPAND2(DRYDOCK_EXPAND2(DRYDOCK_EXPAND2(DRYDOCK_EXPAND2(__VA_ARGS__))))
#define DRYDOCK_EXPAND2(...) DRYDOCK_EXPAND1(DRYDOCK_EXPAND1(DRYDOCK_EXPAND1(DRYDOCK_EXPAND1(__VA_ARGS__))))
#define DRYDOCK_EXPAND1(...) __VA_ARGS__
#define DRYDOCK_EACH(m, s, ...) __VA_OPT__(DRYDOCK_EXPAND(DRYDOCK_EACH_STEP(m, s, __VA_ARGS__)))
#define DRYDOCK_EACH_STEP(m, s, first, ...) \
  m(s, first), __VA_OPT__(DRYDOCK_EACH_AGAIN DRYDOCK_PARENTHESES(m, s, __VA_ARGS__))
#define DRYDOCK_EACH_AGAIN() DRYDOCK_EACH_STEP
