#include "emulator/network/topology.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emulator/network/persistent_map.h"

namespace drydock::network {
namespace {

// An address is only unique within its VPC. `Text` is std::string in the map and std::string_view in look-ups.
template <class Text>
struct VpcAddress {
  Text vpc_id;
  Address address;
  template <class Other>
  bool operator==(const VpcAddress<Other>& other) const {
    return address == other.address && vpc_id == other.vpc_id;
  }
};

struct KeyHash {
  std::uint64_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  std::uint64_t operator()(const Address& address) const { return std::hash<Address>()(address); }
  template <class Text>
  std::uint64_t operator()(const VpcAddress<Text>& key) const {
    return (*this)(std::string_view(key.vpc_id)) ^ (*this)(key.address);
  }
};

template <class Element>
using Pointer = std::shared_ptr<const Element>;
template <class Key, class Element>
using Index = PersistentMap<Key, Pointer<Element>, KeyHash>;
template <class Element>
using ById = Index<std::string, Element>;
// For the few elements of a kind that a VPC has.
template <class Element>
using ListByVpc = PersistentMap<std::string, std::vector<Pointer<Element>>, KeyHash>;

template <class Key, class Element>
void Enter(Index<Key, Element>& index, Key key, const Pointer<Element>& element) {
  index = index.With(std::move(key), element);
}

// Takes an entry back unless another element has taken the key over in the meantime.
template <class Key, class Element>
void Remove(Index<Key, Element>& index, const Key& key, const Element& element) {
  const auto* present = index.Find(key);
  if (present != nullptr && (*present)->id == element.id) index = index.Without(key);
}

template <class Element>
void Enter(ListByVpc<Element>& index, const std::string& vpc_id, const Pointer<Element>& element) {
  const auto* present = index.Find(vpc_id);
  auto list = present != nullptr ? *present : std::vector<Pointer<Element>>();
  // Kept in the order of ids, so that no answer depends on the order in which the elements came.
  const auto at =
      std::lower_bound(list.begin(), list.end(), element, [](const auto& a, const auto& b) { return a->id < b->id; });
  if (at == list.end() || (*at)->id != element->id) list.insert(at, element);
  index = index.With(vpc_id, std::move(list));
}

template <class Element>
void Remove(ListByVpc<Element>& index, const std::string& vpc_id, const Element& element) {
  const auto* present = index.Find(vpc_id);
  if (present == nullptr) return;
  auto list = *present;
  std::erase_if(list, [&](const auto& other) { return other->id == element.id; });
  index = list.empty() ? index.Without(vpc_id) : index.With(vpc_id, std::move(list));
}

template <class Value>
auto* Plain(const Value* found) {
  return found != nullptr ? found->get() : nullptr;
}

template <class Element>
std::vector<const Element*> PlainList(const std::vector<Pointer<Element>>* found) {
  std::vector<const Element*> list;
  if (found != nullptr) {
    list.reserve(found->size());
    for (const auto& element : *found) list.push_back(element.get());
  }
  return list;
}

void Normalize(auto&) {}
void Normalize(NetworkAcl& acl) {
  std::stable_sort(acl.entries.begin(), acl.entries.end(),
                   [](const auto& a, const auto& b) { return a.rule_number < b.rule_number; });
}

}  // namespace

struct Topology::State {
  std::tuple<ById<Vpc>, ById<Subnet>, ById<RouteTable>, ById<NetworkAcl>, ById<SecurityGroup>, ById<PrefixList>,
             ById<NetworkInterface>, ById<InternetGateway>, ById<EgressOnlyInternetGateway>, ById<NatGateway>,
             ById<VpcEndpoint>, ById<VpcPeeringConnection>>
      elements;

  Index<std::string, RouteTable> route_table_by_subnet;
  Index<std::string, RouteTable> main_route_table_by_vpc;
  Index<std::string, NetworkAcl> network_acl_by_subnet;
  Index<VpcAddress<std::string>, NetworkInterface> interface_by_address;
  Index<Address, NetworkInterface> interface_by_public_address;
  PersistentMap<std::string, ById<NetworkInterface>, KeyHash> interfaces_by_group;
  Index<std::string, InternetGateway> internet_gateway_by_vpc;
  Index<std::string, NatGateway> nat_gateway_by_interface;
  Index<std::string, PrefixList> prefix_list_by_name;
  ListByVpc<VpcEndpoint> endpoints_by_vpc;
  ListByVpc<VpcPeeringConnection> peerings_by_vpc;

