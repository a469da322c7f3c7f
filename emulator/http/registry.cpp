#include "emulator/http/registry.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "emulator/core/log.h"
#include "emulator/core/text.h"
#include "handlers/ecr/authorization.h"
#include "handlers/ecr/image_reference.h"
#include "handlers/ecr/manifest.h"
#include "handlers/ecr/registry.h"

namespace drydock::http {

namespace registry = ecr::registry;
using registry::Refusal;

namespace {

constexpr std::size_t kMaximumManifest = 4 * 1024 * 1024;  // ECR API Reference, PutImage imageManifest

Response ErrorAnswer(int status, std::string_view code, std::string_view message) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto text = [&](std::string_view value) {
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  json.Key("errors");
  json.StartArray();
  json.StartObject();
  json.Key("code");
  text(code);
  json.Key("message");
  text(message);
  json.EndObject();
  json.EndArray();
  json.EndObject();
  return Response::Json(status, {buffer.GetString(), buffer.GetSize()});
}

Refusal Unsupported() {
  return {405, "UNSUPPORTED", "The operation is unsupported."};
}

std::map<std::string, std::string> ParseQuery(std::string_view query) {
  std::map<std::string, std::string> parameters;
  for (const std::string& pair : Split(query, '&')) {
    const auto equals = pair.find('=');
    std::string name, value;
    if (!DecodeForm(std::string_view(pair).substr(0, equals), name)) continue;
    if (equals != std::string::npos && !DecodeForm(std::string_view(pair).substr(equals + 1), value)) continue;
    parameters.emplace(std::move(name), std::move(value));
  }
  return parameters;
}

std::string Decoded(const std::string& segment) {
  std::string text;
  // A path has no plus for a space.
  if (segment.find('+') != std::string::npos || !DecodeForm(segment, text)) return segment;
  return text;
}

// What a request is about: /v2/<repository>/<what>/<which>.
struct Route {
  enum class What { kPing, kManifests, kBlobs, kUploads, kTags, kReferrers, kNothing } what = What::kNothing;
  std::string repository;
  std::string which;
};

// The name may have any number of parts, "manifests" and "blobs" among them: read from the end.
Route ParsePath(std::string_view path) {
  std::vector<std::string> segments = Split(path.substr(1), '/');
  segments.erase(segments.begin());
  if (segments.empty() || (segments.size() == 1 && segments.front().empty())) return {Route::What::kPing, "", ""};
  const auto take = [&](Route::What what, std::size_t count, std::string which) {
    segments.resize(segments.size() - count);
    return Route{what, Join(segments, "/"), std::move(which)};
  };
  const std::size_t n = segments.size();
  const std::string last = Decoded(segments.back());
  if (n >= 3 && segments[n - 2] == "tags" && last == "list") return take(Route::What::kTags, 2, "");
  if (n >= 3 && segments[n - 2] == "manifests") return take(Route::What::kManifests, 2, last);
  if (n >= 3 && segments[n - 2] == "referrers") return take(Route::What::kReferrers, 2, last);
  if (n >= 4 && segments[n - 3] == "blobs" && segments[n - 2] == "uploads") return take(Route::What::kUploads, 3, last);
  if (n >= 3 && segments[n - 2] == "blobs" && last == "uploads") return take(Route::What::kUploads, 2, "");
  if (n >= 3 && segments[n - 2] == "blobs") return take(Route::What::kBlobs, 2, last);
  return {};
}

// The media types of all Accept headers that are manifests; empty: the client takes any.
std::vector<std::string> AcceptedManifests(const Request& request) {
  std::vector<std::string> accepted;
  bool any = true;
  for (const std::string_view header : request.HeaderValues("Accept")) {
    for (const std::string& item : Split(header, ',')) {
      std::string type = item.substr(0, item.find(';'));
      std::erase(type, ' ');
      if (type.empty()) continue;
      if (type == "*/*" || type == "application/*") return {};
      any = false;
      const auto known = [&](const auto& types) {
        return std::find(std::begin(types), std::end(types), type) != std::end(types);
      };
      if (known(ecr::kManifestMediaTypes) || known(ecr::kIndexMediaTypes)) accepted.push_back(type);
    }
  }
  if (!any && accepted.empty()) throw Refusal(404, "MANIFEST_UNKNOWN", "Requested image not found");
  return accepted;
}

// "bytes=<first>-<last>", "bytes=<first>-", "bytes=-<count>": one range, else nullopt.
struct ByteRange {
  std::optional<std::uint64_t> first, last;
};
std::optional<ByteRange> ParseRange(std::string_view header) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit) || header.find(',') != std::string_view::npos) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view text, std::optional<std::uint64_t>& into) {
    if (text.empty()) return true;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into.emplace());
    return error == std::errc() && end == text.data() + text.size();
  };
  ByteRange range;
  if (!number(header.substr(0, dash), range.first) || !number(header.substr(dash + 1), range.last)) return std::nullopt;
  if (!range.first && !range.last) return std::nullopt;
  return range;
}

