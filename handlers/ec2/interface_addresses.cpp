#include "handlers/ec2/interface_addresses.h"

#include <algorithm>
#include <set>

#include "emulator/network/address.h"
#include "handlers/ec2/errors.h"
#include "handlers/ec2/network_interfaces.h"
#include "store/records/ec2/private_address.h"

namespace drydock::ec2 {

namespace {

// Where Drydock's public addresses come from: RFC 2544 keeps 198.18.0.0/15 for benchmarks, so that no host on the
// internet has one of them, while to rules and routes they are public like any other. Of its two halves this is the
// second; the engine takes addresses of services from the first.
constexpr std::uint32_t kPublicPool = 0xC6130000;  // 198.19.0.0/16
constexpr std::uint32_t kPublicPoolSize = 1u << 16;

std::int64_t NumberOf(const network::Address& address) {
  return static_cast<std::int64_t>(address.low());
}

std::set<network::Address> Ipv6AddressesIn(Context& context, const record::Subnet& subnet) {
  std::set<network::Address> taken;
  for (const auto& interface : context.tx.List<record::NetworkInterface>(
           context.scope, store::Where(&record::NetworkInterface::subnet_id, subnet.subnet_id)))
    for (const auto& address : interface.ipv6_addresses)
      if (const auto parsed = network::Address::Parse(address)) taken.insert(*parsed);
  return taken;
}

// The blocks from which AWS gives no address by itself. VPC User Guide, "Subnet CIDR reservations".
std::vector<network::Cidr> ReservedBlocks(Context& context, const record::Subnet& subnet) {
  std::vector<network::Cidr> blocks;
  for (const auto& reservation : context.tx.List<record::SubnetCidrReservation>(
           context.scope, store::Where(&record::SubnetCidrReservation::subnet_id, subnet.subnet_id)))
    blocks.push_back(*network::Cidr::Parse(reservation.cidr));
  return blocks;
}

bool IsInAny(const std::vector<network::Cidr>& blocks, const network::Address& address) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const auto& block) { return block.Contains(address); });
}

// The addresses of a subnet that are taken: one look-up for each question, so that the thousandth interface costs what
// the first one does.
class TakenAddresses {
 public:
  TakenAddresses(Context& context, const record::Subnet& subnet)
      : context_(context), subnet_id_(subnet.subnet_id), cidr_(*network::Cidr::Parse(subnet.cidr_block)) {
    auto known = context.tx.Get<record::LowestFreeAddress>(context.scope, subnet_id_);
    if (known) {
      lowest_free_ = network::Address::V4(static_cast<std::uint32_t>(known->address));
      return;
    }
    lowest_free_ = cidr_.First().Plus(4);
    for (const auto& interface : context.tx.List<record::NetworkInterface>(
             context.scope, store::Where(&record::NetworkInterface::subnet_id, subnet_id_)))
      for (const auto& address : interface.private_ip_addresses)
        if (const auto parsed = network::Address::Parse(address.private_ip_address); parsed && parsed->is_ipv4())
          Take(*parsed);
    RememberLowest();
  }

  bool Contains(const network::Address& address) const {
    return context_.tx.Get<record::TakenAddress>(context_.scope, subnet_id_, NumberOf(address)).has_value();
  }
  void Take(const network::Address& address) {
    context_.tx.Put(context_.scope, record::TakenAddress{subnet_id_, NumberOf(address)});
  }
  void GiveBack(const network::Address& address) {
    context_.tx.Erase<record::TakenAddress>(context_.scope, subnet_id_, NumberOf(address));
    if (address < lowest_free_ && cidr_.First().Plus(4) <= address) lowest_free_ = address;
    RememberLowest();
  }
  // Outside of these blocks.
  std::optional<network::Address> LowestFree(const std::vector<network::Cidr>& reserved) {
    if (network::UsableAddressCount(cidr_) == 0) return std::nullopt;
    while (lowest_free_ != cidr_.Last() && Contains(lowest_free_)) lowest_free_ = lowest_free_.Plus(1);
    RememberLowest();
    for (network::Address address = lowest_free_; address != cidr_.Last(); address = address.Plus(1))
      if (!IsInAny(reserved, address) && !Contains(address)) return address;
    return std::nullopt;
  }

 private:
  void RememberLowest() {
    context_.tx.Put(context_.scope, record::LowestFreeAddress{subnet_id_, NumberOf(lowest_free_)});
  }

  Context& context_;
  const std::string subnet_id_;
  const network::Cidr cidr_;
  network::Address lowest_free_;
};

// Dashes for dots.
std::string Dashed(const std::string& address) {
  std::string dashed = address;
  std::replace(dashed.begin(), dashed.end(), '.', '-');
  return dashed;
}

