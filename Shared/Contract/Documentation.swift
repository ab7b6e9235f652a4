import Kernel

/// An endpoint's description for its callers. OpenAPI and the reference page are made from
/// this; no request looks at it.
public final class Documentation: Sendable {
    /// One line that begins with a verb.
    public let summary: String
    /// More sentences; nil if the summary says it all.
    public let details: String?
    /// Parameters of the query, but for page and size of a list.
    public let query: [Member]
    /// nil if it takes none.
    public let body: Body?
    /// Successful responses.
    public let answers: [ResponseDoc]
    /// Those that don't follow from the declaration.
    public let problems: [ProblemType]
    /// nil for a route that stays.
    public let deprecation: Deprecation?

    init(
        summary: String, details: String?, query: [Member], body: Body?, answers: [ResponseDoc],
        problems: [ProblemType], deprecation: Deprecation?
    ) {
        self.summary = summary
        self.details = details
        self.query = query
        self.body = body
        self.answers = answers
        self.problems = problems
        self.deprecation = deprecation
    }

    /// A JSON body.
    public struct Body: Sendable {
        /// The type that the handler decodes.
        public let type: any Documented.Type
        /// It may be missing altogether.
        public let isOptional: Bool
        /// Of a form.
        public static let formType = "application/x-www-form-urlencoded"
        /// How its members are written.
        public private(set) var mediaType = "application/json"

        /// A required body.
        public static func json(_ type: any Documented.Type) -> Body {
            Body(type: type, isOptional: false)
        }

        /// A body that can be left out.
        public static func optional(_ type: any Documented.Type) -> Body {
            Body(type: type, isOptional: true)
        }

        /// A required body, as a form.
        public static func form(_ type: any Documented.Type) -> Body {
            var body = json(type)
            body.mediaType = formType
            return body
        }

        init(type: any Documented.Type, isOptional: Bool) {
            self.type = type
            self.isOptional = isOptional
        }

        /// The same, written as SCIM.
        public var scim: Body {
            var body = self
            body.mediaType = SCIMMedia.type
            return body
        }
    }

    /// An answer to a request that was right.
    public struct ResponseDoc: Sendable {
        /// What a response's body is.
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

        /// The HTTP status.
        public let status: Int
        /// One sentence.
        public let meaning: String
        /// The body.
        public let content: Content
        /// Content-Type of the body.
        public private(set) var mediaType = "application/json"
        /// Another one that the body can have, by the request's path.
        public private(set) var otherMediaType: String?
        /// Has `Location`: the URL of the created resource.
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

        /// 200 with one resource.
        public static func ok(
            _ type: any Documented.Type, _ meaning: String = "Done.", tagged: Bool = false
        ) -> ResponseDoc { ResponseDoc(200, meaning, .one(type), tagged: tagged) }

        /// 201 with the new resource.
        public static func created(
            _ type: any Documented.Type, _ meaning: String = "Created.", located: Bool = true,
            tagged: Bool = false
        ) -> ResponseDoc { ResponseDoc(201, meaning, .one(type), located: located, tagged: tagged) }

        /// 200 with a page of items.
        public static func list(of type: any Documented.Type) -> ResponseDoc {
            ResponseDoc(200, "A page of the list.", .list(type, .plain))
        }

        /// 200 with a page whose members are in snake_case.
        public static func snakeList(of type: any Documented.Type) -> ResponseDoc {
            ResponseDoc(200, "A page of the list.", .list(type, .snakeCase))
        }

        /// 200 with a page in HAL.
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

        /// The same, written as SCIM.
        public var scim: ResponseDoc {
            var answer = self
            answer.mediaType = SCIMMedia.type
            return answer
        }

        /// 202 without a body.
        public static let accepted = ResponseDoc(
            202, "Accepted. The response doesn't reveal whether anything was done.", .nothing)

        /// 202 with a body.
        public static func accepted(
            _ type: any Documented.Type, _ meaning: String, located: Bool = false
        ) -> ResponseDoc { ResponseDoc(202, meaning, .one(type), located: located) }

        /// 200 without a body.
        public static func done(_ meaning: String) -> ResponseDoc {
            ResponseDoc(200, meaning, .nothing)
        }

        /// 204.
        public static let noContent = ResponseDoc(204, "Done. The response has no body.", .nothing)

        /// 200 with a body that is no object of ours.
        public static func other(
            _ mediaType: String, or otherMediaType: String? = nil, _ meaning: String
        ) -> ResponseDoc {
            var answer = ResponseDoc(200, meaning, .other)
            answer.mediaType = mediaType
            answer.otherMediaType = otherMediaType
            return answer
        }
    }
}

/// The media type of SCIM (RFC 7644 §3.1).
public enum SCIMMedia {
    /// As in `Content-Type`.
    public static let type = "application/scim+json"
}

/// A message that subscribers are sent, for OpenAPI's `webhooks`.
public struct Notice: Sendable {
    /// The change that it is about.
    public let change: CatalogedChange
    /// The type of the message's body.
    public let body: any Documented.Type
    /// What the audit calls it, and what it calls changes that the message says as well.
    public let actions: [String]
    /// An example of what it happened to.
    public let subject: AuditEntryBody.Subject
    /// An example of what that belongs to; nil if it stands alone.
    public let parent: AuditEntryBody.Subject?

    public init(
        _ change: CatalogedChange, saying others: [CatalogedChange] = [],
        _ body: any Documented.Type, subject: AuditEntryBody.Subject,
        parent: AuditEntryBody.Subject?
    ) {
        self.change = change
        actions = [change.action] + others.map(\.action)
        self.body = body
        self.subject = subject
        self.parent = parent
    }

    /// Of the event.
    public var type: String { change.type }
    /// When it is sent, in one sentence.
    public var meaning: String { change.declaration.meaning }
}
