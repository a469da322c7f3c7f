#include "handlers/ec2/instance_types.h"

#include "api/ec2/DescribeInstanceTypesRequest.h"
#include "api/ec2/DescribeInstanceTypesResult.h"
#include "api/ec2/InstanceTypeInfo.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

namespace {

constexpr InstanceTypeFacts kInstanceTypes[] = {
    {"c5.large", 2, 4096, "x86_64", 3, 10, "Up to 10 Gigabit"},
    {"c5.xlarge", 4, 8192, "x86_64", 4, 15, "Up to 10 Gigabit"},
    {"c6g.large", 2, 4096, "arm64", 3, 10, "Up to 10 Gigabit"},
    {"c6i.large", 2, 4096, "x86_64", 3, 10, "Up to 12.5 Gigabit"},
    {"c6i.xlarge", 4, 8192, "x86_64", 4, 15, "Up to 12.5 Gigabit"},
    {"c7g.large", 2, 4096, "arm64", 3, 10, "Up to 12.5 Gigabit"},
    {"m1.small", 1, 1740, "x86_64", 2, 4, "Low"},
    {"m5.large", 2, 8192, "x86_64", 3, 10, "Up to 10 Gigabit"},
    {"m5.xlarge", 4, 16384, "x86_64", 4, 15, "Up to 10 Gigabit"},
    {"m5.2xlarge", 8, 32768, "x86_64", 4, 15, "Up to 10 Gigabit"},
    {"m6g.large", 2, 8192, "arm64", 3, 10, "Up to 10 Gigabit"},
    {"m6i.large", 2, 8192, "x86_64", 3, 10, "Up to 12.5 Gigabit"},
    {"m6i.xlarge", 4, 16384, "x86_64", 4, 15, "Up to 12.5 Gigabit"},
    {"m7g.medium", 1, 4096, "arm64", 2, 4, "Up to 12.5 Gigabit"},
    {"m7g.large", 2, 8192, "arm64", 3, 10, "Up to 12.5 Gigabit"},
    {"r5.large", 2, 16384, "x86_64", 3, 10, "Up to 10 Gigabit"},
    {"r5.xlarge", 4, 32768, "x86_64", 4, 15, "Up to 10 Gigabit"},
    {"r6g.large", 2, 16384, "arm64", 3, 10, "Up to 10 Gigabit"},
    {"r6i.large", 2, 16384, "x86_64", 3, 10, "Up to 12.5 Gigabit"},
    {"t2.nano", 1, 512, "x86_64", 2, 2, "Low to Moderate"},
    {"t2.micro", 1, 1024, "x86_64", 2, 2, "Low to Moderate"},
    {"t2.small", 1, 2048, "x86_64", 3, 4, "Low to Moderate"},
    {"t2.medium", 2, 4096, "x86_64", 3, 6, "Low to Moderate"},
    {"t2.large", 2, 8192, "x86_64", 3, 12, "Low to Moderate"},
    {"t3.nano", 2, 512, "x86_64", 2, 2, "Up to 5 Gigabit"},
    {"t3.micro", 2, 1024, "x86_64", 2, 2, "Up to 5 Gigabit"},
    {"t3.small", 2, 2048, "x86_64", 3, 4, "Up to 5 Gigabit"},
    {"t3.medium", 2, 4096, "x86_64", 3, 6, "Up to 5 Gigabit"},
    {"t3.large", 2, 8192, "x86_64", 3, 12, "Up to 5 Gigabit"},
    {"t3.xlarge", 4, 16384, "x86_64", 4, 15, "Up to 5 Gigabit"},
    {"t3.2xlarge", 8, 32768, "x86_64", 4, 15, "Up to 5 Gigabit"},
    {"t3a.micro", 2, 1024, "x86_64", 2, 2, "Up to 5 Gigabit"},
    {"t3a.small", 2, 2048, "x86_64", 2, 4, "Up to 5 Gigabit"},
    {"t3a.medium", 2, 4096, "x86_64", 3, 6, "Up to 5 Gigabit"},
    {"t4g.nano", 2, 512, "arm64", 2, 2, "Up to 5 Gigabit"},
    {"t4g.micro", 2, 1024, "arm64", 2, 2, "Up to 5 Gigabit"},
    {"t4g.small", 2, 2048, "arm64", 3, 4, "Up to 5 Gigabit"},
    {"t4g.medium", 2, 4096, "arm64", 3, 6, "Up to 5 Gigabit"},
    {"t4g.large", 2, 8192, "arm64", 3, 12, "Up to 5 Gigabit"},
};

bool IsPreviousGeneration(const std::string& name) {
  return name.rfind("m1.", 0) == 0;
}
bool IsXen(const std::string& name) {
  return name.rfind("m1.", 0) == 0 || name.rfind("t2.", 0) == 0;
}

// Of what no type here has: Elastic Fabric Adapters and instance stores.
void NoType(const InstanceTypeInfo&, FilterValues&) {}

constexpr FilterOf<InstanceTypeInfo> kInstanceTypeFilters[] = {
    {"auto-recovery-supported", &At<&InstanceTypeInfo::AutoRecoverySupported>},
    {"bare-metal", &At<&InstanceTypeInfo::BareMetal>},
    {"burstable-performance-supported", &At<&InstanceTypeInfo::BurstablePerformanceSupported>},
    {"current-generation", &At<&InstanceTypeInfo::CurrentGeneration>},
    {"free-tier-eligible", &At<&InstanceTypeInfo::FreeTierEligible>},
    {"hibernation-supported", &At<&InstanceTypeInfo::HibernationSupported>},
    {"hypervisor", &At<&InstanceTypeInfo::Hypervisor>},
    {"instance-storage-info.disk.count", NoType},
    {"instance-storage-info.disk.size-in-gb", NoType},
    {"instance-storage-info.disk.type", NoType},
    {"instance-storage-info.encryption-support", NoType},
    {"instance-storage-info.nvme-support", NoType},
    {"instance-storage-info.total-size-in-gb", NoType},
    {"instance-storage-supported", &At<&InstanceTypeInfo::InstanceStorageSupported>},
    {"instance-type", &At<&InstanceTypeInfo::InstanceType>},
    {"memory-info.size-in-mib", &At<&InstanceTypeInfo::MemoryInfo, &MemoryInfo::SizeInMiB>},
    {"network-info.efa-info.maximum-efa-interfaces", NoType},
    {"network-info.efa-supported", &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::EfaSupported>},
    {"network-info.ena-support", &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::EnaSupport>},
    {"network-info.ipv4-addresses-per-interface",
     &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::Ipv4AddressesPerInterface>},
    {"network-info.ipv6-addresses-per-interface",
     &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::Ipv6AddressesPerInterface>},
    {"network-info.ipv6-supported", &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::Ipv6Supported>},
    {"network-info.maximum-network-cards", &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::MaximumNetworkCards>},
    {"network-info.maximum-network-interfaces",
     &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::MaximumNetworkInterfaces>},
    {"network-info.network-performance", &At<&InstanceTypeInfo::NetworkInfo, &NetworkInfo::NetworkPerformance>},
    {"processor-info.supported-architecture",
     &At<&InstanceTypeInfo::ProcessorInfo, &ProcessorInfo::SupportedArchitectures>},
    {"supported-boot-mode", &At<&InstanceTypeInfo::SupportedBootModes>},
    {"supported-root-device-type", &At<&InstanceTypeInfo::SupportedRootDeviceTypes>},
    {"supported-usage-class", &At<&InstanceTypeInfo::SupportedUsageClasses>},
    {"supported-virtualization-type", &At<&InstanceTypeInfo::SupportedVirtualizationTypes>},
    {"vcpu-info.default-cores", &At<&InstanceTypeInfo::VCpuInfo, &VCpuInfo::DefaultCores>},
    {"vcpu-info.default-threads-per-core", &At<&InstanceTypeInfo::VCpuInfo, &VCpuInfo::DefaultThreadsPerCore>},
    {"vcpu-info.default-vcpus", &At<&InstanceTypeInfo::VCpuInfo, &VCpuInfo::DefaultVCpus>},
};

// What Drydock does not know of its types, and so does not describe: a filter by it would find too little.
constexpr std::string_view kNotKnown[] = {"dedicated-hosts-supported",
                                          "ebs-info.",
                                          "network-info.bandwidth-weightings",
                                          "network-info.flexible-ena-queues-support",
                                          "network-info.encryption-in-transit-supported",
                                          "nitro-enclaves-support",
                                          "nitro-tpm-info.",
                                          "nitro-tpm-support",
                                          "processor-info.supported-features",
                                          "processor-info.sustained-clock-speed-in-ghz",
                                          "reboot-migration-support",
                                          "vcpu-info.valid-"};

void RefuseWhatIsNotKnown(const List<Filter>& filters) {
  for (const Filter& filter : filters)
    for (const auto& name : kNotKnown)
      if (filter.Name && filter.Name->starts_with(name)) throw errors::UnsupportedParameter("Filter=" + *filter.Name);
}

// EC2 User Guide, "CPU options": of the types here, T2 and Graviton have one thread in a core.
int ThreadsPerCore(const InstanceTypeFacts& facts) {
  return facts.vcpus == 1 || IsXen(facts.name) || std::string_view(facts.architecture) == "arm64" ? 1 : 2;
}

// EC2 User Guide, "Instance type boot modes".
List<std::string> BootModes(const InstanceTypeFacts& facts) {
  if (std::string_view(facts.architecture) == "arm64") return {"uefi"};
  if (IsXen(facts.name)) return {"legacy-bios"};
  return {"legacy-bios", "uefi"};
}

InstanceTypeInfo ToWire(const InstanceTypeFacts& facts) {
  const std::string name = facts.name;
  InstanceTypeInfo wire;
  wire.InstanceType = name;
  wire.CurrentGeneration = !IsPreviousGeneration(name);
  wire.FreeTierEligible = name == "t2.micro" || name == "t3.micro";
  wire.SupportedUsageClasses = {"on-demand"};
  wire.SupportedRootDeviceTypes = {"ebs"};
  wire.SupportedVirtualizationTypes = {"hvm"};
  wire.BareMetal = false;
  wire.Hypervisor = IsXen(name) ? "xen" : "nitro";
  wire.ProcessorInfo.emplace().SupportedArchitectures = {facts.architecture};
  auto& cpus = wire.VCpuInfo.emplace();
  cpus.DefaultVCpus = facts.vcpus;
  cpus.DefaultThreadsPerCore = ThreadsPerCore(facts);
  cpus.DefaultCores = facts.vcpus / ThreadsPerCore(facts);
  wire.SupportedBootModes = BootModes(facts);
  wire.AutoRecoverySupported = !IsPreviousGeneration(name);
  wire.MemoryInfo.emplace().SizeInMiB = facts.memory_mib;
  wire.InstanceStorageSupported = false;
  wire.HibernationSupported = false;
  wire.BurstablePerformanceSupported = name.front() == 't';
  auto& network = wire.NetworkInfo.emplace();
  network.NetworkPerformance = facts.network_performance;
  network.MaximumNetworkInterfaces = facts.max_interfaces;
  network.MaximumNetworkCards = 1;
  network.DefaultNetworkCardIndex = 0;
  network.Ipv4AddressesPerInterface = facts.addresses_per_interface;
  network.Ipv6Supported = !IsPreviousGeneration(name);
  network.Ipv6AddressesPerInterface = *network.Ipv6Supported ? facts.addresses_per_interface : 0;
  network.EfaSupported = false;
  network.EnaSupport = IsXen(name) ? "unsupported" : "required";
  return wire;
}

}  // namespace

