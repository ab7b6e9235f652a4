import Contract
import GatewayContract
import HTTPCore
import Kernel
import SQLite
import ServiceKit
import WriteKit

/// The gateway's own routes.
struct GatewayAPI: Sendable {
    let users: Users
    let tokens: Tokens
    let signIn: SignIn
    let sessions: Sessions
    let exchangeCodes: ExchangeCodes
    let operations: Operations
    let unknownUsers: UnknownUsers
    let database: Database
    /// To be read before facts of which services keep the answer.
    let leaseMark: @Sendable () -> LeaseMark

    var routes: [Route] {
        [
            .later(GatewayRoutes.createSignInCode) { try await createCode($0) },
            .later(GatewayRoutes.createSession) { try await createSession($0) },
            .later(GatewayRoutes.createProviderSession) { try await createProviderSession($0) },
            .change(GatewayRoutes.deleteCurrentSession) { try await deleteSession($0) },
            .change(GatewayRoutes.exchangeCode) { try await exchangeCode($0) },
            .now(GatewayRoutes.me) { try me($0) },
            .change(GatewayRoutes.updateMe) { try await updateMe($0) },
            .change(GatewayRoutes.createUser) { try await createUser($0) },
            .now(GatewayRoutes.listUsers) { try listUsers($0) },
            .now(GatewayRoutes.getUser) {
                .resource(UserBody(try users.get(try $0.path("id"), by: $0.caller)))
            },
            .change(GatewayRoutes.updateUser) { try await updateUser($0) },
            .change(GatewayRoutes.deleteUser) {
                try await $0.commit(
                    users.delete(try $0.path("id"), by: $0.caller), current: .user
                ) { .noContent }
            },
            .change(GatewayRoutes.offboardUser) {
                try await $0.commit(
                    users.offboard(try $0.path("id"), by: $0.caller), current: .exists
                ) {
                    .accepted(
                        StartedOperationBody(operationId: $0.id),
                        location: "/api/operations/\($0.id)")
                }
            },
            .later(GatewayRoutes.getOperation) {
                .resource(try await operations.get(try $0.path("id"), by: $0.caller))
            },
            .change(GatewayRoutes.createToken) { try await createToken($0) },
            .now(GatewayRoutes.listTokens) { try listTokens(of: $0.caller.userId, $0) },
            .change(GatewayRoutes.deleteToken) {
                try await deleteToken(try $0.path("id"), of: $0.caller.userId, $0)
            },
        ] + accounts
    }

    /// Sessions, and what belongs to other users' accounts.
    private var accounts: [Route] {
        [
            .now(GatewayRoutes.listSessions) { try listSessions(of: $0.caller.userId, $0) },
            .change(GatewayRoutes.deleteSessions) {
                try await endSessions(of: $0.caller.userId, $0)
            },
            .change(GatewayRoutes.deleteSession) {
                try await endSession(try $0.path("id"), of: $0.caller.userId, $0)
            },
            .now(GatewayRoutes.listUserTokens) { try listTokens(of: try $0.path("id"), $0) },
            .change(GatewayRoutes.deleteUserToken) {
                try await deleteToken(try $0.path("tokenId"), of: try $0.path("id"), $0)
            },
            .now(GatewayRoutes.listUserSessions) { try listSessions(of: try $0.path("id"), $0) },
            .change(GatewayRoutes.deleteUserSessions) {
                try await endSessions(of: try $0.path("id"), $0)
            },
            .change(GatewayRoutes.deleteUserSession) {
                try await endSession(try $0.path("sessionId"), of: try $0.path("id"), $0)
            },
        ]
    }

    /// Served on the internal port, to the gateway's operator: the same handlers, use cases and
    /// rules as on the public one.
    var operatorRoutes: [Route] {
        routes.filter { Self.forOperators.contains($0.endpoint) } + operatorQueries
    }

    /// The public ones among them.
    static let forOperators: Set = [
        GatewayRoutes.createUser, GatewayRoutes.listUsers, GatewayRoutes.getUser,
        GatewayRoutes.updateUser, GatewayRoutes.createToken, GatewayRoutes.listUserTokens,
        GatewayRoutes.deleteUserToken, GatewayRoutes.listUserSessions,
        GatewayRoutes.deleteUserSession,
    ]

    /// The others.
    var operatorQueries: [Route] {
        [
            .now(AuditRoutes.tail) {
                .json(try users.auditTail(try $0.decode(AuditTailQuery.self)))
            },
            .now(OperatorRoutes.findToken) { try findToken($0) },
        ]
    }

    /// Served on the internal port.
    var directory: [Route] {
        [
            .now(DirectoryQueries.lookUpUsers) { try lookUp($0) },
            .later(DirectoryQueries.findUsers) { try await findUsers($0) },
            .now(DirectoryQueries.matchUsers) { try matchUsers($0) },
            .now(DirectoryQueries.findExisting) { try findExisting($0) },
        ]
    }
}

extension Current<User> {
    fileprivate static var user: Self { .shown { UserBody($0) } }
}

// MARK: Handlers

extension GatewayAPI {
    private func me(_ request: RequestContext) throws -> Response {
        let caller = request.caller
        // The user was deleted a moment ago, and the token with them.
        guard let user = try database.read({ try UserStore.find(caller.userId, in: $0) }) else {
            throw Fault.invalidToken
        }
        return .resource(MeBody(user, caller))
    }

