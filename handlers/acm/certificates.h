// Certificates: how they are found and what becomes of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/acm/Tag.h"
#include "emulator/core/context.h"
#include "store/records/acm/certificate.h"
#include "store/timers.h"

namespace drydock {
class Ids;
}

namespace drydock::acm {

// Of the context's account and region; nullopt when there is none. Whoever serves it opens the private key with
// store::Unseal(tx, certificate.arn, certificate.sealed_private_key).
std::optional<records::acm::Certificate> FindCertificate(Context& context, const std::string& arn);
// Throws ResourceNotFoundException.
records::acm::Certificate RequireCertificate(Context& context, const std::string& arn);

// PENDING_VALIDATION, ISSUED, or EXPIRED when its time is over.
std::string StatusOf(const records::acm::Certificate& certificate, Timestamp now);

// The ARNs of the load balancers whose listeners use it.
std::vector<std::string> UsersOf(Context& context, const std::string& arn);

// Fills in what the certificate says of itself.
void SetFacts(records::acm::Certificate& record, const std::string& certificate_pem);

// Adds the tags of a request. Throws TooManyTagsException, InvalidTagException.
void AddTags(records::acm::Certificate& record, const List<Tag>& tags);

// Due when a requested certificate is validated and issued; the key is its ARN.
inline constexpr const char* kIssueTimer = "acm.issue";
void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::acm
