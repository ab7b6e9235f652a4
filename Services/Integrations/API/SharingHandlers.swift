import Contract
import HTTPCore
import IntegrationsContract
import Kernel
import ServiceKit

extension IntegrationsAPI {
    func listShares(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listShares(
            of: try request.integration, try request.page(), by: request.caller)
        return .list(
            page.map { IntegrationShareWithPrincipalBody($0) }, as: IntegrationRelations.share,
            for: request)
    }

    func getShare(_ request: RequestContext) async throws -> Response {
        let share = try await useCases.getShare(
            of: try request.integration, with: try request.principal, by: request.caller)
        return .resource(IntegrationShareBody(share)).hal
    }

    func share(_ request: RequestContext) async throws -> Committed {
        let level: AccessLevel
        let body = try request.decodeIfPresent(ShareLevelBody.self)
        switch body?.accessLevel {
        case nil, .unchanged: level = .default
        case .null: throw AccessLevel.invalid
        case .value(let number): level = try AccessLevel(number.value)
        }
        let write = useCases.shareIntegration(
            try request.integration, with: try request.principal, level,
            notifies: body?.notify ?? true, by: request.caller)
        return try await request.commit(
            write, current: .shown { $0.map { IntegrationShareBody($0) } }
        ) { .resource(IntegrationShareBody($0)).hal }
    }

    func unshare(_ request: RequestContext) async throws -> Committed {
        let write = try await useCases.unshareIntegration(
            try request.integration, with: try request.principal, by: request.caller)
        return try await request.commit(write, current: .shown { IntegrationShareBody($0) }) {
            .noContent
        }
    }

    // MARK: Ownership

    func getOwner(_ request: RequestContext) async throws -> Response {
        let owner = try await useCases.getOwner(of: try request.integration, by: request.caller)
        return .resource(OwnerBody(owner)).hal
    }

    func changeOwner(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewOwnerBody.self)
        let write = useCases.changeOwner(
            of: try request.integration,
            to: try NewOwner(userId: body.userId, teamId: body.teamId), by: request.caller)
        // `If-Match` accepts either tag, as both change with the owner. The response has no tag: it
        // would be another resource's.
        return try await request.commit(
            write, current: .shown({ OwnerBody($0.owner) }, or: { self.body(of: $0) })
        ) { .json(self.body(of: $0)).hal }
    }
}

extension RequestContext {
    /// The principal in the path; nil if the text isn't the name of one.
    fileprivate var principal: PrincipalName? {
        get throws(Fault) { PrincipalName(try path("principalId")) }
    }
}

extension IntegrationShareBody {
    init(_ found: ShareWithUser) {
        self.init(
            integrationId: found.share.integrationId, principalId: found.principal.name.text,
            accessLevel: found.share.level.value, createdAt: found.share.createdAt,
            updatedAt: found.share.updatedAt)
    }
}

extension IntegrationShareWithPrincipalBody {
    init(_ found: ShareWithUser) {
        self.init(
            integrationId: found.share.integrationId, accessLevel: found.share.level.value,
            principal: PrincipalBody(found.principal))
    }
}

extension PrincipalBody {
    init(_ principal: NamedPrincipal) {
        self.init(
            id: principal.name.text, name: principal.displayName, type: principal.name.type)
    }
}

extension OwnerBody {
    init(_ owner: NamedPrincipal) {
        switch owner.name {
        case .user(let username):
            self.init(owner.name.text, username: username, displayName: owner.displayName)
        case .team(let id): self.init(owner.name.text, teamId: id, name: owner.displayName)
        }
    }
}