Response BlobAnswer(const store::BlobFile& blob, const std::string& digest, const Request& request) {
  Response response;
  response.headers = {{"Content-Type", "application/octet-stream"},
                      {"Docker-Content-Digest", digest},
                      {"Accept-Ranges", "bytes"},
                      {"ETag", "\"" + digest + "\""}};
  if (request.method == "HEAD") {
    response.content_length = blob.size;
    return response;
  }
  FileRange file{blob.path, 0, blob.size};
  if (const auto range = ParseRange(request.Header("Range"))) {
    const std::uint64_t first = range->first ? *range->first : blob.size - std::min(*range->last, blob.size);
    const std::uint64_t last = range->first && range->last ? std::min(*range->last, blob.size - 1) : blob.size - 1;
    if (first >= blob.size || last < first) {
      response.status = 416;
      response.headers = {{"Content-Range", fmt::format("bytes */{}", blob.size)}};
      return response;
    }
    file.offset = first;
    file.length = last - first + 1;
    response.status = 206;
    response.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", first, last, blob.size));
  }
  response.file = std::move(file);
  return response;
}

Response UploadAnswer(int status, const std::string& repository, const std::string& id, std::uint64_t size) {
  Response response;
  response.status = status;
  response.headers = {{"Location", fmt::format("/v2/{}/blobs/uploads/{}", repository, id)},
                      {"Docker-Upload-UUID", id},
                      {"Range", fmt::format("0-{}", size == 0 ? 0 : size - 1)}};
  return response;
}

Response CreatedAnswer(const std::string& location, const std::string& digest) {
  Response response;
  response.status = 201;
  response.headers = {{"Location", location}, {"Docker-Content-Digest", digest}};
  return response;
}

// What came is kept even when the client breaks off: it may go on from there.
void AppendBody(const Request& request, store::Upload& upload) {
  constexpr std::size_t kPiece = 256 * 1024;  // the body comes in much smaller pieces than are good to write
  std::string piece;
  std::exception_ptr failure;  // the library that calls the receiver knows no exceptions
  const auto flush = [&] {
    try {
      upload.Append(piece);
      piece.clear();
      return true;
    } catch (...) {
      failure = std::current_exception();
      return false;
    }
  };
  const bool complete = !request.read_body || request.read_body([&](const char* bytes, std::size_t length) {
    piece.append(bytes, length);
    return piece.size() < kPiece || flush();
  });
  if (!failure && !piece.empty()) flush();
  if (failure) std::rethrow_exception(failure);
  if (!complete)
    throw Refusal(400, "BLOB_UPLOAD_INVALID", "The client ended the request before its body was complete.");
}

}  // namespace

struct Registry::Call {
  const Request& request;
  std::map<std::string, std::string> query = {};
  Timestamp now = {};
  std::string request_id = {};
  Route route = {};
  Principal principal = {};
  Scope scope = {};

  const std::string& repository() const { return route.repository; }
  std::string Parameter(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? "" : found->second;
  }
};

Context Registry::MakeContext(store::Transaction& tx, const Call& call) const {
  return {tx,
          engines_,
          ids_,
          call.now,
          call.scope,
          call.principal,
          call.request_id,
          call.request.remote_address,
          std::string(call.request.Header("User-Agent"))};
}