class Chooser {
 public:
  Chooser(Context& context, const record::Subnet& subnet)
      : cidr_(*network::Cidr::Parse(subnet.cidr_block)),
        reserved_(ReservedBlocks(context, subnet)),
        taken_(context, subnet) {}

  void Add(const std::string& text) {
    const auto address = network::Address::Parse(text);
    if (!address || !address->is_ipv4())
      throw errors::InvalidValue(text, "privateIpAddress", "Invalid IPv4 address.");  // text unconfirmed
    if (!cidr_.Contains(*address) || network::IsReservedInSubnet(cidr_, *address))
      throw errors::InvalidParameterValue("Address does not fall within the subnet's address range");
    if (taken_.Contains(*address)) throw errors::AddressInUse(text);
    taken_.Take(*address);
    chosen.push_back({text, chosen.empty(), std::nullopt});
  }
  void AddFree() {
    const auto free = taken_.LowestFree(reserved_);
    if (!free) throw errors::NoFreeAddress();
    Add(free->ToString());
  }

  std::vector<record::PrivateIpAddress> chosen;

 private:
  const network::Cidr cidr_;
  const std::vector<network::Cidr> reserved_;
  TakenAddresses taken_;
};

}  // namespace

void CheckPrivateAddress(Context& context, const record::Subnet& subnet, const std::string& address) {
  Chooser(context, subnet).Add(address);
  ReleasePrivateAddresses(context, subnet.subnet_id, {{address, true, std::nullopt}});
}

void ReleasePrivateAddresses(Context& context, const std::string& subnet_id,
                             const std::vector<record::PrivateIpAddress>& addresses) {
  const auto subnet = context.tx.Get<record::Subnet>(context.scope, subnet_id);
  if (!subnet) return;
  TakenAddresses taken(context, *subnet);
  for (const auto& address : addresses)
    if (const auto parsed = network::Address::Parse(address.private_ip_address)) taken.GiveBack(*parsed);
}

std::vector<record::PrivateIpAddress> ChoosePrivateAddresses(Context& context, const record::Subnet& subnet,
                                                             const std::optional<std::string>& primary,
                                                             const List<PrivateIpAddressSpecification>& specified,
                                                             int secondary_count) {
  std::optional<std::string> first = primary;
  std::vector<std::string> others;
  for (const auto& each : specified) {
    if (!each.PrivateIpAddress) throw errors::MissingParameter("privateIpAddress");
    if (each.Primary.value_or(false)) {
      if (first) throw errors::InvalidParameterCombination("Only one primary private IP address can be specified");
      first = each.PrivateIpAddress;
    } else {
      others.push_back(*each.PrivateIpAddress);
    }
  }
  if (secondary_count < 0)
    throw errors::InvalidValue(std::to_string(secondary_count), "secondaryPrivateIpAddressCount", "It is negative.");
  if (secondary_count > 0 && !others.empty())
    throw errors::InvalidParameterCombination(
        "secondaryPrivateIpAddressCount cannot be used together with secondary privateIpAddresses");

  Chooser chooser(context, subnet);
  if (first)
    chooser.Add(*first);
  else
    chooser.AddFree();
  for (const std::string& other : others) chooser.Add(other);
  // Every further address is one free one less, so this ends with the subnet at the latest.
  for (int i = 0; i < secondary_count; ++i) chooser.AddFree();
  return chooser.chosen;
}

std::vector<record::PrivateIpAddress> ChooseSecondaryAddresses(Context& context, const record::Subnet& subnet,
                                                               const std::vector<std::string>& named, int count) {
  Chooser chooser(context, subnet);
  for (const std::string& address : named) chooser.Add(address);
  for (int i = 0; i < count; ++i) chooser.AddFree();
  for (auto& address : chooser.chosen) address.primary = false;
  return std::move(chooser.chosen);
}

