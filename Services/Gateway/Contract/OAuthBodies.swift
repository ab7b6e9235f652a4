import Contract

/// RFC 9728 §2.
public struct ProtectedResourceBody: Documented {
    public static let schemaName = "ProtectedResource"
    public static let meaning = "This API as a resource that tokens protect."

    public let resource: String
    public let issuers: [String]
    public let scopes: [String]
    public let methods: [String]
    public let name: String
    public let documentation: String

    private enum CodingKeys: String, CodingKey {
        case resource
        case issuers = "authorization_servers"
        case scopes = "scopes_supported"
        case methods = "bearer_methods_supported"
        case name = "resource_name"
        case documentation = "resource_documentation"
    }

    public init(base: String, issuers: [String]) {
        resource = base
        self.issuers = issuers
        scopes = Scopes.known.subtracting([Scopes.all]).sorted()
        methods = ["header"]
        name = "Latchkey"
        documentation = base + "/docs"
    }

    public static var members: [Member] {
        [
            Member(
                "resource", "The public URL, which identifies this API.",
                example: "https://api.example.com"),
            Member(
                "authorization_servers", "The issuers whose JWTs are accepted.",
                example: ["https://idp.example.com"]),
            Member(
                "scopes_supported", "Scopes that a token can have.", example: ["entities:share"]),
            Member(
                "bearer_methods_supported", "How tokens are sent: in `Authorization` alone.",
                example: ["header"]),
            Member("resource_name", "A name for people.", example: "Latchkey"),
            Member(
                "resource_documentation", "This reference as a web page.",
                example: "https://api.example.com/docs"),
        ]
    }
}

/// RFC 7662 §2.1.
public struct IntrospectionBody: Documented {
    public static let schemaName = "Introspection"
    public static let meaning = "A token to introspect, as a form."

    public let token: String

    public static var members: [Member] {
        [Member("token", "The token.", .token, example: exampleToken)]
    }

    static let exampleToken: JSONTree =
        "sk_live_4mKcZ0Yt7hQ2vX9bN3sLr8WfJ5gDp1uEa6iTo0RyVq3H21kZb0"
}

/// RFC 7009 §2.1.
public struct RevocationBody: Documented {
    public static let schemaName = "Revocation"
    public static let meaning = "A token to revoke, as a form."

    public let token: String

    public static var members: [Member] {
        [Member("token", "The token.", .token, example: IntrospectionBody.exampleToken)]
    }
}

/// RFC 7662 §2.2, and what else a service of the platform needs to know of the user.
public struct IntrospectedBody: Documented {
    public static let schemaName = "IntrospectedToken"
    public static let meaning = "What is known of a token; of one that isn't valid, nothing."

    public let active: Bool
    public let scope: String?
    public let userId: String?
    public let username: String?
    public let externalId: String?
    public let isAdmin: Bool?
    public let readOnly: Bool?
    public let type: String?
    public let id: String?
    public let issuer: String?
    public let expiresAt: Int?

    private enum CodingKeys: String, CodingKey {
        case active, scope
        case userId = "sub"
        case username
        case externalId = "external_id"
        case isAdmin = "is_admin"
        case readOnly = "read_only"
        case type = "token_type"
        case id = "jti"
        case issuer = "iss"
        case expiresAt = "exp"
    }

    /// Of a token that isn't valid.
    public static let inactive = IntrospectedBody(
        active: false, scopes: nil, userId: nil, username: nil, externalId: nil, isAdmin: nil,
        readOnly: nil, id: nil, issuer: nil, expiresAt: nil)

    /// - Parameter expiresAt: seconds since 1970.
    public init(
        active: Bool, scopes: [String]?, userId: String?, username: String?, externalId: String?,
        isAdmin: Bool?, readOnly: Bool?, id: String?, issuer: String?, expiresAt: Int?
    ) {
        self.active = active
        scope = scopes?.joined(separator: " ")
        self.userId = userId
        self.username = username
        self.externalId = externalId
        self.isAdmin = isAdmin
        self.readOnly = readOnly
        type = active ? "Bearer" : nil
        self.id = id
        self.issuer = issuer
        self.expiresAt = expiresAt
    }

    public static var members: [Member] {
        [
            Member("active", "Whether the token is valid now.", example: true),
            Member(
                "scope",
                "The scopes that the token can use, separated by spaces; `*` is not among them.",
                example: "entities:share entities:write"),
            Member("sub", "The user's id.", .id(like: "usr_")),
            Member("username", "The user's username.", example: "grace"),
            Member(
                "external_id", "The platform's own id of the user; absent if there is none.",
                example: "user-grace"),
            Member("is_admin", "Whether the user is a platform admin.", example: false),
            Member("read_only", "Whether the token can only read.", example: false),
            Member("token_type", "`Bearer`.", example: "Bearer"),
            Member(
                "jti", "The token's id; of a JWT, one that begins with `jwt_`.",
                example: "tok_01M7YT9ZBK9M36XHGNJ7WRG37S"),
            Member(
                "iss", "The issuer: the public URL, or the issuer of a JWT.",
                example: "https://api.example.com"),
            Member(
                "exp", "When the token expires, in seconds since 1970; absent if it doesn't.",
                example: 1_800_003_600),
        ]
    }
}

extension Rule {
    /// Any text but none.
    fileprivate static var token: Rule {
        var rule = Rule()
        rule.length = OAuthLimits.token
        return rule
    }
}

/// Numbers of OAuth requests.
public enum OAuthLimits {
    /// Bytes of a token that something can be asked about.
    public static let token = 1...10_000
}
