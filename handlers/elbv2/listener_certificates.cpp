// API Reference, AddListenerCertificates, RemoveListenerCertificates, DescribeListenerCertificates; Application Load
// Balancer guide, "SSL certificates for your Application Load Balancer".
#include "handlers/elbv2/listener_certificates.h"

#include <algorithm>

#include "api/elbv2/AddListenerCertificatesInput.h"
#include "api/elbv2/AddListenerCertificatesOutput.h"
#include "api/elbv2/DescribeListenerCertificatesInput.h"
#include "api/elbv2/DescribeListenerCertificatesOutput.h"
#include "api/elbv2/RemoveListenerCertificatesInput.h"
#include "api/elbv2/RemoveListenerCertificatesOutput.h"
#include "emulator/api/operation.h"
#include "handlers/acm/certificates.h"
#include "handlers/elbv2/lookup.h"

namespace drydock::elbv2 {

namespace {

constexpr std::size_t kCertificatesPerLoadBalancer = 25;  // quota, default certificates not counted

records::elbv2::Listener RequireSecureListener(Context& context, const std::string& arn) {
  auto listener = RequireListener(context, arn);
  if (!IsSecure(listener))  // unconfirmed wording
    throw errors::Validation(fmt::format("A certificate cannot be specified for {} listeners", listener.protocol));
  return listener;
}

// Those that the request names. The wording of both refusals is unconfirmed.
std::vector<std::string> NamedCertificates(const List<Certificate>& certificates) {
  std::vector<std::string> arns;
  for (const Certificate& certificate : certificates) {
    if (!certificate.CertificateArn) throw errors::Validation("A certificate ARN must be specified");
    if (certificate.IsDefault) throw errors::Validation("IsDefault cannot be specified");
    arns.push_back(*certificate.CertificateArn);
  }
  if (arns.empty()) throw errors::Validation("A certificate must be specified");
  return arns;
}

std::size_t CertificatesOf(Context& context, const std::string& load_balancer_arn) {
  using records::elbv2::Listener;
  std::size_t count = 0;
  for (const Listener& listener :
       context.tx.List<Listener>(context.scope, store::Where(&Listener::load_balancer_arn, load_balancer_arn)))
    if (!listener.certificate_arns.empty()) count += listener.certificate_arns.size() - 1;
  return count;
}

}  // namespace

bool IsSecure(const records::elbv2::Listener& listener) {
  return listener.protocol == "HTTPS" || listener.protocol == "TLS";
}

void RequireIssuedCertificate(Context& context, const std::string& arn) {
  const auto certificate = acm::FindCertificate(context, arn);
  if (!certificate) throw errors::CertificateNotFound(arn);
  if (acm::StatusOf(*certificate, context.now) != "ISSUED") throw errors::UnsupportedCertificate(arn);
}

AWS_OPERATION(elbv2, AddListenerCertificates)
AWS_ACCESS("{ListenerArn}")
AddListenerCertificatesOutput AddListenerCertificates(Context& context, const AddListenerCertificatesInput& in) {
  records::elbv2::Listener listener = RequireSecureListener(context, *in.ListenerArn);
  AddListenerCertificatesOutput out;
  for (const std::string& arn : NamedCertificates(in.Certificates)) {
    RequireIssuedCertificate(context, arn);
    auto& all = listener.certificate_arns;
    if (std::find(all.begin(), all.end(), arn) == all.end()) all.push_back(arn);
    Certificate& certificate = out.Certificates.emplace_back();
    certificate.CertificateArn = arn;
    certificate.IsDefault = arn == all.front();
  }
  context.tx.Put(context.scope, listener);
  if (CertificatesOf(context, listener.load_balancer_arn) > kCertificatesPerLoadBalancer)
    throw errors::TooManyCertificates();
  return out;
}

// One that the listener has not is no error (unconfirmed: the model lists no CertificateNotFound).
AWS_OPERATION(elbv2, RemoveListenerCertificates)
AWS_ACCESS("{ListenerArn}")
RemoveListenerCertificatesOutput RemoveListenerCertificates(Context& context,
                                                            const RemoveListenerCertificatesInput& in) {
  records::elbv2::Listener listener = RequireSecureListener(context, *in.ListenerArn);
  for (const std::string& arn : NamedCertificates(in.Certificates)) {
    if (arn == listener.certificate_arns.front())  // unconfirmed wording
      throw errors::NotPermitted(fmt::format("The default certificate '{}' cannot be removed", arn));
    std::erase(listener.certificate_arns, arn);
  }
  context.tx.Put(context.scope, listener);
  return {};
}

AWS_OPERATION(elbv2, DescribeListenerCertificates)
DescribeListenerCertificatesOutput DescribeListenerCertificates(Context& context,
                                                                const DescribeListenerCertificatesInput& in) {
  const records::elbv2::Listener listener = RequireListener(context, *in.ListenerArn);
  const auto page = TakeMarkedPage(context, "DescribeListenerCertificates" + listener.arn, listener.certificate_arns,
                                   in.Marker, in.PageSize, [](const std::string& arn) { return arn; });
  DescribeListenerCertificatesOutput out;
  for (const std::string& arn : page.items) {
    Certificate& certificate = out.Certificates.emplace_back();
    certificate.CertificateArn = arn;
    certificate.IsDefault = arn == listener.certificate_arns.front();
  }
  out.NextMarker = page.next_token;
  return out;
}

}  // namespace drydock::elbv2
