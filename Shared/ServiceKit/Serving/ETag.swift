import HTTPCore
import Kernel

/// Strong entity tags (RFC 9110 §8.8.3): a digest of the representation, so that equal answers
/// have equal tags, whichever process gave them.
enum ETag {
    /// 128 bits of the SHA-256 are enough to tell versions of one resource apart.
    static func of(_ body: [UInt8]) -> String {
        "\"\(Base64URL.encode(Array(SHA256.hash(body).prefix(16))))\""
    }

    /// The tags of an `If-Match` or `If-None-Match` field (RFC 9110 §13.1).
    enum Condition: Sendable, Equatable {
        case any
        /// Opaque parts with their quotes, and whether each is weak.
        case tags([(tag: String, isWeak: Bool)])

        static func == (a: Condition, b: Condition) -> Bool {
            switch (a, b) {
            case (.any, .any): true
            case (.tags(let a), .tags(let b)): a.elementsEqual(b) { $0 == $1 }
            default: false
            }
        }

        /// Nil for a malformed list of entity tags.
        init?(_ text: String) {
            let text = text.drop { $0 == " " || $0 == "\t" }
            if text == "*" {
                self = .any
                return
            }
            var tags: [(tag: String, isWeak: Bool)] = []
            for element in Self.elements(text.utf8[...]) {
                var rest = element
                let isWeak = rest.starts(with: "W/".utf8)
                if isWeak { rest = rest.dropFirst(2) }
                guard rest.first == UInt8(ascii: "\""),
                    let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")),
                    rest.index(after: end) == rest.endIndex,
                    rest.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
                else { return nil }
                tags.append((String(decoding: rest, as: UTF8.self), isWeak))
            }
            guard !tags.isEmpty else { return nil }
            self = .tags(tags)
        }

        /// What stands between commas that are in no tag, without space around it.
        private static func elements(_ text: Substring.UTF8View) -> [Substring.UTF8View] {
            var isQuoted = false
            return text.split { byte in
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                return byte == UInt8(ascii: ",") && !isQuoted
            }.map { element in
                let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == 9 }
                var element = element.drop(while: isSpace)
                while let last = element.last, isSpace(last) { element.removeLast() }
                return element
            }.filter { !$0.isEmpty }
        }

        /// - Parameter current: a weak tag is one of a standard that compares it so (SCIM).
        func holds(for current: String, weakly: Bool) -> Bool {
            let isWeak = current.hasPrefix("W/")
            let opaque = isWeak ? String(current.dropFirst(2)) : current
            switch self {
            case .any: return true
            case .tags(let tags):
                return tags.contains { $0.tag == opaque && (weakly || isWeak || !$0.isWeak) }
            }
        }
    }
}

/// The conditions of a request: `If-Match` (the resource is still the version that the client
/// read) and `If-None-Match` (there is none yet).
struct Precondition: Sendable {
    let match: ETag.Condition?
    let noneMatch: ETag.Condition?

    /// Whether there are conditions.
    var isSet: Bool { match != nil || noneMatch != nil }

    /// - Parameter tags: of the current resource; empty if there is none.
    /// - Throws: 412 `precondition_failed`.
    func check(_ tags: [String]) throws(Fault) {
        let matches = match.map { match in tags.contains { match.holds(for: $0, weakly: false) } }
        let isKnown = tags.contains { noneMatch?.holds(for: $0, weakly: true) == true }
        guard matches != false, !isKnown else { throw .preconditionFailed }
    }
}

/// What a request's conditions apply to: the resource that it changes, as it is before the
/// change. `Shown` is what a change shows of it.
public struct Current<Shown>: Sendable {
    /// Of each GET that returns it; empty if there is nothing.
    let tags: @Sendable (Shown) throws -> [String]

    /// No client has it, as tags hold no space.
    private static var untold: String { "\" \"" }

    /// There is something, but no GET shows it with a tag that a client could know: a list, or a
    /// part of one. `*` holds, every tag is stale.
    public static var exists: Current { Current { _ in [untold] } }

