import Contract
import Kernel

/// The problems of an operation: those that follow from its declaration, and its own.
enum Causes {
    /// In the order of their statuses, the operation's own after those that others have too.
    /// - Throws: `UnknownShape`.
    static func all(of traits: Traits) throws -> [ProblemType] {
        let endpoint = traits.endpoint
        var causes: [ProblemType] = [.malformedRequest, .rateLimited, .tooManyRequestsInFlight]
        if endpoint.isStrict { causes.append(.unknownParameter) }
        if endpoint.hasQuery { causes.append(.malformedQuery) }
        if endpoint.access == .user {
            causes += [
                .unauthenticated, .invalidToken, .userSuspended, .insufficientScope, .cannotActAs,
                .validationFailed,
            ]
            if !endpoint.readsOnly { causes.append(.readOnlyToken) }
        }
        if !endpoint.parameterNames.isEmpty { causes.append(.notFound) }
        if endpoint.documentation.body != nil {
            causes += ofBodies + [.bodyTooLarge(limit: endpoint.bodyLimit ?? bodyLimit)]
        }
        if endpoint.access != .user, endpoint.documentation.body != nil || endpoint.hasQuery {
            causes.append(.validationFailed)
        }
        // External ids of users are counted like unknown users where they are unknown.
        if try endpoint.access == .user && endpoint.named().contains(where: \.isUser) {
            causes.append(.tooManyUnknownUsers)
        }
        if traits.takesIfMatch { causes += [.malformedPrecondition, .preconditionFailed] }
        if traits.hasETag { causes.append(.preconditionFailed) }
        if traits.isRepeatable {
            causes += [.idempotencyKeyInUse, .idempotencyKeyReused, .tooManyIdempotencyKeys]
        }
        causes += [.targetTooLong, .headTooLarge, .internalError, .overloaded]
        if endpoint.access == .user { causes += ofStorage }
        if traits.isForwarded { causes += ProblemType.ofUpstreams }
        let own = endpoint.documentation.problems.filter { !causes.contains($0) }
        return (causes + own).enumerated()
            .sorted { ($0.element.status, $0.offset) < ($1.element.status, $1.offset) }
            .map(\.element)
    }

    /// Those that say nothing about the operation: the page lists them once.
    static let listedOnce: [ProblemType] =
        ([
            .malformedRequest, .malformedQuery, .unknownParameter, .unauthenticated, .invalidToken,
            .userSuspended, .cannotActAs, .rateLimited,
            .tooManyRequestsInFlight, .bodyTooLarge(limit: bodyLimit), .targetTooLong,
            .headTooLarge, .internalError, .overloaded,
        ] + ofBodies + ofStorage + ProblemType.ofUpstreams).sorted { $0.status < $1.status }

    static let common = Set(listedOnce)

    /// Bytes of a body that the servers take where a route doesn't say otherwise.
    private static let bodyLimit = 1_048_576
    private static let ofBodies: [ProblemType] = [
        .bodyMissing, .malformedJSON, .unknownField, .requestTimeout, .unsupportedMediaType,
        .tooManyBytesInFlight,
    ]
    private static let ofStorage: [ProblemType] = [
        .storageBusy, .storageFull, .storageReadOnly, .storageCorrupt, .storageUnavailable,
        .storageUnconfirmed,
    ]
}
