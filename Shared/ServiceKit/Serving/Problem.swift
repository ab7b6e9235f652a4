import Contract
import FoundationEssentials
import HTTPClient
import HTTPCore
import Kernel
import SQLite

/// An error as clients see it: `application/problem+json` (RFC 9457) and the fields that belong
/// to its status.
public struct Problem: Error, Sendable {
    /// The HTTP status.
    public var status: Int
    /// Stable, snake_case.
    public var code: String
    /// One sentence for people.
    public var detail: String
    /// The invalid values of a 422.
    public var fields: [Fault.Field] = []
    /// More members, by their names.
    public var members: [String: String] = [:]
    /// More header fields: Allow, Retry-After, WWW-Authenticate.
    public var headers: [Response.Field] = []

    public init(_ status: Int, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    /// With the fields of its status: Retry-After, WWW-Authenticate.
    public init(_ fault: Fault) {
        self.init(fault.kind.status, fault.code, fault.detail)
        fields = fault.fields
        members = fault.members
        if let seconds = fault.retryAfter { add("Retry-After", "\(seconds)") }
        switch fault.kind {
        case .unauthenticated:
            // RFC 6750 §3.1: no error code for a request without credentials.
            let isInvalid = fault.code != ProblemType.unauthenticated.code
            add("WWW-Authenticate", isInvalid ? "Bearer error=\"invalid_token\"" : "Bearer")
        case .forbidden where !fault.missingScopes.isEmpty:
            let scope = fault.missingScopes.joined(separator: " ")
            add("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"\(scope)\"")
        default: break
        }
    }

    /// Bytes that are not an acceptable request.
    public init(_ error: HTTPError) {
        self.init(error.status, Self.code(of: error.status), error.detail)
    }

    /// Any error; one that is not meant for clients becomes an empty 500.
    public init(_ error: any Error) {
        switch error {
        case let fault as Fault: self.init(fault)
        case let error as DatabaseError: self.init(error.fault)
        case let failure as UpstreamFailure: self.init(failure.fault())
        default: self.init(Fault.unexpected("\(error)"))
        }
    }

    /// Says where its fields stand.
    mutating func place(_ placed: (Fault.Field) -> Fault.Field) {
        fields = fields.map(placed)
        // A parameter's name is no pointer.
        guard fields.count == 1, fields[0].place != .body, detail.hasPrefix(fields[0].pointer)
        else { return }
        detail.removeFirst()
    }

    /// Adds a header field.
    public mutating func add(_ name: String, _ value: String) {
        headers.append(Response.Field(name, value))
    }

    /// - Parameters:
    ///   - instance: the path of the request.
    ///   - page: the URL of the page about it, but for its code.
    public func response(
        instance: String?, requestId: String, page: String = "/problems/"
    ) -> Response {
        let body = Body(
            type: page + code, title: "\(MessageWriter.reason(status))",
            status: status,
            detail: detail, instance: instance, code: code, requestId: requestId,
            errors: fields.isEmpty ? nil : fields, more: members)
        var response = Response(status, fields: headers, body: JSON.encode(body))
        response.add("Content-Type", "application/problem+json")
        return response
    }

    /// As a standard with rules of its own has it: its sentence alone, and 400 for whatever is
    /// wrong with the request's body.
    var text: Response {
        let mistakes = fields.map { "\($0.name) \($0.detail)" }
        let text = mistakes.count > 1 ? mistakes.joined(separator: "; ") + "." : detail
        var response = Response(
            status == 415 || status == 422 ? 400 : status, fields: headers,
            body: Array(text.utf8))
        response.add("Content-Type", "text/plain; charset=utf-8")
        return response
    }

    /// As OAuth 2.0 has it (RFC 6749 §5.2), with 400 for whatever is wrong with the request's body.
    var oauth: Response {
        let error =
            switch status {
            case 401: "invalid_token"
            case 403: "insufficient_scope"
            case 429, 500...: "temporarily_unavailable"
            default: members["error"] ?? "invalid_request"
            }
        var response = Response(
            status == 415 || status == 422 ? 400 : status, fields: headers,
            body: JSON.encode(["error": error, "error_description": detail]))
        response.add("Content-Type", "application/json")
        return response
    }

    /// With the address of the resource's metadata in its challenge (RFC 9728 §5.1).
    func challenging(with metadata: String?) -> Problem {
        guard let metadata else { return self }
        var problem = self
        problem.headers = headers.map { field in
            guard field.name == "WWW-Authenticate", field.value.hasPrefix("Bearer") else {
                return field
            }
            let rest = field.value.dropFirst(7)
            let parameter = "Bearer resource_metadata=\"\(metadata)\""
            return Response.Field(field.name, rest.isEmpty ? parameter : "\(parameter), \(rest)")
        }
        return problem
    }

    /// As SCIM has it (RFC 7644 §3.12): 400 for whatever is wrong with the request's body.
    public var scim: Response {
        let mistakes = fields.map { "\($0.name) \($0.detail)" }
        let shown = status == 415 || status == 422 ? 400 : status
        let kind =
            members["scimType"]
            ?? (status == 422 ? "invalidValue" : shown == 400 ? "invalidSyntax" : nil)
        let body = SCIMBody(
            schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "\(shown)",
            scimType: kind,
            detail: mistakes.count > 1 ? mistakes.joined(separator: "; ") + "." : detail)
        var response = Response(shown, fields: headers, body: JSON.encode(body))
        response.add("Content-Type", SCIMMedia.type)
        return response
    }

    private struct SCIMBody: Encodable {
        let schemas: [String]
        let status: String
        let scimType: String?
        let detail: String
    }

    private struct Body: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let instance: String?
        let code: String
        let requestId: String
        let errors: [Fault.Field]?
        let more: [String: String]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Name.self)
            for (name, value) in more { try container.encode(value, forKey: Name(name)) }
            try container.encode(type, forKey: Name("type"))
            try container.encode(title, forKey: Name("title"))
            try container.encode(status, forKey: Name("status"))
            try container.encode(detail, forKey: Name("detail"))
            try container.encodeIfPresent(instance, forKey: Name("instance"))
            try container.encode(code, forKey: Name("code"))
            try container.encode(requestId, forKey: Name("requestId"))
            try container.encodeIfPresent(errors, forKey: Name("errors"))
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func code(of status: Int) -> String {
        switch status {
        case 408: ProblemType.requestTimeout.code
        case 413: ProblemType.bodyTooLarge(limit: 0).code
        case 414: ProblemType.targetTooLong.code
        case 417: ProblemType.expectationFailed.code
        case 431: ProblemType.headTooLarge.code
        case 501: ProblemType.notImplemented.code
        case 503: ProblemType.overloaded.code
        case 505: ProblemType.versionNotSupported.code
        default: ProblemType.malformedRequest.code
        }
    }
}

extension UpstreamFailure {
    /// What a failed call of another service means to our own caller.
    /// - Parameter detail: for the log.
    public func fault(_ detail: String? = nil) -> Fault {
        let detail = detail ?? "\(self)"
        return switch self {
        case .unreachable, .overloaded, .circuitOpen:
            Fault(ProblemType.upstreamUnavailable, retryAfter: 1, privateDetail: detail)
        case .timeout: Fault(ProblemType.upstreamTimeout)
        case .closed, .insecure, .malformed:
            Fault(ProblemType.badUpstreamAnswer, privateDetail: detail)
        }
    }
}