template <class Fn>
auto Registry::Read(const Call& call, Fn fn) const {
  return database_.Read([&](store::Transaction& tx) {
    Context context = MakeContext(tx, call);
    return fn(context);
  });
}

template <class Fn>
auto Registry::Write(const Call& call, Fn fn) const {
  return database_.Write([&](store::Transaction& tx) {
    Context context = MakeContext(tx, call);
    return fn(context);
  });
}

Response Registry::Handle(const Request& request) const {
  Response response;
  try {
    response = Answer(request);
  } catch (const Refusal& refusal) {
    response = ErrorAnswer(refusal.status, refusal.code, refusal.message);
    if (refusal.status == 401) {
      const std::string_view host = request.Header("Host");
      response.headers.emplace_back("Www-Authenticate",
                                    fmt::format("Basic realm=\"http://{}/\",service=\"ecr.amazonaws.com\"", host));
    }
  } catch (const ApiError& error) {
    const Refusal refusal = registry::RefusalOf(error);
    response = ErrorAnswer(refusal.status, refusal.code, refusal.message);
  } catch (const std::exception& error) {
    log::Error("{} {}: {}", request.method, request.path, error.what());
    response = ErrorAnswer(500, "UNKNOWN", std::string("An internal error of Drydock: ") + error.what());
  }
  if (request.method == "HEAD" && !response.content_length) {
    if (!response.body.empty()) response.content_length = response.body.size();
    response.body.clear();
  }
  response.headers.emplace_back("Docker-Distribution-Api-Version", "registry/2.0");
  return response;
}

Response Registry::Answer(const Request& request) const {
  Call call{request, ParseQuery(request.query), clock_.Now(), ids_.Uuid(), ParsePath(request.path)};
  const bool with_ticket = call.route.what == Route::What::kBlobs && call.query.count("ticket");
  if (!with_ticket) Authenticate(call);
  if (call.route.what == Route::What::kPing) {
    if (request.method != "GET" && request.method != "HEAD") throw Unsupported();
    return Response::Json(200, "{}");
  }
  static const re2::RE2 kName(R"([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)");
  if (call.route.what != Route::What::kNothing &&
      (call.repository().size() > 256 || !re2::RE2::FullMatch(call.repository(), kName))) {
    throw Refusal(400, "NAME_INVALID", "invalid repository name");
  }
  switch (call.route.what) {
    case Route::What::kManifests:
      return AnswerManifests(call);
    case Route::What::kBlobs:
      return AnswerBlobs(call);
    case Route::What::kUploads:
      return AnswerUploads(call);
    case Route::What::kTags:
      return AnswerTags(call);
    case Route::What::kReferrers:
      return AnswerReferrers(call);
    case Route::What::kPing:
    case Route::What::kNothing:
      break;
  }
  throw Refusal(404, "UNSUPPORTED",
                "The operation is unsupported.");  // among them the catalog, which ECR does not have
}