    private func updateMe(_ request: RequestContext) async throws -> Committed {
        let caller = request.caller
        let write = try users.updateOwn(try request.decode(MePatchBody.self), by: caller)
        return try await request.commit(write, current: .shown { MeBody($0, caller) }) {
            .resource(MeBody($0, caller))
        }
    }

    private func createUser(_ request: RequestContext) async throws -> Committed {
        let write = try users.create(try request.decode(NewUserBody.self), by: request.caller)
        return try await request.commit(write, current: .exists) {
            .created(UserBody($0), location: "/api/users/\($0.id)").tagged
        }
    }

    private func listUsers(_ request: RequestContext) throws -> Response {
        let page = try users.list(
            try request.query("search"), externalId: try request.query("externalId"),
            try request.page(), by: request.caller)
        return .list(page.map { UserBody($0) }, for: request)
    }

    private func updateUser(_ request: RequestContext) async throws -> Committed {
        let write = try users.update(
            try request.path("id"), try request.decode(UserPatchBody.self), by: request.caller)
        return try await request.commit(write, current: .user) { .resource(UserBody($0)) }
    }

    private func createToken(_ request: RequestContext) async throws -> Committed {
        let write = try tokens.create(try request.decode(NewTokenBody.self), by: request.caller)
        return try await request.commit(
            write, current: .exists, kept: { .json(201, TokenBody($0.token)) },
            answer: { .json(201, TokenBody($0.token, secret: $0.secret)) })
    }

    private func listTokens(of userId: String, _ request: RequestContext) throws -> Response {
        let page = try tokens.list(of: userId, try request.page(), by: request.caller)
        return .list(page.map { TokenBody($0) }, for: request)
    }

    private func deleteToken(
        _ id: String, of userId: String, _ request: RequestContext
    ) async throws -> Committed {
        try await request.commit(
            tokens.revoke(id, of: userId, by: request.caller), current: .exists
        ) { .noContent }
    }

    private func findToken(_ request: RequestContext) throws -> Response {
        let query = try request.decode(TokenQuery.self)
        let found = try database.read { db in
            try query.secret.map { try TokenStore.owned(secret: $0, in: db) }
                ?? query.id.flatMap { try TokenStore.owned($0, in: db) }
        }
        guard let found else { throw Fault.notFound }
        return .json(found)
    }

    private func lookUp(_ request: RequestContext) throws -> Response {
        let query = try request.decode(DirectoryQuery.self)
        try check(query)
        return .json(
            try database.read { reader in
                DirectoryReply(
                    users: try DirectoryStore.profiles(query, in: reader),
                    admins: query.asksForAdmins == true
                        ? try DirectoryStore.admins(among: query.ids ?? [], in: reader) : nil)
            })
    }

    private func findExisting(_ request: RequestContext) throws -> Response {
        let query = try request.decode(ExistingUsersQuery.self)
        try check(DirectoryQuery(ids: query.ids))
        let mark = leaseMark()
        let found = try database.read { try DirectoryStore.existing(query.ids, in: $0) }
        return .json(ExistingUsersReply(ids: found, mark: mark))
    }

    private func findUsers(_ request: RequestContext) async throws -> Response {
        let query = try request.decode(FindUsersQuery.self)
        try check(query.names)
        return .json(try await unknownUsers.find(query))
    }

    private func matchUsers(_ request: RequestContext) throws -> Response {
        let query = try request.decode(MatchUsersQuery.self)
        try check(DirectoryQuery(ids: query.ids))
        let users = try database.read {
            try DirectoryStore.profiles(ids: query.ids, matching: query.search, in: $0)
        }
        return .json(DirectoryReply(users: users))
    }

    private func check(_ query: DirectoryQuery) throws(Fault) {
        let names = [query.ids, query.emails, query.usernames].map { $0?.count ?? 0 }
        guard names.reduce(0, +) <= DirectoryQuery.maximum else {
            throw .invalid("", "must have at most \(DirectoryQuery.maximum) names")
        }
    }
}

// MARK: Wire types

extension UserBody {
    init(_ user: User) {
        self.init(
            id: user.id, email: user.email, username: user.username,
            displayName: user.displayName, externalId: user.externalId, locale: user.locale,
            emailNotifications: user.emailNotifications, role: user.role,
            suspended: user.isSuspended, managedBy: user.managedBy,
            createdAt: user.createdAt)
    }
}

extension MeBody {
    init(_ user: User, _ caller: Caller) {
        self.init(
            user: UserBody(user), scopes: caller.usableScopes, readOnly: caller.readOnly,
            tokenId: caller.tokenId, actingId: caller.isActedFor ? caller.actingId : nil)
    }
}

extension TokenBody {
    init(_ token: Token, secret: String? = nil) {
        self.init(
            id: token.id, userId: token.userId, name: token.name, prefix: token.prefix,
            scopes: token.scopes, readOnly: token.readOnly, createdAt: token.createdAt,
            lastUsedAt: token.lastUsedAt, expiresAt: token.expiresAt,
            rateLimit: token.rateLimit, token: secret)
    }
}

extension Caller {
    /// The token's scopes; while it acts for a user, those that it can use.
    fileprivate var usableScopes: [String] {
        guard isActedFor else { return scopes }
        return Scopes.known.filter { $0 != Scopes.all && has(scope: $0) }.sorted()
    }
}
