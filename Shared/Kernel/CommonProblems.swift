/// Problems that any operation can have, by what they are about. Those of one context stand in its
/// Contract.
extension ProblemType {
    // MARK: Credentials

    /// A request without credentials.
    public static let unauthenticated = ProblemType(
        .unauthenticated, "unauthenticated",
        "The request needs a token: Authorization: Bearer <token>.")
    /// Credentials that don't work; why not isn't revealed.
    public static let invalidToken = ProblemType(
        .unauthenticated, "invalid_token", "The token is malformed, unknown, expired or revoked.")
    /// Credentials of a user who is suspended.
    public static let userSuspended = ProblemType(
        .unauthenticated, "user_suspended", "This user has been suspended by a platform admin.")
    /// RFC 6750 §3.1.
    public static let insufficientScope = forbidden(
        "insufficient_scope", "The token lacks a required scope.")
    /// `Latchkey-User` names a platform admin, or a suspended user.
    public static let cannotActAs = forbidden(
        "cannot_act_as", "Platform admins and suspended users can't be acted for.")
    /// External ids of things, set by a member's own token.
    public static let adminTokenRequired = forbidden(
        "admin_token_required", "Only a platform admin's token can set an externalId.")
    /// A change with a token that only reads.
    public static let readOnlyToken = forbidden("read_only_token", "The token is read-only.")
    /// The caller was deleted while the request was in flight.
    public static let userDeleted = forbidden("user_deleted", "This user was deleted.")

    // MARK: The request

    /// Bytes that are not an HTTP request (RFC 9112).
    public static let malformedRequest = ProblemType(
        .malformed, "malformed_request", "The request is not valid HTTP.")
    /// A path that has other methods; `Allow` names them (RFC 9110 §15.5.6).
    public static let methodNotAllowed = ProblemType(
        .methodNotAllowed, "method_not_allowed",
        "The path doesn't have this method. `Allow` has those that it has.")
    /// RFC 9110 §15.5.18.
    public static let expectationFailed = ProblemType(
        .expectationFailed, "expectation_failed", "`Expect` must be 100-continue.")
    /// RFC 9110 §15.6.2.
    public static let notImplemented = ProblemType(
        .notImplemented, "not_implemented", "No path has this method.")
    /// RFC 9110 §15.6.6.
    public static let versionNotSupported = ProblemType(
        .versionNotSupported, "http_version_not_supported", "The request must be HTTP/1.1.")
    /// A query that `PercentEncoding` can't decode.
    public static let malformedQuery = ProblemType(
        .malformed, "malformed_query",
        "The query must be percent-encoded UTF-8 with at most 100 parameters, and "
            + "\(Text.combiningRule).")
    /// No body where one is required.
    public static let bodyMissing = ProblemType(
        .malformed, "body_missing", "The request must have a body.")
    /// Members that the body's type does not have.
    public static let unknownField = ProblemType(
        .invalid, "unknown_field",
        "The body has a member that the operation does not know. `errors` names it, and the "
            + "nearest known name.")
    /// Parameters that the operation does not have.
    public static let unknownParameter = ProblemType(
        .invalid, "unknown_parameter",
        "The query has a parameter that the operation does not know. `errors` names it, and the "
            + "nearest known name.")
    /// A body that `JSONSyntax` refuses.
    public static let malformedJSON = ProblemType(
        .malformed, "malformed_json",
        "The body is not valid JSON, has a member twice, or is nested deeper than 100 levels.")
    /// Conditions that are not entity tags (RFC 9110 §13.1).
    public static let malformedPrecondition = ProblemType(
        .malformed, "malformed_precondition",
        "If-Match and If-None-Match must be entity tags in double quotes, or *.")
    /// The head or body took too long.
    public static let requestTimeout = ProblemType(
        .requestTimeout, "request_timeout", "The request did not arrive in time.")
    /// - Parameter limit: bytes.
    public static func bodyTooLarge(limit: Int) -> ProblemType {
        let kibibytes = limit / 1024
        let size = kibibytes < 1024 ? "\(kibibytes) KiB" : "\(kibibytes / 1024) MiB"
        return ProblemType(
            .tooLarge, "content_too_large", "The body must not be larger than \(size).")
    }
    /// `HTTPLimits.targetBytes`.
    public static let targetTooLong = ProblemType(
        .targetTooLong, "uri_too_long", "Path and query must not exceed 8 KiB.")
    /// `HTTPLimits.headBytes`, or too many fields.
    public static let headTooLarge = ProblemType(
        .headTooLarge, "head_too_large", "The header fields must not exceed 16 KiB.")
    /// A body that is not JSON, or is compressed.
    public static let unsupportedMediaType = ProblemType(
        .unsupportedMediaType, "unsupported_media_type",
        "The body must be JSON with Content-Type: application/json and no Content-Encoding.")
    /// Values that break a rule; `Fault.invalid` names them.
    public static let validationFailed = ProblemType(
        .invalid, "validation_failed", "One or more values are invalid; `errors` lists each.")