void Registry::Authenticate(Call& call) const {
  const std::string_view header = call.request.Header("Authorization");
  std::string credentials;
  if (header.empty()) throw Refusal(401, "UNAUTHORIZED", "Not Authorized");
  // The wording for credentials of another kind is from memory, unconfirmed; that of expired ones: aws-facts I.2.
  const Refusal invalid(400, "DENIED", "Your Authorization Token is invalid.");
  if (header.size() < 6 || !EqualsIgnoringCase(header.substr(0, 6), "Basic ") ||
      !DecodeBase64(header.substr(6), credentials) || !credentials.starts_with("AWS:")) {
    throw invalid;
  }
  const auto login = ecr::OpenPassword(engines_.tokens, std::string_view(credentials).substr(4));
  if (!login) throw invalid;
  if (login->expires <= call.now)
    throw Refusal(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
  call.principal = login->principal;
  call.scope = login->registry;
  if (const auto host = ecr::EcrRegistryOf(call.request.Header("Host"))) {
    call.scope.account = host->account;  // another account's registry, as far as its repositories' policies go
    call.scope.region = host->region;
  }
}

Response Registry::AnswerManifests(const Call& call) const {
  const std::string& repository = call.repository();
  const std::string& reference = call.route.which;
  const Request& request = call.request;
  if (request.method == "PUT") {
    const auto bytes = request.ReadBody(kMaximumManifest);
    if (!bytes) throw Refusal(400, "MANIFEST_INVALID", "The manifest is larger than 4 MiB.");
    if (bytes->empty()) throw Refusal(400, "MANIFEST_INVALID", "The manifest is empty.");
    const std::string_view type = request.Header("Content-Type");
    const auto pushed = Write(call, [&](Context& context) {
      return registry::PutManifest(context, repository, reference, std::string(type.substr(0, type.find(';'))), *bytes);
    });
    Response response = CreatedAnswer(fmt::format("/v2/{}/manifests/{}", repository, pushed.digest), pushed.digest);
    if (pushed.subject) response.headers.emplace_back("OCI-Subject", *pushed.subject);
    return response;
  }
  if (request.method == "DELETE") {  // ECR User Guide, "Deleting signatures and other artifacts"
    Write(call, [&](Context& context) { registry::DeleteManifest(context, repository, reference); });
    Response response;
    response.status = 202;
    return response;
  }
  if (request.method != "GET" && request.method != "HEAD") throw Unsupported();

  const auto accepted = AcceptedManifests(request);
  bool news = false;
  auto manifest = Read(call, [&](Context& context) {
    auto found = registry::GetManifest(context, repository, reference, accepted);
    news = request.method == "GET" && registry::IsPullNews(context, repository, found.digest);
    return found;
  });
  if (news) Write(call, [&](Context& context) { registry::NotePull(context, repository, manifest.digest); });
  Response response;
  response.headers = {{"Content-Type", manifest.media_type},
                      {"Docker-Content-Digest", manifest.digest},
                      {"ETag", "\"" + manifest.digest + "\""}};
  if (request.method == "HEAD") {
    response.content_length = manifest.bytes.size();
  } else {
    response.body = std::move(manifest.bytes);
  }
  return response;
}

Response Registry::AnswerBlobs(const Call& call) const {
  const Request& request = call.request;
  const std::string& digest = call.route.which;
  if (request.method != "GET" && request.method != "HEAD") throw Unsupported();
  const auto blob = Read(call, [&](Context& context) {
    if (call.query.count("ticket"))
      return registry::RedeemTicket(context, call.Parameter("ticket"), call.repository(), digest);
    return request.method == "HEAD" ? registry::LookUpLayer(context, call.repository(), digest)
                                    : registry::FetchLayer(context, call.repository(), digest);
  });
  return BlobAnswer(blob, digest, request);
}

Response Registry::AnswerUploads(const Call& call) const {
  const std::string& method = call.request.method;
  if (call.route.which.empty()) {
    if (method != "POST") throw Unsupported();
    return BeginUpload(call);
  }
  if (method == "PATCH" || method == "PUT") return ContinueUpload(call);
  const std::string& id = call.route.which;
  if (method == "GET") {
    const auto upload =
        Read(call, [&](Context& context) { return registry::FindUpload(context, call.repository(), id); });
    return UploadAnswer(204, call.repository(), id, upload->size());
  }
  if (method != "DELETE") throw Unsupported();
  Write(call, [&](Context& context) { registry::AbandonUpload(context, call.repository(), id); });
  Response response;
  response.status = 204;
  return response;
}

Response Registry::BeginUpload(const Call& call) const {
  const std::string mount = call.Parameter("mount");
  const std::string from = call.Parameter("from");
  if (!mount.empty() && !from.empty() &&
      Write(call, [&](Context& context) { return registry::MountLayer(context, call.repository(), from, mount); })) {
    return CreatedAnswer(fmt::format("/v2/{}/blobs/{}", call.repository(), mount), mount);
  }
  const std::string id =
      Write(call, [&](Context& context) { return registry::BeginUpload(context, call.repository()); });
  if (!call.query.count("digest")) return UploadAnswer(202, call.repository(), id, 0);
  // The whole layer comes with this one request.
  const auto upload =
      Read(call, [&](Context& context) { return registry::FindUpload(context, call.repository(), id); });
  AppendBody(call.request, *upload);
  return CompleteUpload(call, id);
}

Response Registry::ContinueUpload(const Call& call) const {
  const std::string& id = call.route.which;
  const auto upload =
      Read(call, [&](Context& context) { return registry::FindUpload(context, call.repository(), id); });
  // "<first>-<last>": OCI Distribution Specification, "Pushing a blob in chunks". A chunk must follow its predecessor.
  if (const std::string_view range = call.request.Header("Content-Range"); !range.empty()) {
    std::uint64_t first = 0;
    const auto [end, error] = std::from_chars(range.data(), range.data() + range.size(), first);
    if (error != std::errc() || end == range.data() + range.size() || *end != '-' || first != upload->size()) {
      Response response = ErrorAnswer(416, "BLOB_UPLOAD_INVALID", "The chunk does not follow what has been received.");
      auto where = UploadAnswer(416, call.repository(), id, upload->size());
      response.headers.insert(response.headers.end(), where.headers.begin(), where.headers.end());
      return response;
    }
  }
  AppendBody(call.request, *upload);
  if (call.request.method == "PUT") return CompleteUpload(call, id);
  return UploadAnswer(202, call.repository(), id, upload->size());
}

// The bytes become a blob outside of the transaction: to bring them to the disk may take a while.
Response Registry::CompleteUpload(const Call& call, const std::string& id) const {
  const std::string& repository = call.repository();
  const std::string digest = call.Parameter("digest");
  const auto upload = Read(call, [&](Context& context) { return registry::FindUpload(context, repository, id); });
  const auto bytes = upload->Commit(digest);
  if (!bytes.matches) {
    Write(call, [&](Context& context) { registry::AbandonUpload(context, repository, id); });
    throw Refusal(
        400, "DIGEST_INVALID",
        fmt::format("The digest '{}' does not match the digest '{}' of the uploaded bytes.", digest, bytes.digest));
  }
  try {
    Write(call, [&](Context& context) { registry::CompleteUpload(context, repository, id, bytes); });
  } catch (const ApiError&) {
    Write(call, [&](Context& context) { registry::ReleaseBlob(context, bytes.digest); });
    throw;
  }
  return CreatedAnswer(fmt::format("/v2/{}/blobs/{}", repository, digest), digest);
}

Response Registry::AnswerTags(const Call& call) const {
  if (call.request.method != "GET" && call.request.method != "HEAD") throw Unsupported();
  const auto tags = Read(call, [&](Context& context) { return registry::ListTags(context, call.repository()); });
  auto begin = tags.begin();
  auto end = tags.end();
  if (call.query.count("last")) begin = std::upper_bound(begin, end, call.Parameter("last"));
  const std::string count = call.Parameter("n");
  std::size_t limit = 0;
  const bool limited =
      !count.empty() && std::from_chars(count.data(), count.data() + count.size(), limit).ec == std::errc();
  if (limited && limit < static_cast<std::size_t>(end - begin)) end = begin + static_cast<std::ptrdiff_t>(limit);

  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  json.Key("name");
  json.String(call.repository());
  json.Key("tags");
  json.StartArray();
  for (auto tag = begin; tag != end; ++tag) json.String(*tag);
  json.EndArray();
  json.EndObject();
  Response response = Response::Json(200, {buffer.GetString(), buffer.GetSize()});
  if (end != tags.end() && end != begin) {
    response.headers.emplace_back(
        "Link", fmt::format("</v2/{}/tags/list?n={}&last={}>; rel=\"next\"", call.repository(), limit, *(end - 1)));
  }
  return response;
}

Response Registry::AnswerReferrers(const Call& call) const {
  if (call.request.method != "GET" && call.request.method != "HEAD") throw Unsupported();
  const std::string type = call.Parameter("artifactType");
  Response response;
  response.body = Read(call, [&](Context& context) {
    return registry::ListReferrers(context, call.repository(), call.route.which, type);
  });
  response.headers = {{"Content-Type", "application/vnd.oci.image.index.v1+json"}};
  if (!type.empty()) response.headers.emplace_back("OCI-Filters-Applied", "artifactType");
  return response;
}

}  // namespace drydock::http
