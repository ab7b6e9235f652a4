import Contract
import HTTPCore
import Kernel

/// An endpoint with everything that follows from its declaration by rule: what OpenAPI lists and
/// the page shows.
struct Operation {
    struct Parameter {
        enum Place: String {
            case path
            case query
            case header
        }

        let place: Place
        let member: Member
        /// The same for every operation that has it: a component.
        let isShared: Bool
    }

    struct Outcome {
        enum Content {
            case nothing
            case one(any Documented.Type)
            case list(any Documented.Type, Documentation.ResponseDoc.Envelope)
            case other
            case problem([ProblemType])
        }

        let status: Int
        let meaning: String
        let content: Content
        let mediaType: String
        var otherMediaType: String?
        /// Names among `Headers.all`.
        var headers: [String]

        /// The name of the status.
        var reason: String { "\(MessageWriter.reason(status))" }
    }

    let endpoint: Endpoint
    let tag: String
    let parameters: [Parameter]
    /// By status.
    let outcomes: [Outcome]

    /// - Parameter isForwarded: another process answers it, which may be away.
    init(_ endpoint: Endpoint, in group: EndpointGroup, isForwarded: Bool) throws {
        self.endpoint = endpoint
        tag = group.name
        let traits = Traits(endpoint, isForwarded: isForwarded)
        parameters = try Self.path(endpoint, group) + Self.query(endpoint) + Self.headers(traits)
        let answers = endpoint.documentation.answers.map { Self.outcome(of: $0, traits) }
        let notModified = Outcome(
            status: 304, meaning: "Not modified: `If-None-Match` has the current tag.",
            content: .nothing, mediaType: "", headers: Headers.always + [Headers.etag])
        let errors = endpoint.errors
        let problems = Dictionary(grouping: try Causes.all(of: traits)) {
            // `Problem.text`, `Problem.oauth` and `Problem.scim` say so.
            errors != .problems && [415, 422].contains($0.status) ? 400 : $0.status
        }
        .sorted { $0.key < $1.key }.map { status, causes in
            Outcome(
                status: status, meaning: "\(MessageWriter.reason(status))",
                content: errors == .problems ? .problem(causes) : .other,
                mediaType: errors.mediaType,
                headers: Headers.always + Headers.ofProblem(status, causes))
        }
        outcomes =
            (answers.sorted { $0.status < $1.status } + (traits.hasETag ? [notModified] : []))
            + problems
    }

    var path: String { endpoint.path }

    private static func path(
        _ endpoint: Endpoint, _ group: EndpointGroup
    ) throws -> [Parameter] {
        try endpoint.parameterNames.map { name in
            guard let member = group.path.first(where: { $0.name == name }) else {
                throw UnknownShape(description: "\(endpoint.id): {\(name)} is not described")
            }
            return Parameter(place: .path, member: member, isShared: false)
        }
    }

    private static func query(_ endpoint: Endpoint) -> [Parameter] {
        let own = endpoint.documentation.query.map {
            Parameter(place: .query, member: $0, isShared: false)
        }
        guard let envelope = endpoint.envelope else { return own }
        return own
            + Parameters.ofList(envelope).map {
                Parameter(place: .query, member: $0, isShared: true)
            }
    }

    private static func headers(_ traits: Traits) -> [Parameter] {
        var members: [Member] = []
        if traits.endpoint.access == .user { members.append(Parameters.user) }
        if traits.isRepeatable { members.append(Parameters.idempotencyKey) }
        if traits.hasETag { members += [Parameters.ifNoneMatch, Parameters.ifMatch] }
        if traits.takesIfMatch { members += [Parameters.ifMatch, Parameters.ifNoneMatch] }
        return members.map { Parameter(place: .header, member: $0, isShared: true) }
    }

    private static func outcome(of answer: Documentation.ResponseDoc, _ traits: Traits) -> Outcome {
        var headers = Headers.always
        if let deprecation = traits.endpoint.documentation.deprecation {
            headers.append(Headers.deprecation)
            if deprecation.sunset != nil { headers.append(Headers.sunset) }
        }
        if answer.isLocated { headers.append(Headers.location) }
        if traits.isRepeatable { headers.append(Headers.replayed) }
        let content: Outcome.Content
        switch answer.content {
        case .nothing: content = .nothing
        case .one(let type):
            content = .one(type)
            if traits.hasETag || answer.isTagged { headers.append(Headers.etag) }
        case .list(let type, let envelope):
            content = .list(type, envelope)
            headers.append(Headers.link)
        case .other:
            content = .other
            headers.append(Headers.etag)
        }
        return Outcome(
            status: answer.status, meaning: answer.meaning, content: content,
            mediaType: answer.mediaType, otherMediaType: answer.otherMediaType, headers: headers)
    }
}

/// What follows from an endpoint's declaration.
struct Traits {
    let endpoint: Endpoint
    let isForwarded: Bool
    /// A GET of one resource, or of a page of ours.
    let hasETag: Bool
    /// Refuses a change of another version than the caller has read.
    let takesIfMatch: Bool
    /// Takes an `Idempotency-Key`: a POST that changes something.
    let isRepeatable: Bool

    init(_ endpoint: Endpoint, isForwarded: Bool) {
        self.endpoint = endpoint
        self.isForwarded = isForwarded
        hasETag = endpoint.method == .get && !endpoint.isList
        takesIfMatch = endpoint.changesForUser
        isRepeatable = endpoint.takesIdempotencyKey
    }
}

extension Deprecation {
    /// In words; back quotes mark code.
    var text: String {
        let end = sunset.map { ", and ends at \($0.rfc3339)" } ?? ""
        return "Deprecated since \(since.rfc3339)\(end): see `\(guide)`."
    }
}

extension Endpoint {
    var isList: Bool { envelope != nil }

    /// Of a list; nil otherwise.
    var envelope: Documentation.ResponseDoc.Envelope? {
        for answer in documentation.answers {
            if case .list(_, let envelope) = answer.content { return envelope }
        }
        return nil
    }

    var hasQuery: Bool { isList || !documentation.query.isEmpty }
}
