import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

extension CollaborationAPI {
    func listCollaborators(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listCollaborators(
            of: try request.entityId, try request.page(.snakeCase), by: request.caller)
        return .list(page.map { CollaboratorBody($0) }, for: request, style: .snakeCase)
    }

    func removeCollaborator(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.removeCollaborator(
            try request.path("userId"), from: try request.entityId, by: request.caller)
        return try await request.commit(change, current: .exists) { .noContent }
    }
}

extension CollaboratorBody {
    init(_ listed: CollaboratorWithUser) {
        self.init(
            listed.user, role: listed.collaborator.role,
            addedBy: listed.collaborator.addedBy, addedAt: listed.collaborator.addedAt)
    }
}
