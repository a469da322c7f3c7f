// The certificates of HTTPS and TLS listeners, which ACM holds.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/elbv2/listener.h"

namespace drydock::elbv2 {

// Whether it needs a certificate.
bool IsSecure(const records::elbv2::Listener& listener);

// Throws CertificateNotFound, or UnsupportedCertificate for one that is not issued or has expired.
void RequireIssuedCertificate(Context& context, const std::string& arn);

}  // namespace drydock::elbv2