  template <class Element>
  ById<Element>& Table() {
    return std::get<ById<Element>>(elements);
  }
  template <class Element>
  const ById<Element>& Table() const {
    return std::get<ById<Element>>(elements);
  }

  // Calls `entry(index, key)` for every index entry that belongs to the element: one list for entering and removing.
  void EachEntry(const Vpc&, const auto&) {}
  void EachEntry(const Subnet&, const auto&) {}
  void EachEntry(const SecurityGroup&, const auto&) {}
  void EachEntry(const EgressOnlyInternetGateway&, const auto&) {}
  void EachEntry(const PrefixList& list, const auto& entry) { entry(prefix_list_by_name, list.name); }
  void EachEntry(const RouteTable& table, const auto& entry) {
    for (const auto& subnet_id : table.subnet_ids) entry(route_table_by_subnet, subnet_id);
    if (table.main) entry(main_route_table_by_vpc, table.vpc_id);
  }
  void EachEntry(const NetworkAcl& acl, const auto& entry) {
    for (const auto& subnet_id : acl.subnet_ids) entry(network_acl_by_subnet, subnet_id);
  }
  void EachEntry(const NetworkInterface& interface, const auto& entry) {
    for (const auto& ipv4 : interface.private_ipv4) {
      entry(interface_by_address, VpcAddress<std::string>{interface.vpc_id, ipv4.address});
      if (ipv4.public_address) entry(interface_by_public_address, *ipv4.public_address);
    }
    for (const auto& ipv6 : interface.ipv6) {
      entry(interface_by_address, VpcAddress<std::string>{interface.vpc_id, ipv6});
      entry(interface_by_public_address, ipv6);
    }
  }
  void EachEntry(const InternetGateway& gateway, const auto& entry) {
    if (!gateway.vpc_id.empty()) entry(internet_gateway_by_vpc, gateway.vpc_id);
  }
  void EachEntry(const NatGateway& gateway, const auto& entry) {
    entry(nat_gateway_by_interface, gateway.network_interface_id);
  }
  void EachEntry(const VpcEndpoint& endpoint, const auto& entry) { entry(endpoints_by_vpc, endpoint.vpc_id); }
  void EachEntry(const VpcPeeringConnection& peering, const auto& entry) {
    entry(peerings_by_vpc, peering.requester_vpc_id);
    entry(peerings_by_vpc, peering.accepter_vpc_id);
  }

  void EnterGroups(const auto&) {}
  void EnterGroups(const Pointer<NetworkInterface>& interface) {
    for (const auto& group_id : interface->group_ids) {
      const auto* members = interfaces_by_group.Find(group_id);
      interfaces_by_group = interfaces_by_group.With(
          group_id, (members != nullptr ? *members : ById<NetworkInterface>()).With(interface->id, interface));
    }
  }
  void RemoveFromGroups(const auto&) {}
  void RemoveFromGroups(const NetworkInterface& interface) {
    for (const auto& group_id : interface.group_ids) {
      const auto* members = interfaces_by_group.Find(group_id);
      if (members == nullptr) continue;
      auto rest = members->Without(interface.id);
      interfaces_by_group = rest.size() == 0 ? interfaces_by_group.Without(group_id)
                                             : interfaces_by_group.With(group_id, std::move(rest));
    }
  }

  template <class Element>
  void Put(Element element) {
    Take<Element>(element.id);
    Normalize(element);
    const auto pointer = std::make_shared<const Element>(std::move(element));
    Table<Element>() = Table<Element>().With(pointer->id, pointer);
    EachEntry(*pointer, [&](auto& index, const auto& key) { Enter(index, key, pointer); });
    EnterGroups(pointer);
  }