    // MARK: State

    /// What doesn't exist and what the caller can't see have the same response.
    public static let notFound = ProblemType(
        .notFound, "not_found", "Not found, or you don't have access.")
    /// RFC 9110 §13.1.1 and §13.1.2.
    public static let preconditionFailed = ProblemType(
        .preconditionFailed, "precondition_failed",
        "The current version does not satisfy If-Match or If-None-Match: read it again.")
    /// Another thing of the same kind has the slug.
    public static let slugTaken = conflict("slug_taken", "This slug is already taken.")
    /// Another user, or another thing of the same kind, has the external id.
    public static let externalIdTaken = conflict(
        "external_id_taken", "This externalId is already taken.")
    /// People can't change by hand what a provider would change back.
    public static let managedBySCIM = conflict(
        "managed_by_scim",
        "An identity provider manages this by SCIM: change it there, or end that with "
            + "`\"managedBy\": null`.")
    /// The first request with the key has no response yet.
    public static let idempotencyKeyInUse = conflict(
        "idempotency_key_in_use",
        "A request with this Idempotency-Key is still running: try again for its response.")
    /// The key belongs to a request with another path or body.
    public static let idempotencyKeyReused = ProblemType(
        .invalid, "idempotency_key_reused",
        "This Idempotency-Key was already used with a different request.")

    // MARK: Limits

    /// Too many requests of a token or client address.
    public static let rateLimited = ProblemType(
        .rateLimited, "rate_limited", "Rate limit exceeded: wait before you try again.")
    /// `IdempotencyClaim.maximumPerUser` or `maximumBytesPerUser`.
    public static let tooManyIdempotencyKeys = ProblemType(
        .rateLimited, "too_many_idempotency_keys",
        "Too many Idempotency-Keys in 24 hours, or too many bytes of stored responses.")
    /// Of every operation whose response reveals whether a name chosen by the caller is a user's.
    public static let tooManyUnknownUsers = ProblemType(
        .rateLimited, "too_many_unknown_users",
        "The caller has named too many unknown users within 24 hours: wait before naming others.")
    /// A quota is used up.
    /// - Parameter what: what is counted and for whom, as in "entities created by one user".
    public static func quotaExceeded(_ what: String) -> ProblemType {
        conflict("quota_exceeded", "The quota of \(what) is used up.")
    }
    /// Too many requests of one caller at the same time.
    public static let tooManyRequestsInFlight = ProblemType(
        .rateLimited, "too_many_requests_in_flight",
        "A caller can have at most 128 requests in flight.")
    /// `BodyMemory.share`.
    public static let tooManyBytesInFlight = ProblemType(
        .rateLimited, "too_many_bytes_in_flight",
        "The bodies of a caller's requests in flight must not exceed 8 MiB in total.")
    /// Too many connections, or `BodyMemory` is full.
    public static let overloaded = unavailable(
        "overloaded", "There are too many connections or request bodies: try again in a second.")

    // MARK: Our side

    /// A bug of ours; details are in the log only.
    public static let internalError = ProblemType(
        .internalError, "internal_error", "Something went wrong on our side.")
    /// The database is locked, or too many writes wait.
    public static let storageBusy = unavailable("storage_busy", "The storage is busy.")
    /// The disk is full.
    public static let storageFull = unavailable("storage_full", "The storage is full.")
    /// The database file can't be written.
    public static let storageReadOnly = unavailable(
        "storage_read_only", "The storage can't be written at the moment.")
    /// The database file is damaged.
    public static let storageCorrupt = unavailable("storage_corrupt", "The storage is damaged.")
    /// The database can't be opened or read.
    public static let storageUnavailable = unavailable(
        "storage_unavailable", "The storage is not available.")
    /// A change is on the disk of one machine, and not known to be anywhere else.
    public static let storageUnconfirmed = unavailable(
        "storage_unconfirmed",
        "The change may have been made: repeat it with the same Idempotency-Key, or read it again.")
    /// Another service can't be reached, or refuses calls.
    public static let upstreamUnavailable = unavailable(
        "upstream_unavailable", "A service that this needs is not available.")
    /// Another service took too long.
    public static let upstreamTimeout = ProblemType(
        .timeout, "upstream_timeout", "A service that this needs did not respond in time.")
    /// Another service sent something that can't be used.
    public static let badUpstreamAnswer = ProblemType(
        .badUpstream, "bad_upstream_answer", "A service that this needs sent an invalid response.")
    /// Of every operation that calls another service.
    public static let ofUpstreams = [badUpstreamAnswer, upstreamUnavailable, upstreamTimeout]
}
