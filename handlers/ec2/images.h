// The machine images that Drydock knows: a short fixed list, the same in every region.
#pragma once

#include <string>

namespace drydock::ec2 {

struct ImageFacts {
  const char* image_id;
  const char* name;
  const char* description;
  const char* owner_id;
  const char* owner_alias;   // empty: none
  const char* architecture;  // x86_64, arm64
  const char* root_device_name;
  const char* creation_date;
  const char* volume_type;  // of the root device, 8 GiB; unconfirmed for Debian
};

// Throws InvalidAMIID.Malformed, InvalidAMIID.NotFound.
const ImageFacts& RequireImage(const std::string& image_id);

}  // namespace drydock::ec2
