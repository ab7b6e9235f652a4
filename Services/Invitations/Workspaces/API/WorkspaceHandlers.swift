import Contract
import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

extension WorkspacesAPI {
    func createWorkspace(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewWorkspaceBody.self)
        let draft = try WorkspaceDraft(name: body.name, externalId: body.externalId)
        return try await request.commit(
            useCases.createWorkspace(draft, by: request.caller), current: .exists
        ) {
            .created(WorkspaceBody($0), location: "/api/v2/workspaces/\($0.workspace.id)").tagged
        }
    }

    func listWorkspaces(_ request: RequestContext) throws -> Response {
        let page = try useCases.listWorkspaces(
            of: try request.query("userId"), try request.page(), by: request.caller)
        return .list(page.map { WorkspaceBody($0) }, for: request)
    }

    func getWorkspace(_ request: RequestContext) throws -> Response {
        .resource(
            WorkspaceBody(try useCases.getWorkspace(try request.workspaceId, by: request.caller)))
    }

    func updateWorkspace(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(WorkspacePatchBody.self)
        let update = try WorkspaceUpdate(name: body.name, externalId: body.externalId)
        return try await request.commit(
            useCases.updateWorkspace(try request.workspaceId, update, by: request.caller),
            current: .workspace
        ) { .resource(WorkspaceBody($0)) }
    }

    func deleteWorkspace(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.deleteWorkspace(try request.workspaceId, by: request.caller),
            current: .workspace
        ) { .noContent }
    }

    func transferWorkspace(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(WorkspaceOwnerBody.self)
        let change = useCases.transferWorkspace(
            try request.workspaceId, to: body.userId, by: request.caller)
        // No ETag: after the transfer the caller sees the workspace differently.
        return try await request.commit(change, current: .workspace) { .json(WorkspaceBody($0)) }
    }
}

extension Current<WorkspaceAccess> {
    fileprivate static var workspace: Self { .shown { WorkspaceBody($0) } }
}

extension WorkspaceBody {
    init(_ access: WorkspaceAccess) {
        self.init(
            id: access.workspace.id, name: access.workspace.name, ownerId: access.workspace.ownerId,
            externalId: access.workspace.externalId, permissions: access.permissions,
            createdAt: access.workspace.createdAt)
    }
}