std::vector<std::string> ChooseIpv6Addresses(Context& context, const record::Subnet& subnet,
                                             const std::vector<std::string>& named, int count) {
  if (count < 0) throw errors::InvalidValue(std::to_string(count), "ipv6AddressCount", "It is negative.");
  if (named.empty() && count == 0) return {};
  if (!named.empty() && count > 0)  // text unconfirmed
    throw errors::InvalidParameterCombination("ipv6AddressCount cannot be used together with ipv6Addresses");
  if (!subnet.ipv6_cidr_block) throw errors::NoIpv6Block(subnet.subnet_id);
  const auto cidr = *network::Cidr::Parse(subnet.ipv6_cidr_block->ipv6_cidr_block);
  const auto reserved = ReservedBlocks(context, subnet);
  auto taken = Ipv6AddressesIn(context, subnet);
  std::vector<std::string> chosen;
  for (const std::string& text : named) {
    const auto address = network::Address::Parse(text);
    if (!address || address->is_ipv4())
      throw errors::InvalidValue(text, "ipv6Addresses", "Invalid IPv6 address.");  // text unconfirmed
    if (!cidr.Contains(*address) || network::IsReservedInSubnet(cidr, *address))
      throw errors::InvalidParameterValue("Address does not fall within the subnet's address range");
    if (!taken.insert(*address).second) throw errors::AddressInUse(text);
    chosen.push_back(address->ToString());
  }
  // AWS takes any of the block's; the host part is at random, so that next to none of the guesses is taken.
  for (int i = 0; i < count;) {
    const auto address = cidr.First().Plus(std::stoull(context.ids.Hex(16), nullptr, 16));
    if (network::IsReservedInSubnet(cidr, address) || !cidr.Contains(address) || IsInAny(reserved, address)) continue;
    if (!taken.insert(address).second) continue;
    chosen.push_back(address.ToString());
    ++i;
  }
  return chosen;
}

std::size_t FreeAddressCount(Context& context, const record::Subnet& subnet) {
  const auto usable = static_cast<std::size_t>(network::UsableAddressCount(*network::Cidr::Parse(subnet.cidr_block)));
  std::size_t taken = 0;
  if (context.tx.Get<record::LowestFreeAddress>(context.scope, subnet.subnet_id)) {
    taken = context.tx.Count<record::TakenAddress>(context.scope,
                                                   store::Where(&record::TakenAddress::subnet_id, subnet.subnet_id));
  } else {
    for (const auto& interface : context.tx.List<record::NetworkInterface>(
             context.scope, store::Where(&record::NetworkInterface::subnet_id, subnet.subnet_id)))
      taken += interface.private_ip_addresses.size();
  }
  return usable - std::min(usable, taken);
}

std::string PrivateDnsName(const std::string& region, const std::string& address) {
  return "ip-" + Dashed(address) + (region == "us-east-1" ? ".ec2.internal" : "." + region + ".compute.internal");
}

std::string PublicDnsName(const std::string& region, const std::string& address) {
  return "ec2-" + Dashed(address) +
         (region == "us-east-1" ? ".compute-1.amazonaws.com" : "." + region + ".compute.amazonaws.com");
}

std::string TakePublicAddress(Context& context, const std::string& holder) {
  // At random, so that an address that was given back does not come up again at once; when the pool is that crowded,
  // in order from there.
  std::uint32_t offset = static_cast<std::uint32_t>(std::stoul(context.ids.Hex(4), nullptr, 16));
  for (std::uint32_t tried = 0; tried < kPublicPoolSize; ++tried, offset = (offset + 1) % kPublicPoolSize) {
    if (offset % 256 == 0 || offset % 256 == 255) continue;
    const std::string address = network::Address::V4(kPublicPool + offset).ToString();
    if (context.tx.Get<record::PublicAddress>(context.scope, address)) continue;
    context.tx.Put(context.scope, record::PublicAddress{address, holder});
    return address;
  }
  throw ApiError("InsufficientAddressCapacity", "Not enough available addresses to satisfy your request.");
}

void GiveBackPublicAddress(Context& context, const std::string& public_ip) {
  context.tx.Erase<record::PublicAddress>(context.scope, public_ip);
}

void RemoveAssociation(Context& context, record::PrivateIpAddress& address) {
  if (!address.association) return;
  if (!address.association->allocation_id) {
    GiveBackPublicAddress(context, address.association->public_ip);
  } else if (auto elastic =
                 context.tx.Get<record::ElasticAddress>(context.scope, *address.association->allocation_id)) {
    elastic->association_id.reset();
    elastic->network_interface_id.reset();
    elastic->private_ip_address.reset();
    elastic->managed_by.reset();
    context.tx.Put(context.scope, *elastic);
  }
  address.association.reset();
}

void AssociateElasticAddress(Context& context, record::ElasticAddress& elastic, record::NetworkInterface& interface,
                             record::PrivateIpAddress& address, const std::string& managed_by) {
  RemoveAssociation(context, address);
  elastic.association_id = context.ids.Ec2("eipassoc");
  elastic.network_interface_id = interface.network_interface_id;
  elastic.private_ip_address = address.private_ip_address;
  if (!managed_by.empty()) elastic.managed_by = managed_by;
  address.association = {elastic.public_ip, elastic.allocation_id, elastic.association_id, context.account()};
  context.tx.Put(context.scope, elastic);
  context.tx.Put(context.scope, interface);
}

}  // namespace drydock::ec2
