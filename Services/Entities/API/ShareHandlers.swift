import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func shareEntity(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewSharesBody.self)
        let addressees = try Addressees(body.emails)
        let change = try await useCases.shareEntity(
            try request.entityId, with: addressees,
            ShareOptions(
                notifies: body.notify ?? true, invitesUnknown: body.inviteUnknown ?? false),
            by: request.caller)
        return try await request.commit(change, current: .exists) { .json(ShareOutcomeBody($0)) }
    }

    func listShares(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listShares(
            of: try request.entityId, try request.page(), by: request.caller)
        return .list(page.map { ShareBody<Never>($0, entity: nil) }, for: request)
    }

    func listSharesReceived(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listSharesReceived(
            type: try request.entityType, try request.page(), by: request.caller)
        return .list(
            page.map { ShareBody($0, entity: $0.entity.map { EntityBody($0) }) }, for: request)
    }

    /// The creator of a share may have lost access, and so gets only a summary of the entity.
    func listSharesGiven(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listSharesGiven(
            type: try request.entityType, try request.page(), by: request.caller)
        return .list(
            page.map { ShareBody($0, entity: $0.entity.map { EntitySummaryBody($0) }) },
            for: request)
    }

    func removeShare(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.removeShare(
                try request.path("shareId"), of: try request.entityId, by: request.caller),
            current: .exists
        ) { .noContent }
    }
}

extension ShareBody {
    init(_ listed: ShareWithUser, entity: Subject?) {
        self.init(
            id: listed.share.id, entityId: listed.share.entityId, user: listed.user,
            createdBy: listed.share.createdBy, createdAt: listed.share.createdAt, entity: entity)
    }
}

extension ShareOutcomeBody {
    init(_ outcome: ShareOutcome) {
        self.init(
            created: outcome.created.map { ShareBody($0, entity: nil) },
            alreadyHadAccess: outcome.alreadyHadAccess, invited: outcome.invited,
            notFound: outcome.notFound)
    }
}