    /// The same for what may not be there yet.
    public static func exists(if exists: @escaping @Sendable (Shown) -> Bool) -> Current {
        Current { exists($0) ? [untold] : [] }
    }

    /// - Parameter body: as a GET shows it; nil if there is none.
    public static func shown<Body: Encodable & SendableMetatype>(
        _ body: @escaping @Sendable (Shown) throws -> Body?
    ) -> Current {
        Current { try body($0).map { [ETag.of(JSON.encode($0))] } ?? [] }
    }

    /// - Parameter tag: the weak tag that a GET has of it.
    public static func tagged(_ tag: @escaping @Sendable (Shown) throws -> String) -> Current {
        Current { [try tag($0)] }
    }

    /// For what two GETs show, one of them more of it: a client can hold the tag of either.
    public static func shown<
        Body: Encodable & SendableMetatype, Other: Encodable & SendableMetatype
    >(
        _ body: @escaping @Sendable (Shown) throws -> Body,
        or other: @escaping @Sendable (Shown) throws -> Other
    ) -> Current {
        Current { [ETag.of(JSON.encode(try body($0))), ETag.of(JSON.encode(try other($0)))] }
    }
}

extension Fault {
    static let preconditionFailed = Fault(ProblemType.preconditionFailed)
}

extension RequestContext {
    /// - Throws: 400 for malformed entity tags: an intended condition must not be ignored.
    var precondition: Precondition {
        get throws(Fault) {
            Precondition(
                match: try condition(.ifMatch), noneMatch: try condition(.ifNoneMatch))
        }
    }

    /// Whether it has `If-Match` or `If-None-Match`.
    /// - Throws: 400 for malformed entity tags.
    public var hasConditions: Bool {
        get throws(Fault) { try precondition.isSet }
    }

    /// Holds the request's conditions against a resource that another service has.
    /// - Parameter tag: the resource's; nil if there is none.
    /// - Throws: 412.
    public func checkConditions(on tag: String?) throws(Fault) {
        try precondition.check([tag].compactMap(\.self))
    }

    /// Nil if the request has none.
    func condition<Shown>(
        on current: Current<Shown>
    ) throws(Fault) -> (@Sendable (Shown) throws -> Void)? {
        let precondition = try precondition
        guard precondition.isSet else { return nil }
        return { try precondition.check(try current.tags($0)) }
    }

    private func condition(_ name: FieldName) throws(Fault) -> ETag.Condition? {
        guard let text = head.fields.joined(name) else { return nil }
        guard let condition = ETag.Condition(text) else {
            throw Fault(ProblemType.malformedPrecondition)
        }
        return condition
    }
}

extension Response {
    /// 200 with one resource and its entity tag.
    public static func resource(_ value: some Encodable) -> Response { json(value).tagged }

    /// The answer with the entity tag of its body.
    public var tagged: Response {
        var response = self
        response.add("ETag", ETag.of(body))
        return response
    }

    /// What is sent to a client that has set a condition to reading (RFC 9110 §13.2.2): 412 where
    /// it is not the version of `If-Match`, 304 where the client has it already. A malformed
    /// condition is ignored: at worst the client gets a body that it had.
    func conditional(on head: RequestHead) throws(Fault) -> Response {
        guard status == 200, head.method == .get || head.method == .head,
            head.fields.fields.contains(where: { $0.name == .ifNoneMatch || $0.name == .ifMatch }),
            let tag = value("ETag")
        else { return self }
        func condition(_ name: FieldName) -> ETag.Condition? {
            head.fields.joined(name).flatMap { ETag.Condition($0) }
        }
        if let match = condition(.ifMatch), !match.holds(for: tag, weakly: false) {
            throw .preconditionFailed
        }
        guard condition(.ifNoneMatch)?.holds(for: tag, weakly: true) == true else { return self }
        return Response(304, fields: fields.filter { $0.name != "Content-Type" })
    }
}
