#include "handlers/acm/certificates.h"

#include "api/acm/DeleteCertificateRequest.h"
#include "api/acm/DeleteCertificateResponse.h"
#include "api/acm/DescribeCertificateRequest.h"
#include "api/acm/DescribeCertificateResponse.h"
#include "api/acm/ImportCertificateRequest.h"
#include "api/acm/ImportCertificateResponse.h"
#include "api/acm/RequestCertificateRequest.h"
#include "api/acm/RequestCertificateResponse.h"
#include "handlers/acm/authority.h"
#include "handlers/acm/x509.h"
#include "handlers/testing/fixture.h"
#include "store/records/elbv2/listener.h"
#include "store/sealing.h"

namespace drydock::acm {

DescribeCertificateResponse DescribeCertificate(Context&, const DescribeCertificateRequest&);
DeleteCertificateResponse DeleteCertificate(Context&, const DeleteCertificateRequest&);
ImportCertificateResponse ImportCertificate(Context&, const ImportCertificateRequest&);
RequestCertificateResponse RequestCertificate(Context&, const RequestCertificateRequest&);

namespace {

constexpr auto kHour = std::chrono::hours(1);

class CertificateFixture : public testing::Fixture {
 public:
  CertificateFixture() {
    RegisterTimers(timers, engines, ids);
    timers.Start();
  }
  CertificateDetail Describe(const std::string& arn) {
    DescribeCertificateRequest in;
    in.CertificateArn = arn;
    return *Call(DescribeCertificate, in).Certificate;
  }
  std::string Request(const std::string& domain, List<std::string> others = {}) {
    RequestCertificateRequest in;
    in.DomainName = domain;
    in.SubjectAlternativeNames = std::move(others);
    in.ValidationMethod = "DNS";
    in.KeyAlgorithm = "EC_prime256v1";
    return *Call(RequestCertificate, in).CertificateArn;
  }
  ImportCertificateRequest Import(const IssuedCertificate& pair) {
    ImportCertificateRequest in;
    in.Certificate = Blob{pair.certificate};
    in.PrivateKey = Blob{pair.private_key};
    return in;
  }
  // A certificate of an authority of somebody else's.
  IssuedCertificate authority = MakeAuthority("Somebody", clock.Now(), clock.Now() + 48 * kHour);
  IssuedCertificate Foreign(Duration begins = Duration(0), Duration ends = kHour) {
    return Issue(authority, {"www.example.com", "example.com"}, "EC_prime256v1", clock.Now() + begins,
                 clock.Now() + ends);
  }
  store::Timers timers{database, clock};
};

}  // namespace

TEST_CASE_METHOD(CertificateFixture, "a requested certificate is validated after a while and issued locally") {
  const std::string arn = Request("example.com", {"*.example.com", "example.com", "api.example.org"});
  CertificateDetail detail = Describe(arn);
  CHECK(detail.Status == "PENDING_VALIDATION");
  CHECK(detail.SubjectAlternativeNames == List<std::string>({"example.com", "*.example.com", "api.example.org"}));
  REQUIRE(detail.DomainValidationOptions.size() == 3);
  // A name and its wildcard share the record.
  const auto& records = detail.DomainValidationOptions;
  CHECK(records[0].ResourceRecord->Name == records[1].ResourceRecord->Name);
  CHECK(records[0].ResourceRecord->Name->ends_with(".example.com."));
  CHECK(records[2].ResourceRecord->Value->ends_with(".acm-validations.aws."));

  clock.Advance(std::chrono::seconds(5));
  detail = Describe(arn);
  CHECK(detail.Status == "ISSUED");
  CHECK(detail.DomainValidationOptions[0].ValidationStatus == "SUCCESS");
  CHECK(detail.KeyAlgorithm == "EC-prime256v1");
  Run([&](Context& context) {
    const auto record = *FindCertificate(context, arn);
    const auto key = store::Unseal(context.tx, record.arn, record.sealed_private_key);
    REQUIRE(key);
    CHECK(KeyMatches(record.certificate, *key));
    CHECK_FALSE(record.sealed_private_key.find("PRIVATE KEY") != std::string::npos);
    const std::string authority_pem = LocalAuthority(context.tx, context.now).certificate;
    CHECK(record.chain == authority_pem);
    CHECK_FALSE(FirstThatDoesNotCertify(record.certificate, record.chain));
    CHECK(ReadCertificate(record.certificate).names ==
          std::vector<std::string>({"example.com", "*.example.com", "api.example.org"}));
  });

  clock.Advance(std::chrono::hours(24 * 199));
  CHECK(Describe(arn).Status == "EXPIRED");
}

TEST_CASE_METHOD(CertificateFixture, "requests that ACM refuses") {
  RequestCertificateRequest in;
  for (const char* name :
       {"-a.example.com", "example", "a..b.com", "*", "*.*.example.com", "exa mple.com", "a.b-.com"}) {
    in.DomainName = name;
    CHECK(CodeOf(RequestCertificate, in) == "ValidationException");
  }
  in.DomainName = "a.example.com";
  in.DomainValidationOptions.emplace_back().DomainName = "a.example.com";
  in.DomainValidationOptions.back().ValidationDomain = "ample.com";
  CHECK(CodeOf(RequestCertificate, in) == "InvalidDomainValidationOptionsException");
  in.DomainValidationOptions.clear();
  for (int i = 0; i < 10; ++i) in.SubjectAlternativeNames.push_back(std::to_string(i) + ".example.com");
  CHECK(CodeOf(RequestCertificate, in) == "LimitExceededException");
  in.SubjectAlternativeNames.clear();
  in.IdempotencyToken = "once";
  const std::string first = *Call(RequestCertificate, in).CertificateArn;
  CHECK(*Call(RequestCertificate, in).CertificateArn == first);
  clock.Advance(std::chrono::minutes(61));
  CHECK(*Call(RequestCertificate, in).CertificateArn != first);
}

TEST_CASE_METHOD(CertificateFixture, "an imported certificate must be whole") {
  const IssuedCertificate pair = Foreign();
  ImportCertificateRequest in = Import(pair);
  in.CertificateChain = Blob{authority.certificate};
  const std::string arn = *Call(ImportCertificate, in).CertificateArn;
  const CertificateDetail detail = Describe(arn);
  CHECK(detail.Status == "ISSUED");
  CHECK(detail.DomainName == "www.example.com");
  CHECK(detail.Subject == "CN=www.example.com");
  CHECK(detail.Issuer == "Drydock");
  CHECK(detail.SignatureAlgorithm == "SHA256WITHECDSA");

  const auto message = [&](const ImportCertificateRequest& request) {
    return ErrorOf(ImportCertificate, request).message();
  };
  in.PrivateKey = Blob{Foreign().private_key};
  CHECK(message(in) == "The private key does not match the public key of the certificate.");
  in.PrivateKey = Blob{"-----BEGIN PRIVATE KEY-----\nrubbish\n-----END PRIVATE KEY-----\n"};
  CHECK(message(in) == "The private key is not supported.");
  in = Import(pair);
  in.CertificateChain =
      Blob{authority.certificate + MakeAuthority("Else", clock.Now(), clock.Now() + kHour).certificate};
  CHECK(message(in).ends_with("The index within the chain of the invalid certificate is: 1"));
  in = Import({pair.certificate + authority.certificate, pair.private_key});
  CHECK(message(in).starts_with("The certificate field contains more than one certificate."));
  in = Import({"text before" + pair.certificate, pair.private_key});
  CHECK(message(in) == "The certificate body/chain provided is not in a valid PEM format");
  CHECK(message(Import(Foreign(kHour, 2 * kHour))) == "The certificate's validity has not begun yet.");
  CHECK(message(Import(Foreign(-2 * kHour, -1 * kHour))) == "The certificate is expired.");

  in = Import(Foreign());
  in.CertificateArn = arn;
  CHECK(*Call(ImportCertificate, in).CertificateArn == arn);
  in.CertificateArn = Request("example.org");
  CHECK(CodeOf(ImportCertificate, in) == "ValidationException");
}

TEST_CASE_METHOD(CertificateFixture, "a certificate that a listener uses stays") {
  const std::string arn = *Call(ImportCertificate, Import(Foreign())).CertificateArn;
  records::elbv2::Listener listener;
  listener.arn = "listener";
  listener.load_balancer_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1";
  listener.certificate_arns = {arn};
  Run([&](Context& context) { context.tx.Put(scope, listener); });
  CHECK(Describe(arn).InUseBy == List<std::string>({listener.load_balancer_arn}));
  DeleteCertificateRequest in;
  in.CertificateArn = arn;
  CHECK(CodeOf(DeleteCertificate, in) == "ResourceInUseException");
  Run([&](Context& context) { context.tx.Erase<records::elbv2::Listener>(scope, listener.arn); });
  Call(DeleteCertificate, in);
  CHECK(CodeOf(DeleteCertificate, in) == "ResourceNotFoundException");
}

}  // namespace drydock::acm
