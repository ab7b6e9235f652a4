import GatewayContract
import HTTPCore
import Kernel
import SQLite
import ServiceKit

/// What the primary gateway answers edge gateways.
struct EdgeHandlers: Sendable {
    let lookup: TokenLookup
    let unknownUsers: UnknownUsers
    let newcomers: Newcomers
    /// On the facts of `LeasedFacts`.
    let leases: GrantedLeases

    var routes: [Route] {
        [
            .leases(leases),
            .now(EdgeQueries.lookUp) { try lookUp($0) },
            .later(EdgeQueries.findUsers) { try await findUsers($0) },
            .now(EdgeQueries.recordUses) { try recordUses($0) },
            .later(EdgeQueries.createUser) { try await createUser($0) },
        ]
    }

    private func lookUp(_ request: RequestContext) throws -> Response {
        try request.requireService("gateway")
        let query = try request.decode(CredentialsQuery.self)
        try check(query.tokens.count + query.users.count)
        let mark = leases.mark
        let found = try lookup.database.read { reader in
            let tokens = try query.tokens.compactMap { digest in
                try TokenStore.grant(
                    digest: Base64URL.decode(Array(digest.utf8)[...]) ?? [], in: reader
                )
                .map { CredentialsReply.Token($0, digest: digest) }
            }
            let users = try query.users.compactMap { name in
                try UserStore.find(named: name, in: reader)
                    .map { CredentialsReply.User(NamedUser($0), name: name) }
            }
            return (tokens, users)
        }
        return .json(CredentialsReply(mark: mark, tokens: found.0, users: found.1))
    }

    private func findUsers(_ request: RequestContext) async throws -> Response {
        try request.requireService("gateway")
        let query = try request.decode(ExternalUsersQuery.self)
        try check(query.externalIds.count)
        let caller = Caller(userId: query.callerId, scopes: [])
        do {
            let users = try await unknownUsers.find(externalIds: query.externalIds, for: caller)
            return .json(
                ExternalUsersReply(
                    users: users.sorted { $0.key < $1.key }.map {
                        ExternalUsersReply.User(
                            externalId: $0.key, id: $0.value.id, username: $0.value.username)
                    }))
        } catch let fault as Fault where fault.kind == .rateLimited {
            return .json(ExternalUsersReply(users: [], retryAfter: fault.retryAfter))
        }
    }

    private func recordUses(_ request: RequestContext) throws -> Response {
        try request.requireService("gateway")
        let uses = try request.decode(TokenUses.self).uses
        try check(uses.count)
        let now = lookup.clock.now()
        // Its clock can be ahead.
        for use in uses { lookup.recordUse(of: use.tokenId, at: min(use.at, now)) }
        return .json(TokenUses.Receipt(recorded: uses.count))
    }

    private func createUser(_ request: RequestContext) async throws -> Response {
        try request.requireService("gateway")
        let command = try request.decode(NewcomerCommand.self)
        let user = try await newcomers.create(command, requestId: request.requestId)
        return .json(
            NewcomerReply(
                user: user.map {
                    CredentialsReply.User($0, name: ExternalID.prefix + command.externalId)
                }))
    }

    private func check(_ count: Int) throws(Fault) {
        guard count <= CredentialsQuery.maximum else {
            throw .invalid("", "must have at most \(CredentialsQuery.maximum) items")
        }
    }
}

extension CredentialsReply.Token {
    fileprivate init(_ grant: TokenGrant, digest: String) {
        let caller = grant.caller
        self.init(
            digest: digest, id: caller.tokenId, userId: caller.userId, isAdmin: caller.isAdmin,
            isSuspended: grant.isSuspended, scopes: caller.scopes, readOnly: caller.readOnly,
            isSession: grant.isSession, expiresAt: grant.expiresAt, rateLimit: grant.rateLimit)
    }
}

extension CredentialsReply.User {
    fileprivate init(_ user: NamedUser, name: String) {
        self.init(
            name: name, id: user.id, username: user.username, isActable: user.isActable,
            isAdmin: user.isAdmin, isSuspended: user.isSuspended)
    }
}
