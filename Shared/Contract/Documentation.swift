/// What the callers of an endpoint are told of it. OpenAPI and the reference page are made from
/// this; no request looks at it.
public final class Documentation: Sendable {
    public let summary: String
    public let details: String?
    public let query: [Member]
    public let body: Body?
    public let answers: [Answer]
    public let causes: [Cause]

    init(
        summary: String, details: String?, query: [Member], body: Body?, answers: [Answer],
        causes: [Cause]
    ) {
        self.summary = summary
        self.details = details
        self.query = query
        self.body = body
        self.answers = answers
        self.causes = causes
    }

    /// A JSON body.
    public struct Body: Sendable {
        public let type: any Documented.Type
        /// It may be missing altogether.
        public let isOptional: Bool

        public static func json(_ type: any Documented.Type) -> Body {
            Body(type: type, isOptional: false)
        }

        public static func optional(_ type: any Documented.Type) -> Body {
            Body(type: type, isOptional: true)
        }
    }

    /// An answer to a request that was right.
    public struct Answer: Sendable {
        public enum Content: Sendable {
            case nothing
            case one(any Documented.Type)
            /// A page in the list's envelope.
            case list(any Documented.Type)
            /// Something else than our JSON, by its media type.
            case other(String)
        }

        public let status: Int
        public let meaning: String
        public let content: Content
        /// Has `Location`: the address of what was created.
        public let isLocated: Bool

        public static func ok(_ type: any Documented.Type, _ meaning: String = "Done.") -> Answer {
            Answer(status: 200, meaning: meaning, content: .one(type), isLocated: false)
        }

        public static func created(
            _ type: any Documented.Type, _ meaning: String = "Created.", located: Bool = true
        ) -> Answer {
            Answer(status: 201, meaning: meaning, content: .one(type), isLocated: located)
        }

        public static func list(of type: any Documented.Type) -> Answer {
            Answer(
                status: 200, meaning: "A page of the list.", content: .list(type),
                isLocated: false)
        }

        public static let noContent = Answer(
            status: 204, meaning: "Done; there is nothing to say.", content: .nothing,
            isLocated: false)

        public static func other(_ mediaType: String, _ meaning: String) -> Answer {
            Answer(status: 200, meaning: meaning, content: .other(mediaType), isLocated: false)
        }
    }

    /// Why a request may be refused: a status and the code that programs compare.
    public struct Cause: Sendable, Hashable {
        public let status: Int
        public let code: String
        /// When it happens, in one sentence.
        public let meaning: String

        public init(_ status: Int, _ code: String, _ meaning: String) {
            self.status = status
            self.code = code
            self.meaning = meaning
        }

        public static func forbidden(_ code: String, _ meaning: String) -> Cause {
            Cause(403, code, meaning)
        }

        public static func conflict(_ code: String, _ meaning: String) -> Cause {
            Cause(409, code, meaning)
        }

        public static func unavailable(_ code: String, _ meaning: String) -> Cause {
            Cause(503, code, meaning)
        }
    }
}
