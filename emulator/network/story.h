// A path told to people: its hops as lines, and the commands that would open it.
#pragma once

#include <string>
#include <vector>

#include "emulator/network/evaluate.h"

namespace drydock::network {

// "internet gateway", "security group", …
std::string_view WordsFor(Component component);

// What the hop did with the packets, as a part of a sentence: "rule sgr-1 admits tcp 443 from 10.0.0.0/16",
// "10.0.0.0/16 -> local", "stops here". Empty where there is nothing to say.
std::string DescribeHop(const Hop& hop);

// The hops as one line with arrows: "eni-1 > sg-1 > acl-1 > rtb-1 > X sg-2 > eni-2". X stands before each hop that
// stops the packets.
std::string DrawLine(const std::vector<Hop>& hops);

// AWS CLI commands that would open what stops the flow, one for each obstacle that a command can take away, in the
// order of the path and each once. Names in capitals (ALLOCATION_ID) are for the reader to fill in. They open no more
// than the flow asks for: its port, the other side's security group where it has one, or else its address.
std::vector<std::string> Remedies(const Topology& topology, const Flow& flow, const Path& path);

}  // namespace drydock::network
