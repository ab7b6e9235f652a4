import Contract
import Kernel

/// What edge gateways ask the primary one, which has the users and tokens. No other service can.
public enum EdgeQueries {
    /// `POST` `CredentialsQuery` → `CredentialsReply`. Edge gateways keep the reply under a lease.
    public static let lookUp = Endpoint(
        "lookUpCredentials", .post, "/internal/credentials/lookup", access: .service,
        readsOnly: true, summary: "Look up tokens by their digests, and users by their names")

    /// `POST` `ExternalUsersQuery` → `ExternalUsersReply`: names chosen by a caller. Unknown ones
    /// are counted for the caller.
    public static let findUsers = Endpoint(
        "findExternalUsers", .post, "/internal/credentials/users", access: .service,
        summary: "Find users by external ids, within the caller's daily limit")

    /// `POST` `TokenUses` → `TokenUses.Receipt`.
    public static let recordUses = Endpoint(
        "recordTokenUses", .post, "/internal/credentials/uses", access: .service,
        summary: "Record when tokens were last used")

    /// `POST` `NewcomerCommand` → `NewcomerReply`: the user of a verified JWT, who is new.
    public static let createUser = Endpoint(
        "createUserOfToken", .post, "/internal/credentials/newcomers", access: .service,
        summary: "Create the user whom a verified JWT names")

    public static let all = [lookUp, findUsers, recordUses, createUser]
}

/// Up to `maximum` tokens and users.
public struct CredentialsQuery: Codable, Sendable {
    public static let maximum = 1_000

    /// SHA-256 digests of tokens, in base64url.
    public let tokens: [String]
    /// Ids of users, or `ext:` and external ids.
    public let users: [String]

    public init(tokens: [String], users: [String]) {
        self.tokens = tokens
        self.users = users
    }
}

/// Those that exist.
public struct CredentialsReply: Codable, Sendable {
    /// A token that was found.
    public struct Token: Codable, Sendable {
        /// As in the query.
        public let digest: String
        public let id: String
        public let userId: String
        /// Whether its user is a platform admin.
        public let isAdmin: Bool
        /// Whether its user is.
        public let isSuspended: Bool
        public let scopes: [String]
        public let readOnly: Bool
        public let isSession: Bool
        public let expiresAt: Timestamp?
        /// Requests a second; 0: no limit; absent: the configured limit.
        public let rateLimit: Int?

        public init(
            digest: String, id: String, userId: String, isAdmin: Bool, isSuspended: Bool,
            scopes: [String], readOnly: Bool, isSession: Bool, expiresAt: Timestamp?,
            rateLimit: Int?
        ) {
            self.digest = digest
            self.id = id
            self.userId = userId
            self.isAdmin = isAdmin
            self.isSuspended = isSuspended
            self.scopes = scopes
            self.readOnly = readOnly
            self.isSession = isSession
            self.expiresAt = expiresAt
            self.rateLimit = rateLimit
        }
    }

    /// A user who was found.
    public struct User: Codable, Sendable {
        /// As in the query.
        public let name: String
        public let id: String
        public let username: String
        /// Whether a platform admin's token can act for them.
        public let isActable: Bool
        public let isAdmin: Bool?
        public let isSuspended: Bool?

        public init(
            name: String, id: String, username: String, isActable: Bool, isAdmin: Bool? = nil,
            isSuspended: Bool? = nil
        ) {
            self.name = name
            self.id = id
            self.username = username
            self.isActable = isActable
            self.isAdmin = isAdmin
            self.isSuspended = isSuspended
        }
    }

    /// From before they were read.
    public let mark: LeaseMark
    public let tokens: [Token]
    public let users: [User]

    public init(mark: LeaseMark, tokens: [Token], users: [User]) {
        self.mark = mark
        self.tokens = tokens
        self.users = users
    }
}

/// External ids that a caller chose, up to `CredentialsQuery.maximum`.
public struct ExternalUsersQuery: Codable, Sendable {
    /// The id of the user who learns from the response which of them exist.
    public let callerId: String
    public let externalIds: [String]

    public init(callerId: String, externalIds: [String]) {
        self.callerId = callerId
        self.externalIds = externalIds
    }
}

/// Those that exist; or, beyond the caller's limit, when to try again.
public struct ExternalUsersReply: Codable, Sendable {
    public struct User: Codable, Sendable {
        public let externalId: String
        public let id: String
        public let username: String

        public init(externalId: String, id: String, username: String) {
            self.externalId = externalId
            self.id = id
            self.username = username
        }
    }

    public let users: [User]
    /// Seconds. When present, nothing was looked up.
    public let retryAfter: Int?

    public init(users: [User], retryAfter: Int? = nil) {
        self.users = users
        self.retryAfter = retryAfter
    }
}

/// When tokens were used at an edge gateway, up to `CredentialsQuery.maximum`.
public struct TokenUses: Codable, Sendable {
    public struct Use: Codable, Sendable {
        public let tokenId: String
        public let at: Timestamp

        public init(tokenId: String, at: Timestamp) {
            self.tokenId = tokenId
            self.at = at
        }
    }

    public struct Receipt: Codable, Sendable {
        public let recorded: Int

        public init(recorded: Int) { self.recorded = recorded }
    }

    public let uses: [Use]

    public init(uses: [Use]) { self.uses = uses }
}

/// The user of a verified JWT, who is created unless they exist by now.
public struct NewcomerCommand: Codable, Sendable {
    public let externalId: String
    /// That the issuer has verified.
    public let email: String
    /// As the issuer has it.
    public let username: String?
    /// As the issuer has it.
    public let displayName: String?
    /// What the audit has in place of a token's id.
    public let tokenId: String

    public init(
        externalId: String, email: String, username: String?, displayName: String?,
        tokenId: String
    ) {
        self.externalId = externalId
        self.email = email
        self.username = username
        self.displayName = displayName
        self.tokenId = tokenId
    }
}

/// The user; absent if another one has the e-mail address, or it is none.
public struct NewcomerReply: Codable, Sendable {
    public let user: CredentialsReply.User?

    public init(user: CredentialsReply.User?) { self.user = user }
}
