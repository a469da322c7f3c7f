#include "handlers/ec2/images.h"

#include "api/ec2/DescribeImagesRequest.h"
#include "api/ec2/DescribeImagesResult.h"
#include "api/ec2/Image.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

namespace {

// Named and owned as their publishers name them, so that a search by name and owner finds one. The ids are Drydock's.
constexpr ImageFacts kImages[] = {
    {"ami-0d7dc0000000a2023", "al2023-ami-2023.9.20251117.1-kernel-6.1-x86_64",
     "Amazon Linux 2023 AMI 2023.9.20251117.1 x86_64 HVM kernel-6.1", "137112412989", "amazon", "x86_64", "/dev/xvda",
     "2025-11-17T21:05:00.000Z", "gp3"},
    {"ami-0d7dc0000001a2023", "al2023-ami-2023.9.20251117.1-kernel-6.1-arm64",
     "Amazon Linux 2023 AMI 2023.9.20251117.1 arm64 HVM kernel-6.1", "137112412989", "amazon", "arm64", "/dev/xvda",
     "2025-11-17T21:05:00.000Z", "gp3"},
    {"ami-0d7dc0000000a0002", "amzn2-ami-kernel-5.10-hvm-2.0.20251110.1-x86_64-gp2",
     "Amazon Linux 2 Kernel 5.10 AMI 2.0.20251110.1 x86_64 HVM gp2", "137112412989", "amazon", "x86_64", "/dev/xvda",
     "2025-11-10T21:05:00.000Z", "gp2"},
    {"ami-0d7dc0000000b2404", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251022",
     "Canonical, Ubuntu, 24.04, amd64 noble image", "099720109477", "", "x86_64", "/dev/sda1",
     "2025-10-22T08:00:00.000Z", "gp3"},
    {"ami-0d7dc0000001b2404", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20251022",
     "Canonical, Ubuntu, 24.04, arm64 noble image", "099720109477", "", "arm64", "/dev/sda1",
     "2025-10-22T08:00:00.000Z", "gp3"},
    {"ami-0d7dc0000000de012", "debian-12-amd64-20251112-2294", "Debian 12 (20251112-2294)", "136693071363", "",
     "x86_64", "/dev/xvda", "2025-11-12T08:00:00.000Z", "gp3"},
};

constexpr ResourceKind kImageKind{"ami", "image", "InvalidAMIID.Malformed", "InvalidAMIID.NotFound",
                                  "The image id '[{}]' does not exist"};

template <auto... kPath>
constexpr auto kOfVolume = &At<&Image::BlockDeviceMappings, &BlockDeviceMapping::Ebs, kPath...>;

// Of what the answer shows of no image here.
void NoImage(const Image&, FilterValues&) {}

constexpr FilterOf<Image> kImageFilters[] = {
    {"architecture", &At<&Image::Architecture>},
    {"block-device-mapping.delete-on-termination", kOfVolume<&EbsBlockDevice::DeleteOnTermination>},
    {"block-device-mapping.device-name", &At<&Image::BlockDeviceMappings, &BlockDeviceMapping::DeviceName>},
    {"block-device-mapping.encrypted", kOfVolume<&EbsBlockDevice::Encrypted>},
    {"block-device-mapping.snapshot-id", NoImage},
    {"block-device-mapping.volume-size", kOfVolume<&EbsBlockDevice::VolumeSize>},
    {"block-device-mapping.volume-type", kOfVolume<&EbsBlockDevice::VolumeType>},
    {"creation-date", &At<&Image::CreationDate>},
    {"description", &At<&Image::Description>},
    {"ena-support", &At<&Image::EnaSupport>},
    {"free-tier-eligible", NoImage},
    {"hypervisor", &At<&Image::Hypervisor>},
    {"image-allowed", NoImage},
    {"image-id", &At<&Image::ImageId>},
    {"image-type", &At<&Image::ImageType>},
    {"is-public", &At<&Image::Public>},
    {"kernel-id", &At<&Image::KernelId>},
    {"manifest-location", &At<&Image::ImageLocation>},
    {"name", &At<&Image::Name>},
    {"owner-alias", &At<&Image::ImageOwnerAlias>},
    {"owner-id", &At<&Image::OwnerId>},
    {"platform", &At<&Image::Platform>},
    {"product-code", NoImage},
    {"product-code.type", NoImage},
    {"ramdisk-id", &At<&Image::RamdiskId>},
    {"root-device-name", &At<&Image::RootDeviceName>},
    {"root-device-type", &At<&Image::RootDeviceType>},
    {"source-image-id", NoImage},
    {"source-image-region", NoImage},
    {"source-instance-id", NoImage},
    {"sriov-net-support", NoImage},
    {"state", &At<&Image::State>},
    {"state-reason-code", NoImage},
    {"state-reason-message", NoImage},
    {"virtualization-type", &At<&Image::VirtualizationType>},
};

Image ToWire(const ImageFacts& facts) {
  Image wire;
  wire.ImageId = facts.image_id;
  wire.Name = facts.name;
  wire.Description = facts.description;
  wire.OwnerId = facts.owner_id;
  if (*facts.owner_alias) wire.ImageOwnerAlias = facts.owner_alias;
  wire.ImageLocation =
      std::string(*facts.owner_alias ? facts.owner_alias : facts.owner_id) + "/" + std::string(facts.name);
  wire.Architecture = facts.architecture;
  wire.RootDeviceName = facts.root_device_name;
  wire.RootDeviceType = "ebs";
  auto& root = wire.BlockDeviceMappings.emplace_back();
  root.DeviceName = facts.root_device_name;
  auto& volume = root.Ebs.emplace();
  volume.DeleteOnTermination = true;
  volume.Encrypted = false;
  volume.VolumeSize = 8;
  volume.VolumeType = facts.volume_type;
  wire.CreationDate = facts.creation_date;
  wire.State = "available";
  wire.Public = true;
  wire.ImageType = "machine";
  wire.Hypervisor = "xen";
  wire.VirtualizationType = "hvm";
  wire.EnaSupport = true;
  wire.PlatformDetails = "Linux/UNIX";
  wire.UsageOperation = "RunInstances";
  return wire;
}

}  // namespace

