import Contract
import Kernel

/// Why an operation may refuse. What follows from its declaration is here, the rest in it.
enum Causes {
    /// In the order of their statuses, the operation's own after those that others have too.
    static func all(of traits: Traits) -> [ProblemType] {
        let endpoint = traits.endpoint
        var causes = [malformedRequest, rateLimited, tooManyInFlight]
        if endpoint.hasQuery { causes.append(malformedQuery) }
        if endpoint.access == .user {
            causes += [unauthenticated, invalidToken]
            if !endpoint.scopes.isEmpty { causes.append(insufficientScope) }
            if !endpoint.readsOnly { causes.append(readOnlyToken) }
        }
        if !endpoint.parameterNames.isEmpty { causes.append(notFound) }
        if endpoint.documentation.body != nil {
            causes += ofBodies + [tooLargeBody(endpoint.bodyLimit)]
        }
        // A key may break its rule, too.
        if endpoint.documentation.body != nil || endpoint.hasQuery || traits.isRepeatable {
            causes.append(invalid)
        }
        if traits.takesIfMatch { causes += [malformedPrecondition, preconditionFailed] }
        if traits.hasETag { causes.append(preconditionFailed) }
        if traits.isRepeatable { causes += [keyInUse, keyReused, tooManyKeys] }
        causes += [tooLongTarget, tooLargeHead, internalError, overloaded]
        if endpoint.access == .user { causes += ofStorage }
        if traits.isForwarded { causes += ofServices }
        return (causes + endpoint.documentation.problems).enumerated()
            .sorted { ($0.element.status, $0.offset) < ($1.element.status, $1.offset) }
            .map(\.element)
    }

    /// Those that say nothing about the operation: the page lists them once.
    static let listedOnce: [ProblemType] =
        ([
            malformedRequest, malformedQuery, unauthenticated, invalidToken, rateLimited,
            tooManyInFlight,
            tooLargeBody(nil), tooLongTarget, tooLargeHead, internalError, overloaded,
        ] + ofBodies + ofStorage + ofServices).sorted { $0.status < $1.status }

    static let common = Set(listedOnce)

    static let malformedRequest = ProblemType(
        .malformed, "malformed_request", "The bytes are no acceptable HTTP request.")
    static let malformedQuery = ProblemType(
        .malformed, "malformed_query",
        "The query is not percent-encoded UTF-8, has more than 100 parameters, or more than 30 "
            + "combining marks in a row.")
    static let malformedJSON = ProblemType(
        .malformed, "malformed_json",
        "The body is not valid JSON, has a member twice, or is nested deeper than 100 levels.")
    static let unauthenticated = ProblemType(
        .unauthenticated, "unauthenticated", "There is no bearer token.")
    static let invalidToken = ProblemType(
        .unauthenticated, "invalid_token", "The token is malformed, unknown, expired or revoked.")
    static let insufficientScope = ProblemType(
        .forbidden, "insufficient_scope", "The token lacks a scope that this needs.")
    static let readOnlyToken = ProblemType(
        .forbidden, "read_only_token", "The token may only read.")
    static let notFound = ProblemType(
        .notFound, "not_found", "It does not exist, or the caller may not know that it does.")
    static let requestTimeout = ProblemType(
        .requestTimeout, "request_timeout", "The body took too long to come.")
    static let keyInUse = ProblemType(
        .conflict, "idempotency_key_in_use", "The first request with this key is still running.")
    static let preconditionFailed = ProblemType(
        .preconditionFailed, "precondition_failed", "It is no longer what `If-Match` names.")
    static let malformedPrecondition = ProblemType(
        .malformed, "malformed_precondition", "`If-Match` or `If-None-Match` holds no entity tags.")
    static let tooManyKeys = ProblemType(
        .rateLimited, "too_many_idempotency_keys",
        "The caller's keys of the last day, or their answers, have reached the limit.")
    static let tooManyInFlight = ProblemType(
        .rateLimited, "too_many_requests_in_flight", "The caller has 128 requests in flight.")
    static let tooManyBytes = ProblemType(
        .rateLimited, "too_many_bytes_in_flight",
        "The bodies of the caller's requests in flight exceed 8 MiB together.")
    /// - Parameter limit: bytes; nil for that of the servers.
    static func tooLargeBody(_ limit: Int?) -> ProblemType {
        let kibibytes = (limit ?? 1_048_576) / 1024
        let size = kibibytes < 1024 ? "\(kibibytes) KiB" : "\(kibibytes / 1024) MiB"
        return ProblemType(.tooLarge, "content_too_large", "The body is larger than \(size).")
    }
    static let tooLongTarget = ProblemType(
        .targetTooLong, "uri_too_long", "Path and query exceed 8 KiB.")
    static let noJSON = ProblemType(
        .unsupportedMediaType, "unsupported_media_type",
        "The body is not declared to be JSON, or is compressed.")
    static let invalid = ProblemType(
        .invalid, "validation_failed", "Values break a rule; `errors` names each of them.")
    static let keyReused = ProblemType(
        .invalid, "idempotency_key_reused", "The key came before, with another request.")
    static let rateLimited = ProblemType(
        .rateLimited, "rate_limited", "The caller asks more often than he may.")
    static let tooLargeHead = ProblemType(
        .headTooLarge, "head_too_large", "The header fields exceed 16 KiB.")
    static let internalError = ProblemType(.internalError, "internal_error", "A mistake of ours.")
    static let overloaded = ProblemType(
        .unavailable, "overloaded", "There are too many connections, or too many bodies in flight.")

    private static let ofBodies = [malformedJSON, requestTimeout, noJSON, tooManyBytes]
    private static let ofStorage = [
        ProblemType(.unavailable, "storage_busy", "The storage is busy."),
        ProblemType(.unavailable, "storage_full", "The storage is full."),
        ProblemType(
            .unavailable, "storage_read_only", "The storage can't be written at the moment."),
        ProblemType(.unavailable, "storage_corrupt", "The storage is damaged."),
        ProblemType(.unavailable, "storage_unavailable", "The storage is not available."),
    ]
    private static let ofServices = [
        ProblemType(
            .badUpstream, "bad_upstream_answer", "A service gave an answer that can't be used."),
        ProblemType(
            .unavailable, "upstream_unavailable", "A service that this needs is not available."),
        ProblemType(.timeout, "upstream_timeout", "A service did not answer in time."),
    ]
}