const InstanceTypeFacts* FindInstanceType(const std::string& name) {
  for (const auto& facts : kInstanceTypes)
    if (name == facts.name) return &facts;
  return nullptr;
}

AWS_OPERATION(ec2, DescribeInstanceTypes)
DescribeInstanceTypesResult DescribeInstanceTypes(Context& context, const DescribeInstanceTypesRequest& in) {
  RefuseIdsWithPages("InstanceTypes", !in.InstanceTypes.empty(), in.MaxResults);
  std::vector<std::string> unknown;
  for (const std::string& name : in.InstanceTypes)
    if (!FindInstanceType(name)) unknown.push_back(name);
  if (!unknown.empty())
    throw ApiError("InvalidInstanceType",
                   fmt::format("The following supplied instance types do not exist: [{}]", Join(unknown, ", ")));
  std::vector<InstanceTypeInfo> types;
  for (const auto& facts : kInstanceTypes)
    if (in.InstanceTypes.empty() ||
        std::find(in.InstanceTypes.begin(), in.InstanceTypes.end(), facts.name) != in.InstanceTypes.end())
      types.push_back(ToWire(facts));
  RefuseWhatIsNotKnown(in.Filters);
  KeepMatching(types, in.Filters, kInstanceTypeFilters);
  EndDryRun(in.DryRun);

  DescribeInstanceTypesResult out;
  out.InstanceTypes = PageOf(context, "DescribeInstanceTypes", in, std::move(types), out.NextToken,
                             [](const InstanceTypeInfo& type) { return *type.InstanceType; });
  return out;
}

}  // namespace drydock::ec2