  template <class Element>
  void Take(std::string_view id) {
    const auto* found = Table<Element>().Find(id);
    if (found == nullptr) return;
    const Pointer<Element> element = *found;  // kept alive while its entries go
    EachEntry(*element, [&](auto& index, const auto& key) { Remove(index, key, *element); });
    RemoveFromGroups(*element);
    Table<Element>() = Table<Element>().Without(id);
  }
};

Topology::Topology() : state_(std::make_shared<const State>()) {}
Topology::Topology(std::shared_ptr<const State> state) : state_(std::move(state)) {}

template <class Element>
Topology Topology::With(Element element) const {
  auto state = std::make_shared<State>(*state_);
  state->Put(std::move(element));
  return Topology(std::move(state));
}

template <class Element>
Topology Topology::Without(std::string_view id) const {
  if (Find<Element>(id) == nullptr) return *this;
  auto state = std::make_shared<State>(*state_);
  state->template Take<Element>(id);
  return Topology(std::move(state));
}

template <class Element>
const Element* Topology::Find(std::string_view id) const {
  return Plain(state_->Table<Element>().Find(id));
}

template <class Element>
std::size_t Topology::Count() const {
  return state_->Table<Element>().size();
}

template <class Element>
void Topology::ForEach(const std::function<void(const Element&)>& visit) const {
  state_->Table<Element>().ForEach([&](const std::string&, const Pointer<Element>& element) { visit(*element); });
}

#define DRYDOCK_TOPOLOGY_ELEMENT(Element)                                  \
  template Topology Topology::With<Element>(Element) const;                \
  template Topology Topology::Without<Element>(std::string_view) const;    \
  template const Element* Topology::Find<Element>(std::string_view) const; \
  template std::size_t Topology::Count<Element>() const;                   \
  template void Topology::ForEach<Element>(const std::function<void(const Element&)>&) const;
DRYDOCK_TOPOLOGY_ELEMENT(Vpc)
DRYDOCK_TOPOLOGY_ELEMENT(Subnet)
DRYDOCK_TOPOLOGY_ELEMENT(RouteTable)
DRYDOCK_TOPOLOGY_ELEMENT(NetworkAcl)
DRYDOCK_TOPOLOGY_ELEMENT(SecurityGroup)
DRYDOCK_TOPOLOGY_ELEMENT(PrefixList)
DRYDOCK_TOPOLOGY_ELEMENT(NetworkInterface)
DRYDOCK_TOPOLOGY_ELEMENT(InternetGateway)
DRYDOCK_TOPOLOGY_ELEMENT(EgressOnlyInternetGateway)
DRYDOCK_TOPOLOGY_ELEMENT(NatGateway)
DRYDOCK_TOPOLOGY_ELEMENT(VpcEndpoint)
DRYDOCK_TOPOLOGY_ELEMENT(VpcPeeringConnection)
#undef DRYDOCK_TOPOLOGY_ELEMENT

const RouteTable* Topology::RouteTableOf(const Subnet& subnet) const {
  if (const auto* table = Plain(state_->route_table_by_subnet.Find(subnet.id))) return table;
  return Plain(state_->main_route_table_by_vpc.Find(subnet.vpc_id));
}

const NetworkAcl* Topology::NetworkAclOf(std::string_view subnet_id) const {
  return Plain(state_->network_acl_by_subnet.Find(subnet_id));
}

const NetworkInterface* Topology::InterfaceAt(std::string_view vpc_id, const Address& address) const {
  return Plain(state_->interface_by_address.Find(VpcAddress<std::string_view>{vpc_id, address}));
}

const NetworkInterface* Topology::InterfaceAtPublic(const Address& address) const {
  return Plain(state_->interface_by_public_address.Find(address));
}

const InternetGateway* Topology::InternetGatewayOf(std::string_view vpc_id) const {
  return Plain(state_->internet_gateway_by_vpc.Find(vpc_id));
}

const PrefixList* Topology::PrefixListNamed(std::string_view name) const {
  return Plain(state_->prefix_list_by_name.Find(name));
}

const NatGateway* Topology::NatGatewayOf(std::string_view network_interface_id) const {
  return Plain(state_->nat_gateway_by_interface.Find(network_interface_id));
}

std::vector<const VpcEndpoint*> Topology::EndpointsOf(std::string_view vpc_id) const {
  return PlainList(state_->endpoints_by_vpc.Find(vpc_id));
}

std::vector<const VpcPeeringConnection*> Topology::PeeringsOf(std::string_view vpc_id) const {
  return PlainList(state_->peerings_by_vpc.Find(vpc_id));
}

std::vector<Address> Topology::AddressesOf(std::string_view group_id) const {
  std::vector<Address> addresses;
  if (const auto* members = state_->interfaces_by_group.Find(group_id)) {
    members->ForEach([&](const std::string&, const Pointer<NetworkInterface>& interface) {
      for (const auto& ipv4 : interface->private_ipv4) addresses.push_back(ipv4.address);
      addresses.insert(addresses.end(), interface->ipv6.begin(), interface->ipv6.end());
    });
  }
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

}  // namespace drydock::network