const ImageFacts& RequireImage(const std::string& image_id) {
  if (!HasIdSyntax(kImageKind, image_id)) throw MalformedId(kImageKind, image_id);
  for (const auto& facts : kImages)
    if (image_id == facts.image_id) return facts;
  throw NotFound(kImageKind, image_id);
}

// All of them are public and nobody else's than their publishers': `self` owns none.
AWS_OPERATION(ec2, DescribeImages)
DescribeImagesResult DescribeImages(Context& context, const DescribeImagesRequest& in) {
  RefuseIdsWithPages("imageIds", !in.ImageIds.empty(), in.MaxResults);
  for (const std::string& id : in.ImageIds) RequireImage(id);
  const auto owned = [&](const ImageFacts& facts) {
    return in.Owners.empty() || std::any_of(in.Owners.begin(), in.Owners.end(), [&](const std::string& owner) {
             return owner == facts.owner_id || (owner == facts.owner_alias && !owner.empty());
           });
  };
  const auto executable = [&] {
    return in.ExecutableUsers.empty() ||
           std::find(in.ExecutableUsers.begin(), in.ExecutableUsers.end(), "all") != in.ExecutableUsers.end();
  };
  std::vector<Image> images;
  for (const auto& facts : kImages) {
    const bool named =
        in.ImageIds.empty() || std::find(in.ImageIds.begin(), in.ImageIds.end(), facts.image_id) != in.ImageIds.end();
    if (named && owned(facts) && executable()) images.push_back(ToWire(facts));
  }
  KeepMatching(images, in.Filters, kImageFilters);
  EndDryRun(in.DryRun);

  DescribeImagesResult out;
  out.Images = PageOf(context, "DescribeImages", in, std::move(images), out.NextToken,
                      [](const Image& image) { return *image.ImageId; });
  return out;
}

}  // namespace drydock::ec2
