import Contract
import EventLoop
import HTTPCore
import Kernel
import Tracing
import WriteKit

/// One request as a handler sees it: routed, admitted, its body read.
public struct RequestContext: Sendable {
    /// The request's head, with our own names in place of external ids.
    public private(set) var head: RequestHead
    /// The declaration of the route.
    public let endpoint: Endpoint
    /// Nil on open routes and on calls between services.
    public let session: (any Session)?
    /// The caller. Anonymous (an empty id, no scopes) without a session.
    public var caller: Caller { (session?.caller ?? .nobody).asking(in: requestId) }
    /// The body as it came, if names in it have been resolved.
    var askedBody: [UInt8]?
    /// The whole body.
    public private(set) var body: [UInt8]
    /// The `X-Request-Id` of the response.
    public let requestId: String
    /// When the client stops waiting for the response.
    public let deadline: Ticks
    private(set) var parameters: PathParameters
    let input: RequestInput
    let handler: APIHandler
    /// Nil in tests of what needs no server.
    var answer: ResponseSink?
    /// Our span of the request.
    public let trace: SpanContext
    /// The key to store the response under; see `commit`.
    var claim: IdempotencyClaim?
    /// The response stored under it.
    var kept: StoredResponse?

    /// What stands before every path in a link.
    var base: String { handler.base }

    /// Other requests wait behind this one: if it can't be answered at once, the response is 421,
    /// and it comes again on a connection of its own (RFC 9110 §15.5.20).
    var mustAnswerAtOnce: Bool {
        endpoint.answersAtOnce == .usually && head.fields.count(of: .latchkeyAtOnce) > 0
    }

    /// The client's address, if known.
    public var client: String { answer?.client ?? "" }

    /// The `X-Request-Id` as the response has it: a standard can require the client's own.
    public var shownRequestId: String { answer?.shownRequestId ?? requestId }

    /// The path and query as the client sent them, for what responses repeat of them: our own names
    /// there would tell whether an external id exists.
    var asked: AskedTarget { answer?.asked ?? AskedTarget(head) }

    /// Puts our own names in place of external ids.
    mutating func rename(_ head: RequestHead, _ parameters: PathParameters) {
        self.head = head
        self.parameters = parameters
    }

    mutating func rename(body: [UInt8]) {
        askedBody = self.body
        self.body = body
    }

    /// The body as it came, with external ids, if it has some that have been resolved: for a
    /// response that repeats what the caller must not learn to exist.
    public func decodeAsked<T: Decodable>(_ type: T.Type) throws(Fault) -> T? {
        try askedBody.map { bytes throws(Fault) in try JSON.decode(type, bytes) }
    }

    /// Moves the body out of the request, for a handler that forwards it.
    public mutating func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    /// A parameter of the path, percent-decoded. Invalid UTF-8 is a 404.
    public func path(_ name: String) throws(Fault) -> String {
        guard let index = input.path.firstIndex(of: name),
            let value = head.decodedPath(parameters[index])
        else { throw .notFound }
        try input.check(value, at: index)
        return value
    }

    /// A parameter of the query; nil if it is not there. Twice is an error: which one counts?
    public func query(_ name: String) throws(Fault) -> String? {
        guard let items = head.queryItems() else {
            throw Fault(ProblemType.malformedQuery)
        }
        let values = items.filter { $0.name == name }
        guard values.count <= 1 else { throw .invalid("/\(name)", "must be given at most once") }
        return values.first?.value
    }

    /// The body as JSON: 400 for none, 415 for another content type, 400 for invalid JSON, 422 with
    /// every member that is unknown, missing or of the wrong kind.
    public func decode<T: Decodable>(_ type: T.Type) throws(Fault) -> T {
        try requireJSON()
        guard let schema = input.schema(for: type) else {
            let limits: JSONLimits = endpoint.errors == .scim ? .scim : .request
            return try JSON.decode(
                type, body, within: endpoint.access == .service ? .trusted : limits)
        }
        if let value = JSON.plain(type, body, within: .request) { return value }
        let mistakes = try JSONSyntax.check(body, as: schema)
        if let fault = mistakes.fault(isLenient: isLenient) {
            throw try allMistakes(by: schema) ?? fault
        }
        answer?.ignored += mistakes.unknown.map(\.pointer)
        do throws(Fault) {
            return try JSON.decode(checked: type, body)
        } catch {
            // The decoder stops at the first value that breaks a rule.
            throw try allMistakes(by: schema) ?? error
        }
    }

    /// Every mistake of the body, rules of values included: a client is told all of them at once.
    private func allMistakes(by schema: BodySchema) throws(Fault) -> Fault? {
        try JSONSyntax.check(body, as: schema, checksRules: true).fault(isLenient: isLenient)
    }

    /// As `decode`; nil if the request has no body.
    public func decodeIfPresent<T: Decodable>(_ type: T.Type) throws(Fault) -> T? {
        body.isEmpty ? nil : try decode(type)
    }

    private func requireJSON() throws(Fault) {
        guard !body.isEmpty else { throw Fault(ProblemType.bodyMissing) }
        let isJSON = head.fields.withValue(.contentType) { MediaType.isJSON($0) } ?? false
        guard isJSON else {
            throw Fault(ProblemType.unsupportedMediaType)
        }
        // RFC 9110 §8.4: what can't be decoded is refused, and not read as if it were plain.
        guard head.fields.count(of: .contentEncoding) == 0 else {
            throw Fault(
                ProblemType.unsupportedMediaType, "The body must not have a Content-Encoding.")
        }
    }

    /// A whole number of the query, in digits.
    public func number(
        _ name: String, in range: ClosedRange<Int>, else fallback: Int
    ) throws(Fault) -> Int {
        guard let text = try query(name) else { return fallback }
        let isDigits = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
        if isDigits, let value = Int(text), range.contains(value) { return value }
        throw .invalid(
            "/\(name)", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }

    /// A value of an enum in the query; nil if it is not there.
    public func word<Word: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Word.Type
    ) throws(Fault) -> Word? {
        guard let text = try query(name) else { return nil }
        return try Text.word(text, pointer: "/\(name)")
    }

    /// The requested page of a list: `page` from 1, `pageSize` 1–100.
    public func page(_ style: ListStyle = .plain) throws(Fault) -> PageRequest {
        var wrong: [Fault.Field] = []
        func part(
            _ name: String, _ maximum: Int, else fallback: Int
        ) throws(Fault) -> Int {
            do throws(Fault) {
                return try number(name, in: 1...maximum, else: fallback)
            } catch {
                // What is no query at all is no mistake in a field.
                guard !error.fields.isEmpty else { throw error }
                wrong += error.fields
                return fallback
            }
        }
        let page = try part("page", PageRequest.maximumPage, else: 1)
        let size = try part(
            style.sizeName, PageRequest.maximumSize, else: PageRequest.defaultSize)
        guard wrong.isEmpty else { throw .invalid(wrong) }
        return PageRequest(page: page, size: size)
    }
}
