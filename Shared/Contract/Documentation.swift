import Kernel

/// What the callers of an endpoint are told of it. OpenAPI and the reference page are made from
/// this; no request looks at it.
public final class Documentation: Sendable {
    public let summary: String
    public let details: String?
    public let query: [Member]
    public let body: Body?
    public let answers: [ResponseDoc]
    public let problems: [ProblemType]

    init(
        summary: String, details: String?, query: [Member], body: Body?, answers: [ResponseDoc],
        problems: [ProblemType]
    ) {
        self.summary = summary
        self.details = details
        self.query = query
        self.body = body
        self.answers = answers
        self.problems = problems
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
    public struct ResponseDoc: Sendable {
        public enum Content: Sendable {
            case nothing
            case one(any Documented.Type)
            /// A page in an envelope.
            case list(any Documented.Type, Envelope)
            /// Something else than an object of ours.
            case other
        }

        /// The ways in which a page is written.
        public enum Envelope: Sendable {
            /// `items`, `page`, `pageSize`, `total`.
            case plain
            /// `data`, `page`, `page_size`, `total`.
            case snakeCase
            /// HAL: the items in `_embedded` by their relation, the other pages in `_links`.
            case hal(relation: String, links: any Documented.Type)
        }

        public let status: Int
        public let meaning: String
        public let content: Content
        public private(set) var mediaType = "application/json"
        /// Has `Location`: the address of what was created.
        public let isLocated: Bool
        /// Has `ETag`, though it is no answer to a GET: that of what has been created or changed.
        public let isTagged: Bool

        private init(
            _ status: Int, _ meaning: String, _ content: Content, located: Bool = false,
            tagged: Bool = false
        ) {
            self.status = status
            self.meaning = meaning
            self.content = content
            isLocated = located
            isTagged = tagged
        }

        public static func ok(
            _ type: any Documented.Type, _ meaning: String = "Done.", tagged: Bool = false
        ) -> ResponseDoc { ResponseDoc(200, meaning, .one(type), tagged: tagged) }

        public static func created(
            _ type: any Documented.Type, _ meaning: String = "Created.", located: Bool = true,
            tagged: Bool = false
        ) -> ResponseDoc { ResponseDoc(201, meaning, .one(type), located: located, tagged: tagged) }

        public static func list(of type: any Documented.Type) -> ResponseDoc {
            ResponseDoc(200, "A page of the list.", .list(type, .plain))
        }

        public static func snakeList(of type: any Documented.Type) -> ResponseDoc {
            ResponseDoc(200, "A page of the list.", .list(type, .snakeCase))
        }

        public static func list(
            of type: any Documented.Type, as relation: String,
            links: any Documented.Type = HALPageLinks.self
        ) -> ResponseDoc {
            ResponseDoc(
                200, "A page of the list.", .list(type, .hal(relation: relation, links: links))
            )
            .hal
        }

        /// The same, written as HAL.
        public var hal: ResponseDoc {
            var answer = self
            answer.mediaType = HAL.mediaType
            return answer
        }

        public static let accepted = ResponseDoc(
            202, "Accepted; what comes of it is not told.", .nothing)

        public static func accepted(_ type: any Documented.Type, _ meaning: String) -> ResponseDoc {
            ResponseDoc(202, meaning, .one(type))
        }

        public static let noContent = ResponseDoc(204, "Done; there is nothing to say.", .nothing)

        public static func other(_ mediaType: String, _ meaning: String) -> ResponseDoc {
            var answer = ResponseDoc(200, meaning, .other)
            answer.mediaType = mediaType
            return answer
        }
    }
}

/// A message that subscribers are sent, for OpenAPI's `webhooks`.
public struct Notice: Sendable {
    /// Of the event.
    public let type: String
    public let body: any Documented.Type
    /// When it is sent, in one sentence.
    public let meaning: String

    public init(_ type: String, _ body: any Documented.Type, _ meaning: String) {
        self.type = type
        self.body = body
        self.meaning = meaning
    }
}
