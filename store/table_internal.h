// The templates of store/table.h: they turn a record type into plain values once, and the rest is ordinary code.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <type_traits>

#include "store/table.h"

namespace drydock::store {

// A record type as the store's code sees it, with the SQL that does not depend on a query.
struct RecordType {
  RecordType(TableName name, const Schema& record_schema, const std::vector<std::ptrdiff_t>& id_offsets,
             const std::vector<std::ptrdiff_t>& indexed_offsets);

  const char* table;
  ScopeKind scope;
  const Schema& schema;
  std::vector<const Field*> id;
  std::vector<const Field*> indexed;
  std::string get_sql;
  std::string put_sql;
  std::string erase_sql;
};

// One member's part of an id; several are joined so that ids order as their members do.
using IdPart = std::variant<std::string_view, std::int64_t>;
std::string JoinId(const std::vector<IdPart>& parts);
std::string IdOfRecord(const RecordType& type, const void* record);

namespace table_internal {

template <class T>
std::vector<std::ptrdiff_t> Offsets(const auto& members) {
  static const T probe{};
  const auto offset = [](const auto& member) {
    return reinterpret_cast<const char*>(&member) - reinterpret_cast<const char*>(&probe);
  };
  return std::apply([&](auto... member) { return std::vector<std::ptrdiff_t>{offset(probe.*member)...}; }, members);
}

template <class T>
std::vector<std::ptrdiff_t> IndexedOffsets() {
  if constexpr (requires { T::kIndexed; }) return Offsets<T>(T::kIndexed);
  return {};
}

template <class T>
const RecordType& RecordTypeOf() {
  static const RecordType type(T::kTable, SchemaOf<T>(), Offsets<T>(T::kId), IndexedOffsets<T>());
  return type;
}

template <class M>
IdPart PartOf(const auto& value) {
  if constexpr (std::same_as<M, std::string>)
    return std::string_view(value);
  else
    return static_cast<std::int64_t>(value);
}

template <class T, class... Id>
std::string MakeId(const Id&... id) {
  static_assert(sizeof...(Id) == std::tuple_size_v<decltype(T::kId)>, "one argument for each member in T::kId");
  return std::apply([&]<class... M>(M T::*...) { return JoinId({PartOf<M>(id)...}); }, T::kId);
}

template <class M>
struct Unwrapped {
  using type = M;
};
template <class M>
struct Unwrapped<std::optional<M>> {
  using type = M;
};

template <class M, class V>
Value ValueOf(const V& value) {
  using Content = typename Unwrapped<M>::type;
  if constexpr (std::same_as<V, std::nullopt_t>)
    return std::monostate();
  else if constexpr (std::same_as<V, std::optional<Content>>)
    return value ? ValueOf<M>(*value) : Value();
  else if constexpr (std::same_as<Content, std::string>)
    return std::string(value);
  else if constexpr (std::same_as<Content, Timestamp>)
    return Timestamp(value).milliseconds;
  else
    return static_cast<std::int64_t>(value);
}

template <class T, class M>
std::string NameOf(M T::*member) {
  const std::ptrdiff_t offset = Offsets<T>(std::tuple(member)).front();
  for (const Field& field : SchemaOf<T>()) {
    if (static_cast<std::ptrdiff_t>(field.offset) == offset) return field.name;
  }
  throw std::logic_error(std::string("a look-up by a member that is not in the schema of ") + SchemaOf<T>().name);
}

}  // namespace table_internal

template <class T, class M, class V>
Query& Query::And(M T::*member, const V& value) {
  return And(table_internal::NameOf(member), table_internal::ValueOf<M>(value));
}
inline Query& Query::And(std::string member, Value value) {
  where.push_back({std::move(member), std::move(value)});
  return *this;
}
template <class T, class M, class V>
Query Where(M T::*member, const V& value) {
  return Query().And(member, value);
}
inline Query Where(std::string member, Value value) {
  return Query().And(std::move(member), std::move(value));
}

template <class T>
std::string IdOf(const T& record) {
  return IdOfRecord(table_internal::RecordTypeOf<T>(), &record);
}

template <class T, class... Id>
std::optional<T> Transaction::Get(const Scope& scope, const Id&... id) {
  std::optional<T> record(std::in_place);
  if (!GetRecord(table_internal::RecordTypeOf<T>(), scope, table_internal::MakeId<T>(id...), &*record)) record.reset();
  return record;
}

template <class T>
std::optional<T> Transaction::Get(const Change& change) {
  std::optional<T> record(std::in_place);
  if (!GetRecord(table_internal::RecordTypeOf<T>(), change.scope, change.id, &*record)) record.reset();
  return record;
}

template <class T>
void Transaction::Put(const Scope& scope, const T& record) {
  PutRecord(table_internal::RecordTypeOf<T>(), scope, &record);
}

template <class T, class... Id>
bool Transaction::Erase(const Scope& scope, const Id&... id) {
  return EraseRecord(table_internal::RecordTypeOf<T>(), scope, table_internal::MakeId<T>(id...));
}

template <class T>
Page<T> Transaction::ListPage(const Scope& scope, const Query& query) {
  Page<T> page;
  page.next = ListRecords(table_internal::RecordTypeOf<T>(), &scope, query,
                          [&](Scope) -> void* { return &page.records.emplace_back(); });
  return page;
}

template <class T>
std::vector<T> Transaction::List(const Scope& scope, const Query& query) {
  return ListPage<T>(scope, query).records;
}

template <class T>
std::size_t Transaction::Count(const Scope& scope, const Query& query) {
  return CountRecords(table_internal::RecordTypeOf<T>(), scope, query);
}

template <class T>
std::vector<std::pair<Scope, T>> Transaction::ListAll() {
  std::vector<std::pair<Scope, T>> all;
  ListRecords(table_internal::RecordTypeOf<T>(), nullptr, {},
              [&](Scope scope) -> void* { return &all.emplace_back(std::move(scope), T()).second; });
  return all;
}

}  // namespace drydock::store
